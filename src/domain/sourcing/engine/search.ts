import { type Assignment, assignAndDrop, createAssignment } from './assignment.ts';
import { type Budget, isSpent } from './budget.ts';
import { NO_CUTS, type PricedCuts } from './cut-prices.ts';
import { addGreedily } from './greedy.ts';
import { type Incumbent, improveWith } from './incumbent.ts';
import { type Instance, restrictTo } from './instance.ts';
import { CLOSED, createRelaxation, FREE, OPEN, type Relaxation, relax } from './relaxation.ts';

/** One tree search: the relaxation with the present fixings, the trail to undo them, and the best plan of all. */
export type Search = {
  readonly instance: Instance;
  readonly incumbent: Incumbent;
  readonly budget: Budget;
  readonly relaxation: Relaxation;
  readonly assignment: Assignment;
  readonly trail: Int32Array;
  trailLength: number;
  opened: number;
  /** How often each location was chosen of late, between 0 and 1. */
  readonly liking: Float64Array;
  readonly direction: Float64Array;
  readonly bestPrices: Float64Array;
  readonly available: Uint8Array;
  readonly priceCap: Float64Array;
  lastTried: number;
  /** Within such a gap the shipments may be few enough to be listed and combined. */
  manageable: number;
  /** Rows that whole shipments keep, in force here. */
  rows: PricedCuts;
};

export const createSearch = (
  instance: Instance,
  incumbent: Incumbent,
  budget: Budget,
  priceCap: Float64Array = instance.worthPaying,
): Search => ({
  instance,
  incumbent,
  budget,
  relaxation: createRelaxation(instance),
  assignment: createAssignment(instance, budget),
  trail: new Int32Array(instance.locations),
  trailLength: 0,
  opened: 0,
  liking: new Float64Array(instance.locations),
  direction: new Float64Array(instance.lines),
  bestPrices: new Float64Array(instance.lines),
  available: new Uint8Array(instance.locations).fill(1),
  priceCap,
  lastTried: -1,
  manageable: Number.POSITIVE_INFINITY,
  rows: NO_CUTS,
});

/** The search that goes on from here with only the locations not closed, which makes every step cheaper. */
export const narrowed = (search: Search, kept: readonly number[]): Search => {
  const { relaxation, instance } = search;
  const narrow = createSearch(restrictTo(instance, kept), search.incumbent, search.budget, search.priceCap);
  narrow.relaxation.prices.set(relaxation.prices);
  narrow.relaxation.fewest = relaxation.fewest;
  narrow.relaxation.most = Math.min(relaxation.most, kept.length);
  kept.forEach((l, index) => {
    narrow.liking[index] = search.liking[l] ?? 0;
    if (relaxation.status[l] === OPEN) fix(narrow, index, OPEN);
  });
  return narrow;
};

export const survivors = (search: Search): number[] => {
  const kept: number[] = [];
  for (let l = 0; l < search.instance.locations; l++) if (search.relaxation.status[l] !== CLOSED) kept.push(l);
  return kept;
};

/** A subtree whose bound is above this holds no plan cheaper than the incumbent. */
export const limitOf = ({ incumbent, instance }: Search): number =>
  incumbent.cost - instance.moneyStep + instance.rounding;

export const fix = (search: Search, l: number, status: typeof OPEN | typeof CLOSED): void => {
  search.relaxation.status[l] = status;
  search.trail[search.trailLength++] = l;
  if (status === OPEN) search.opened++;
};

export const undoTo = (search: Search, mark: number): void => {
  const { status } = search.relaxation;
  while (search.trailLength > mark) {
    const l = search.trail[--search.trailLength] ?? 0;
    if (status[l] === OPEN) search.opened--;
    status[l] = FREE;
  }
};

/** A free location whose opening (or closing) lifts the bound above the limit must be closed (or opened). */
export const fixByReducedCost = (search: Search): void => {
  const { relaxation, instance, opened } = search;
  const { status, reducedCost, chosen, bound, lastIn, firstOut, most } = relaxation;
  const limit = limitOf(search);
  const full = opened >= most;
  for (let l = 0; l < instance.locations; l++) {
    if (status[l] !== FREE) continue;
    const cost = reducedCost[l] ?? 0;
    if (full) fix(search, l, CLOSED);
    else if (chosen[l] === 1) {
      if (bound - cost + firstOut > limit) fix(search, l, OPEN);
    } else if (bound + cost - lastIn > limit) fix(search, l, CLOSED);
  }
};

