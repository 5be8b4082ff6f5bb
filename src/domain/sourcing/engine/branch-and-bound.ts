import { assign } from './assignment.ts';
import { columnsWithin } from './columns.ts';
import { improveWith } from './incumbent.ts';
import { combine } from './labels.ts';
import { CLOSED, FREE, OPEN, relax } from './relaxation.ts';
import { ascend, type Effort, fix, limitOf, type Search, tryChosen, undoTo } from './search.ts';
import { createTolls, raiseTolls, tollsFromPrices } from './tolls.ts';

const TOLL_ITERATIONS = 15;

export type Explored = { readonly bound: number; readonly nodes: number };

const NODE_EFFORT: Effort = { iterations: 14, patience: 3, plansEvery: 7 };
const COLUMNS_ON_THE_WAY = 3000;
const STEPS_ON_THE_WAY = 50_000;
const COLUMNS_AT_LEAF = 100_000;
const STEPS_AT_LEAF = 2_000_000;

/** The free location that the relaxation can decide least. */
const undecided = (search: Search): number => {
  const { liking, relaxation, instance } = search;
  let best = -1;
  let nearest = Number.POSITIVE_INFINITY;
  for (let l = 0; l < instance.locations; l++) {
    if (relaxation.status[l] !== FREE) continue;
    const distance = Math.abs((liking[l] ?? 0) - 0.5);
    if (distance < nearest) {
      nearest = distance;
      best = l;
    }
  }
  return best;
};

const freeOrOpen = (search: Search): number => {
  let count = 0;
  for (const status of search.relaxation.status) if (status !== CLOSED) count++;
  return count;
};

/** The number k of locations if the relaxation lies clearly between k and k + 1; 0 if it does not. */
const undecidedCount = (search: Search): number => {
  const { liking, relaxation } = search;
  let sum = 0;
  for (const often of liking) sum += often;
  const count = Math.floor(sum);
  const between = sum - count;
  if (between < 0.1 || between > 0.9 || count < relaxation.fewest || count >= relaxation.most) return 0;
  return count;
};

/** All locations decided, and sharing the demand among the open ones is easy: the best plan of this subtree. */
const settle = (search: Search): void => {
  const { assignment, relaxation, instance } = search;
  assignment.count = 0;
  for (let l = 0; l < instance.locations; l++) {
    if (relaxation.status[l] === OPEN) assignment.slots[assignment.count++] = l;
  }
  improveWith(search.incumbent, assignment, assign(assignment));
};

/** Finishes the subtree by listing every shipment that a better plan may use; false if there are too many. */
const finish = (search: Search, mostColumns: number, mostSteps: number): boolean => {
  const { relaxation, instance, incumbent } = search;
  relax(relaxation);
  const limit = limitOf(search);
  const columns = columnsWithin(relaxation, limit, mostColumns);
  if (columns === undefined) return false;
  const combined = combine(instance, columns, relaxation.prices, limit, mostSteps);
  if (combined.status === 'too-many') return false;
  if (combined.status === 'best' && combined.cost < incumbent.cost) {
    incumbent.cost = combined.cost;
    incumbent.shipments = combined.shipments;
  }
  return true;
};

/** Depth first. The bound is the least over subtrees left unexplored when the nodes are used up, else the incumbent's cost. */
export const explore = (search: Search, rootBound: number, maxNodes: number): Explored => {
  const { relaxation, instance, liking } = search;
  const tolls = createTolls(instance);
  let nodes = 0;
  let lost = Number.POSITIVE_INFINITY;

  const visit = (inherited: number): void => {
    if (inherited > limitOf(search)) return;
    if (search.opened > relaxation.most || freeOrOpen(search) < relaxation.fewest) return;
    if (nodes >= maxNodes) {
      lost = Math.min(lost, inherited);
      return;
    }
    nodes++;
    const mark = search.trailLength;
    let bound = Math.max(inherited, ascend(search, NODE_EFFORT));
    if (tolls !== undefined && bound <= limitOf(search)) {
      tollsFromPrices(search, tolls);
      bound = Math.max(bound, raiseTolls(search, tolls, TOLL_ITERATIONS));
    }
    if (bound <= limitOf(search)) branch(bound);
    undoTo(search, mark);
  };

  const branch = (bound: number): void => {
    const l = undecided(search);
    if (instance.hardLeaves && finish(search, COLUMNS_ON_THE_WAY, STEPS_ON_THE_WAY)) return;
    if (l < 0 && !instance.hardLeaves) {
      settle(search);
      return;
    }
    if (l < 0) {
      tryChosen(search);
      if (!finish(search, COLUMNS_AT_LEAF, STEPS_AT_LEAF)) lost = Math.min(lost, bound);
      return;
    }
    const prices = relaxation.prices.slice();
    const count = undecidedCount(search);
    if (count > 0) {
      branchOnCount(bound, count, prices);
      return;
    }
    const openFirst = (liking[l] ?? 0) >= 0.5;
    for (const status of openFirst ? ([OPEN, CLOSED] as const) : ([CLOSED, OPEN] as const)) {
      const mark = search.trailLength;
      relaxation.prices.set(prices);
      fix(search, l, status);
      visit(bound);
      undoTo(search, mark);
    }
  };

  const branchOnCount = (bound: number, count: number, prices: Float64Array): void => {
    const { fewest, most } = relaxation;
    relaxation.most = count;
    visit(bound);
    relaxation.most = most;
    relaxation.prices.set(prices);
    relaxation.fewest = count + 1;
    visit(bound);
    relaxation.fewest = fewest;
  };

  visit(rootBound);
  return { bound: Math.min(lost, search.incumbent.cost), nodes };
};
