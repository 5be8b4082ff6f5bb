import { isSpent } from './budget.ts';
import type { Instance } from './instance.ts';
import { coverLine, createLineCover, type LineCover } from './line-cover.ts';
import { chooseLocations, OPEN } from './relaxation.ts';
import { fixByReducedCost, limitOf, type Search } from './search.ts';

/**
 * A second, stronger relaxation for orders whose lines need several locations each. Every line decides alone which locations it
 * uses and pays a toll to each; a location's fixed cost is lowered by the tolls of all its lines. Lines keep their whole-number
 * choice, so the bound is at least that of the prices, and often well above it (Lagrangian decomposition; Guignard and Kim 1987).
 * Tolls are multiples of the quantum, so the sums are exact.
 */
export type Tolls = {
  readonly cover: LineCover;
  /** By offer, in the order of the line cover. */
  readonly values: Float64Array;
  readonly best: Float64Array;
  readonly direction: Float64Array;
  /** What one round of all line covers costs, in the budget's measure. */
  readonly work: number;
};

const WIDEST_LINE = 2000;
const WORTHWHILE_SHARE = 0.4;

/** Undefined where the second relaxation cannot be stronger, or would be slow. */
export const createTolls = (instance: Instance): Tolls | undefined => {
  if (instance.anyTied) return undefined;
  const offers = instance.start[instance.locations] ?? 0;
  let partial = 0;
  for (let k = 0; k < offers; k++) {
    if ((instance.units[k] ?? 0) < (instance.demand[instance.line[k] ?? 0] ?? 0)) partial++;
  }
  if (partial === 0 || partial < WORTHWHILE_SHARE * offers || instance.demand.some((pieces) => pieces > WIDEST_LINE))
    return undefined;
  const cover = createLineCover(instance);
  const size = cover.offers.location.length;
  return {
    cover,
    values: new Float64Array(size),
    best: new Float64Array(size),
    direction: new Float64Array(size),
    work: size * (1 + instance.demand.reduce((sum, pieces) => sum + pieces, 0) / (8 * instance.lines)),
  };
};

/** The tolls that the prices imply: with them the bound is at least that of the prices. */
export const tollsFromPrices = (search: Search, tolls: Tolls): void => {
  const { relaxation, instance } = search;
  const { offers } = tolls.cover;
  for (let j = 0; j < instance.lines; j++) {
    const price = relaxation.prices[j] ?? 0;
    for (let k = offers.start[j] ?? 0; k < (offers.start[j + 1] ?? 0); k++) {
      tolls.values[k] = Math.max(0, price - (offers.unitCost[k] ?? 0)) * (offers.units[k] ?? 0);
    }
  }
};

/** Sets reduced costs, chosen locations and bound for the present tolls. */
const evaluate = (search: Search, tolls: Tolls): number => {
  const { relaxation, instance } = search;
  const { status, reducedCost } = relaxation;
  const { offers } = tolls.cover;
  reducedCost.set(instance.fixedCost);
  for (let k = 0; k < tolls.values.length; k++) {
    const l = offers.location[k] ?? 0;
    if (status[l] === OPEN) tolls.values[k] = 0;
    reducedCost[l] = (reducedCost[l] ?? 0) - (tolls.values[k] ?? 0);
  }
  let bound = chooseLocations(relaxation);
  for (let j = 0; j < instance.lines; j++) bound += coverLine(instance, tolls.cover, j, tolls.values, status);
  relaxation.bound = bound;
  return bound;
};

/** A toll rises where the line uses a location that is not chosen, and falls where a chosen location is not used. */
const moveTolls = (search: Search, tolls: Tolls, factor: number): boolean => {
  const { relaxation, incumbent, instance } = search;
  const { values, direction, cover } = tolls;
  const { location } = cover.offers;
  let square = 0;
  for (let k = 0; k < values.length; k++) {
    const l = location[k] ?? 0;
    let wanted = (cover.used[k] ?? 0) - (relaxation.chosen[l] ?? 0);
    if (relaxation.status[l] !== 0 || (wanted < 0 && (values[k] ?? 0) <= 0)) wanted = 0;
    const moved = wanted + 0.5 * (direction[k] ?? 0);
    direction[k] = moved;
    square += moved * moved;
  }
  if (square < 1e-9) return false;
  const step = (factor * Math.max(1, incumbent.cost - relaxation.bound)) / square;
  for (let k = 0; k < values.length; k++) {
    const moved = (values[k] ?? 0) + step * (direction[k] ?? 0);
    values[k] = Math.max(0, Math.round(moved / instance.quantum) * instance.quantum);
  }
  return true;
};

/** Raises the bound by moving the tolls, fixing locations on the way. Leaves the best tolls in place; returns their bound. */
export const raiseTolls = (search: Search, tolls: Tolls, iterations: number): number => {
  let best = Number.NEGATIVE_INFINITY;
  let factor = 1;
  let stalled = 0;
  tolls.direction.fill(0);
  for (let iteration = 1; ; iteration++) {
    const bound = evaluate(search, tolls);
    search.budget.steps += tolls.work;
    if (bound > best) {
      best = bound;
      tolls.best.set(tolls.values);
      stalled = 0;
    } else if (++stalled >= 3) {
      factor *= 0.6;
      stalled = 0;
    }

    if (bound > limitOf(search)) break;
    fixByReducedCost(search);
    if (iteration >= iterations || isSpent(search.budget) || !moveTolls(search, tolls, factor)) break;
  }
  tolls.values.set(tolls.best);
  return best;
};
