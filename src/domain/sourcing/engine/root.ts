import { assign, assignAndDrop, createAssignment } from './assignment.ts';
import { explore } from './branch-and-bound.ts';
import { branchAndPrice } from './branch-and-price.ts';
import { type Budget, createBudget, isSpent } from './budget.ts';
import { undominated } from './dominance.ts';
import { exchange } from './exchange.ts';
import { addGreedily } from './greedy.ts';
import { type Incumbent, improveWith } from './incumbent.ts';
import { type Instance, restrictTo } from './instance.ts';
import { areFeasible, type LineSets, leastOf, lineSetsOf, shipmentsOf, usableWithin } from './line-sets.ts';
import { type SmallOrder, solveSmall } from './quantity-plan.ts';
import { CLOSED } from './relaxation.ts';
import { ascend, createSearch, type Effort, fix, limitOf, narrowed, type Search, survivors } from './search.ts';

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

/** Pairs of quantities with which an order counts as small: before anything else is tried, and where prices alone did not do. */
const FEW_PAIRS = 1_000_000;
const MANY_PAIRS = 5_000_000;
const WORTH_KEEPING = 0.8;

/** A plan from these locations and others, added by what they save. */
const tryWith = (
  { assignment, available, instance, incumbent }: Search,
  shipments: readonly { readonly location: number }[],
): void => {
  assignment.count = Math.min(shipments.length, instance.maxLocations);
  for (let slot = 0; slot < assignment.count; slot++) assignment.slots[slot] = shipments[slot]?.location ?? 0;
  addGreedily(assignment, instance.worthPaying, available);
  addGreedily(assignment, instance.unfilledCost, available);
  improveWith(incumbent, assignment, assignAndDrop(assignment));
};

/** The cheapest plan first found: nothing at all, or locations added by what they save. */
const firstPlan = (search: Search): void => {
  const { instance, incumbent } = search;
  incumbent.cost = instance.demand.reduce((sum, pieces, j) => sum + pieces * (instance.unfilledCost[j] ?? 0), 0);
  tryWith(search, []);
};

const withShare = (budget: Budget, share: number, search: (part: Budget) => void): void => {
  const part = createBudget(budget.mostNodes, share * (budget.mostSteps - budget.steps));
  search(part);
  budget.steps += part.steps;
  budget.nodes += part.nodes;
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

/** Closes the others. */
const keepOnly = (search: Search, usable: readonly number[]): void => {
  const isUsable = new Uint8Array(search.instance.locations);
  for (const l of usable) isUsable[l] = 1;
  for (const l of survivors(search)) if (isUsable[l] === 0) fix(search, l, CLOSED);
};

/** Solves the order by its quantities if they are not too many; returns what no better plan can cost less than. */
const trySmall = (instance: Instance, limit: number, incumbent: Incumbent, budget: Budget): number => {
  if (isSpent(budget)) return 0;
  const small = solveSmall(instance, { mostPairs: MANY_PAIRS, mostCost: limit }, budget);
  if (small?.plan !== undefined) Object.assign(incumbent, small.plan);
  return small?.bound ?? 0;
};

/** Leaving out closed locations takes as long as passing over them a few times. */
const withoutClosed = (search: Search): Search => {
  const kept = survivors(search);
  return kept.length > WORTH_KEEPING * search.instance.locations ? search : narrowed(search, kept);
};

/** What few lines or units allow to be listed before any search: the best plan itself, or a bound and the locations that it leaves. */
type Listed = {
  readonly sets: LineSets | undefined;
  readonly small: SmallOrder | undefined;
  readonly bound: number;
  readonly best: Incumbent | undefined;
};

/** The best plan from these locations, which together are enough. */
const planFrom = (
  instance: Instance,
  shipments: readonly { readonly location: number }[],
  budget: Budget,
): Incumbent => {
  const locations = shipments.map(({ location }) => location).sort((a, b) => a - b);
  const assignment = createAssignment(restrictTo(instance, locations), budget);
  for (const slot of locations.keys()) assignment.slots[assignment.count++] = slot;
  const incumbent: Incumbent = { cost: Number.POSITIVE_INFINITY, shipments: [] };
  improveWith(incumbent, assignment, assign(assignment));
  return incumbent;
};

const listedOf = (instance: Instance, budget: Budget): Listed => {
  const sets = lineSetsOf(instance, budget);
  const bound = sets === undefined ? 0 : leastOf(sets);
  const shipments = sets === undefined ? [] : shipmentsOf(sets);
  if (sets !== undefined && areFeasible(instance, shipments)) {
    return { sets, small: undefined, bound, best: planFrom(instance, shipments, budget) };
  }
  const few = { mostPairs: FEW_PAIRS, mostCost: Number.POSITIVE_INFINITY };
  const small = instance.anyTied ? solveSmall(instance, few, budget) : undefined;
  return { sets, small, bound: Math.max(bound, small?.bound ?? 0), best: small?.plan };
};

/** A first plan, and only the locations that a better one may use as far as can be listed. */
const startFrom = (instance: Instance, { sets, small }: Listed, incumbent: Incumbent, budget: Budget): Search => {
  const search = createSearch(instance, incumbent, budget);
  firstPlan(search);
  if (sets !== undefined) {
    tryWith(search, shipmentsOf(sets));
    keepOnly(search, usableWithin(instance, sets, limitOf(search)));
  }
  if (small !== undefined) keepOnly(search, small.usableWithin(limitOf(search)));
  return withoutClosed(search);
};

/** The least cost that no plan can beat, with the incumbent left as good as the budget allowed. */
export const searchFor = (instance: Instance, incumbent: Incumbent, budget: Budget): number => {
  const listed = listedOf(instance, budget);
  let { bound } = listed;
  if (listed.best !== undefined) {
    Object.assign(incumbent, listed.best);
    return bound;
  }
  let search = startFrom(instance, listed, incumbent, budget);
  if (bound > limitOf(search)) return incumbent.cost;
  startPrices(search);
  // Where single shipments are listed later on, that closes locations better than the last and longest round.
  const efforts = instance.hardLeaves ? ROOT_EFFORTS.slice(0, -1) : ROOT_EFFORTS;
  for (const [round, effort] of efforts.entries()) {
    bound = Math.max(bound, ascend(search, effort));
    if (bound > limitOf(search)) return incumbent.cost;
    if (isSpent(budget)) break;
    exchange(search, 1);
    if (bound > limitOf(search)) return incumbent.cost;
    // Comparing all pairs is worth its time once the prices have closed what they can at once.
    if (round === 1) {
      search = narrowed(search, survivors(search));
      search = narrowed(search, undominated(search.instance));
    } else search = withoutClosed(search);
  }
  search = narrowed(search, survivors(search));
  const prices = search.relaxation.prices;
  const kept = isSpent(budget) ? search.instance : restrictTo(search.instance, undominated(search.instance));
  if (instance.hardLeaves && listed.small === undefined) {
    bound = Math.max(bound, trySmall(kept, limitOf(search), incumbent, budget));
    if (bound > limitOf(search)) return incumbent.cost;
  }
  search = createSearch(kept, incumbent, budget, instance.unfilledCost);
  search.relaxation.prices.set(prices);
  return Math.min(incumbent.cost, searchTree(search, bound));
};
