import { assignAndDrop } from './assignment.ts';
import { explore } from './branch-and-bound.ts';
import { branchAndPrice } from './branch-and-price.ts';
import { type Budget, createBudget, isSpent } from './budget.ts';
import { undominated } from './dominance.ts';
import { exchange } from './exchange.ts';
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

/** The least cost that no plan can beat, with the incumbent left as good as the budget allowed. */
export const searchFor = (instance: Instance, incumbent: Incumbent, budget: Budget): number => {
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
  const prices = search.relaxation.prices;
  const kept = isSpent(budget) ? search.instance : restrictTo(search.instance, undominated(search.instance));
  search = createSearch(kept, incumbent, budget, instance.unfilledCost);
  search.relaxation.prices.set(prices);
  return Math.min(incumbent.cost, searchTree(search, bound));
};
