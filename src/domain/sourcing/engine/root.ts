import { assignAndDrop } from './assignment.ts';
import { explore } from './branch-and-bound.ts';
import { branchAndPrice } from './branch-and-price.ts';
import { type Budget, createBudget, isSpent } from './budget.ts';
import { undominated } from './dominance.ts';
import { exchange } from './exchange.ts';
import { PARCEL_SHARES, paidByTheGram } from './grams.ts';
import { addGreedily } from './greedy.ts';
import { type Incumbent, improveWith } from './incumbent.ts';
import { type Instance, restrictTo } from './instance.ts';
import { ascend, createSearch, type Effort, limitOf, narrowed, type Search, survivors } from './search.ts';

/** Prices at which no location is worth opening yet: its fixed cost shared by all that it could ship. */
const startPrices = (search: Search): void => {
  const { instance, relaxation } = search;
  const { start, line, units, unitCost, fixedCost, quantum } = instance;
  relaxation.prices.set(instance.worthPaying);
  for (let l = 0; l < instance.locations; l++) {
    const end = start[l + 1] ?? 0;
    let most = 0;
    for (let k = start[l] ?? 0; k < end; k++) most += units[k] ?? 0;
    const share = (fixedCost[l] ?? 0) / most;
    for (let k = start[l] ?? 0; k < end; k++) {
      const price = share + (unitCost[k] ?? 0);
      const j = line[k] ?? 0;
      if (price < (relaxation.prices[j] ?? 0)) relaxation.prices[j] = Math.floor(price / quantum) * quantum;
    }
  }
};

/** Short rounds first: each is followed by leaving out the locations that it closed, so that the later ones are fast. */
const ROOT_EFFORTS: readonly Effort[] = [6, 8, 12, 20, 30].map((iterations) => ({
  iterations,
  patience: 4,
  plansEvery: iterations,
}));

/** The cheapest plan first found: nothing at all, then locations added by what they save. */
const firstPlan = (search: Search): void => {
  const { assignment, available, instance, incumbent } = search;
  assignment.count = 0;
  incumbent.cost = instance.demand.reduce((sum, pieces, j) => sum + pieces * (instance.unfilledCost[j] ?? 0), 0);
  addGreedily(assignment, instance.worthPaying, available);
  addGreedily(assignment, instance.unfilledCost, available);
  improveWith(incumbent, assignment, assignAndDrop(assignment));
};

/** From so many lines on, tariffs make plans hard to find. */
const MANY_LINES = 12;
/** Shares of the work left: for a search without tariffs, for one among its locations, and for one among those of all of them. */
const LINEAR_SHARE = 0.02;
const CHOSEN_SHARE = 0.05;
const ALL_CHOSEN_SHARE = 0.2;

const withShare = (budget: Budget, share: number, search: (part: Budget) => void): void => {
  const part = createBudget(budget.mostNodes, share * (budget.mostSteps - budget.steps));
  search(part);
  budget.steps += part.steps;
  budget.nodes += part.nodes;
};

/** Searches among these locations alone for a better plan. */
const searchAmong = ({ instance, incumbent, budget }: Search, origins: ReadonlySet<number>, share: number): void => {
  const kept: number[] = [];
  for (let l = 0; l < instance.locations; l++) if (origins.has(instance.locationOrigin[l] ?? 0)) kept.push(l);
  if (kept.length === 0 || kept.length === instance.locations) return;
  const best: Incumbent = { cost: 0, shipments: [] };
  withShare(budget, share, (part) => searchFor(restrictTo(instance, kept), best, part, false));
  if (best.cost < incumbent.cost) Object.assign(incumbent, best);
};

/**
 * A better first plan where tariffs make it hard to find: with parcels paid by the gram the search is fast, and it chooses locations
 * well. Among those chosen, and then among all chosen at several prices per parcel, the real problem is searched.
 */
const lookAhead = (search: Search): void => {
  const { instance, incumbent, budget } = search;
  const all = new Set(incumbent.shipments.map(({ location }) => location));
  for (const share of PARCEL_SHARES) {
    const found: Incumbent = { cost: 0, shipments: [] };
    withShare(budget, LINEAR_SHARE, (part) => searchFor(paidByTheGram(instance, share), found, part));
    const chosen = new Set(found.shipments.map(({ location }) => location));
    searchAmong(search, chosen, CHOSEN_SHARE);
    for (const location of chosen) all.add(location);
  }
  searchAmong(search, all, ALL_CHOSEN_SHARE);
};

/** Where capacities alone tie lines together, most instances are easy without the master problem. */
const EASY_SHARE = 0.05;

const searchTree = (search: Search, bound: number): number => {
  const { instance, incumbent, budget } = search;
  if (!instance.anyTied) return explore(search, bound, budget);
  let raised = bound;
  if (!instance.hardLeaves) {
    withShare(budget, EASY_SHARE, (part) => {
      const easy = createSearch(instance, incumbent, part, instance.unfilledCost);
      easy.relaxation.prices.set(search.relaxation.prices);
      raised = Math.max(bound, explore(easy, bound, part));
    });
    if (raised > limitOf(search)) return raised;
  }
  return branchAndPrice(search, raised);
};

/** The least cost that no plan can beat, with the incumbent left as good as the budget allowed. */
export const searchFor = (instance: Instance, incumbent: Incumbent, budget: Budget, looksAhead = true): number => {
  let search = createSearch(instance, incumbent, budget);
  firstPlan(search);
  startPrices(search);
  let bound = Number.NEGATIVE_INFINITY;
  // Where single shipments are listed later on, that closes locations better than the last and longest round.
  const efforts = instance.hardLeaves ? ROOT_EFFORTS.slice(0, -1) : ROOT_EFFORTS;
  for (const [round, effort] of efforts.entries()) {
    bound = Math.max(bound, ascend(search, effort));
    if (bound > limitOf(search)) return incumbent.cost;
    if (isSpent(budget)) break;
    exchange(search, 1);
    if (bound > limitOf(search)) return incumbent.cost;
    search = narrowed(search, survivors(search));
    // Comparing all pairs is worth its time once the prices have closed what they can at once.
    if (round === 1) search = narrowed(search, undominated(search.instance));
  }
  // Whole lines under capacities are hard, too, but without tariffs there is nothing to simplify.
  if (process.env.LOOK && looksAhead && instance.staircase.length > 0 && instance.lines >= MANY_LINES) lookAhead(search);
  const prices = search.relaxation.prices;
  const kept = isSpent(budget) ? search.instance : restrictTo(search.instance, undominated(search.instance));
  search = createSearch(kept, incumbent, budget, instance.unfilledCost);
  search.relaxation.prices.set(prices);
  return Math.min(incumbent.cost, searchTree(search, bound));
};
