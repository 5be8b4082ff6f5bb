import { assignAndDrop } from './engine/assignment.ts';
import { explore } from './engine/branch-and-bound.ts';
import { type Budget, createBudget, isSpent } from './engine/budget.ts';
import { undominated } from './engine/dominance.ts';
import { exchange } from './engine/exchange.ts';
import { addGreedily } from './engine/greedy.ts';
import { type Incumbent, improveWith } from './engine/incumbent.ts';
import { type Instance, restrictTo } from './engine/instance.ts';
import { reduce } from './engine/reduce.ts';
import { ascend, createSearch, type Effort, limitOf, narrowed, type Search, survivors } from './engine/search.ts';
import type { Answer, Problem } from './problem.ts';

export type SolveOptions = {
  /** Limit on the nodes of the search. Never on time: the same input gives the same answer everywhere. */
  readonly maxNodes?: number;
  /** Limit on all work, counted in offers looked at from the first plan on: some 0.1 s per 10 million. Otherwise a few seconds. */
  readonly maxWork?: number;
};

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

/** The least cost that no plan can beat, with the incumbent left as good as the budget allowed. */
const searchFor = (instance: Instance, incumbent: Incumbent, budget: Budget): number => {
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
  return Math.min(incumbent.cost, explore(search, bound, budget));
};

/**
 * The cheapest plan, or the best one found within the budget, with a bound that no plan can beat. The plan is a function of the problem
 * alone. Of equally cheap plans that the search meets, the one with fewer locations is kept, then the one with earlier locations; the
 * search does not go looking for every tie, so with locations in another order an equally cheap plan may be another one.
 */
export const solve = (problem: Problem, options: SolveOptions = {}): Answer => {
  const instance = reduce(problem);
  const incumbent: Incumbent = { cost: 0, shipments: [] };
  const budget = createBudget(options.maxNodes, options.maxWork);
  const bound = instance.lines === 0 ? 0 : searchFor(instance, incumbent, budget);
  return answerOf(problem, instance, incumbent, bound, budget.nodes);
};

const answerOf = (problem: Problem, instance: Instance, incumbent: Incumbent, bound: number, nodes: number): Answer => {
  const plan = incumbent.shipments
    .map(({ location, line, units }) => ({
      location,
      line,
      units: problem.wholeLines ? (problem.demand[line] ?? 0) : units,
    }))
    .sort((a, b) => a.location - b.location || a.line - b.line);
  const unfilled = [...problem.demand];
  for (const { line, units } of plan) unfilled[line] = (unfilled[line] ?? 0) - units;
  const objective = instance.constant + incumbent.cost;
  const stepped = Math.ceil((bound - instance.rounding) / instance.moneyStep) * instance.moneyStep;
  const least = bound >= incumbent.cost ? incumbent.cost : Math.max(0, Math.min(incumbent.cost, stepped));
  const certain = instance.constant + least;
  return { objective, bound: certain, proven: certain === objective, plan, unfilled, nodes };
};