const remember = (search: Search): void => {
  const { liking, relaxation, instance } = search;
  for (let l = 0; l < instance.locations; l++) {
    liking[l] = 0.8 * (liking[l] ?? 0) + (relaxation.chosen[l] === 1 ? 0.2 : 0);
  }
};

/** A plan from the chosen locations: those that save most at the present prices, then whatever the rest of the demand needs. */
export const tryChosen = (search: Search): void => {
  const { assignment, relaxation, instance, available } = search;
  let hash = 17;
  for (let l = 0; l < instance.locations; l++) {
    available[l] = relaxation.status[l] === CLOSED ? 0 : 1;
    if (relaxation.chosen[l] === 1) hash = (Math.imul(hash, 31) + l) | 0;
  }
  if (hash === search.lastTried) return;
  search.lastTried = hash;
  assignment.count = 0;
  addGreedily(assignment, relaxation.prices, relaxation.chosen);
  addGreedily(assignment, relaxation.prices, available);
  addGreedily(assignment, instance.worthPaying, available);
  addGreedily(assignment, instance.unfilledCost, available);
  improveWith(search.incumbent, assignment, assignAndDrop(assignment));
};

/** Moves the prices along the deflected, demand-scaled shortage, by Polyak's step toward the incumbent. */
export const movePrices = (search: Search, factor: number): boolean => {
  const { instance, relaxation, direction, priceCap } = search;
  const { prices, shortage } = relaxation;
  const { demand, quantum } = instance;
  let square = 0;
  for (let j = 0; j < instance.lines; j++) {
    const price = prices[j] ?? 0;
    let wanted = (shortage[j] ?? 0) / (demand[j] ?? 1);
    if ((wanted < 0 && price <= 0) || (wanted > 0 && price >= (priceCap[j] ?? 0))) wanted = 0;
    const moved = wanted + 0.5 * (direction[j] ?? 0);
    direction[j] = moved;
    square += moved * moved;
  }
  if (square < 1e-12) return false;
  const step = (factor * Math.max(1, search.incumbent.cost - relaxation.bound)) / square;
  for (let j = 0; j < instance.lines; j++) {
    const moved = (prices[j] ?? 0) + (step * (direction[j] ?? 0)) / (demand[j] ?? 1);
    prices[j] = Math.min(priceCap[j] ?? 0, Math.max(0, Math.round(moved / quantum) * quantum));
  }
  return true;
};

export type Effort = { readonly iterations: number; readonly patience: number; readonly plansEvery: number };

/** One look at all prices; a tied location sorts its offers, by insertion. */
const stepsOf = ({ anyTied, lines, locations, start }: Instance): number =>
  (anyTied ? 4 + lines / 8 : 1) * ((start[locations] ?? 0) + locations) + 2 * lines;

/** Raises the bound, fixing locations and finding plans on the way. Leaves the best prices in place; returns their bound. */
export const ascend = (search: Search, effort: Effort): number => {
  const { instance, relaxation, bestPrices, direction, budget } = search;
  let best = Number.NEGATIVE_INFINITY;
  let factor = 1;
  let stalled = 0;
  direction.fill(0);
  for (let iteration = 1; ; iteration++) {
    const bound = relax(relaxation);
    budget.steps += stepsOf(instance);
    remember(search);
    if (bound > best) {
      if (bound > best + 1e-3 * Math.max(1, search.incumbent.cost - best)) stalled = 0;
      best = bound;
      bestPrices.set(relaxation.prices);
    } else if (++stalled >= effort.patience) {
      factor *= 0.6;
      stalled = 0;
    }
    if (bound > limitOf(search)) break;
    fixByReducedCost(search);
    if (isSpent(budget)) break;
    if (iteration % effort.plansEvery === 0) tryChosen(search);
    if (iteration >= effort.iterations || factor < 0.02) break;
    if (!movePrices(search, factor)) break;
  }
  relaxation.prices.set(bestPrices);
  return best;
};
