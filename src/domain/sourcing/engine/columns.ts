import { CLOSED, OPEN, type Relaxation, tollOf } from './relaxation.ts';
import { priceOf } from './staircase.ts';

/** What one location may ship in a plan cheaper than the incumbent: every shipment whose slack is within the gap. */
export type Columns = {
  readonly locations: number[];
  /** The columns of the i-th location are `first[i]` to `first[i + 1]`. */
  readonly first: number[];
  /** What the shipment costs: fixed cost, unit costs and parcels. */
  readonly cost: number[];
  /** Pieces by line, `lines` entries per column. */
  readonly pieces: number[];
  /** By location: the search has opened it, so it ships something. */
  readonly open: boolean[];
};

/** `undefined` columns: there are too many, or looking for them takes too long. */
export type Listing = { readonly columns: Columns | undefined; readonly steps: number };

/**
 * Exact by linear duality: a plan costs the bound plus the slacks of its shipments plus, per unfilled piece, unfilled cost less price.
 * All these are non-negative, so a shipment whose slack alone exceeds the gap is in no better plan.
 */
export const columnsWithin = (relaxation: Relaxation, limit: number, most: number): Listing => {
  const { instance, status, reducedCost } = relaxation;
  const columns: Columns = { locations: [], first: [0], cost: [], pieces: [], open: [] };
  const toll = tollOf(relaxation);
  const gap = limit - relaxation.bound;
  const mostSteps = 20 * most;
  let steps = mostSteps;
  for (let l = 0; l < instance.locations; l++) {
    if (status[l] === CLOSED) continue;
    const open = status[l] === OPEN;
    const cost = reducedCost[l] ?? 0;
    steps = enumerate(relaxation, l, gap + (open ? cost : Math.min(-toll, cost)), steps, columns);
    if (steps <= 0 || columns.cost.length > most) return { columns: undefined, steps: mostSteps - steps };
    if (columns.cost.length === columns.first.at(-1) && !open) continue;
    columns.locations.push(l);
    columns.first.push(columns.cost.length);
    columns.open.push(open);
  }
  return { columns, steps: mostSteps - steps };
};

/** Adds the location's shipments that cost at most `allowed` beyond their worth at the prices; returns the steps left. */
const enumerate = (relaxation: Relaxation, l: number, allowed: number, steps: number, columns: Columns): number => {
  const { instance, prices, limits } = relaxation;
  const { start, line, unitCost, weight, size, lines } = instance;
  const from = start[l] ?? 0;
  const end = start[l + 1] ?? 0;
  const staircase = instance.staircase[l];
  const capacity = instance.capacity[l] ?? 0;
  const parcel = staircase?.parcels[0];
  const perGram = parcel === undefined ? 0 : parcel.price / parcel.upTo;
  // The most that the offers from k on can still gain: without paying for parcels, and paying the best price per gram.
  const gainFrom = new Float64Array(end - from + 1);
  const netFrom = new Float64Array(end - from + 1);
  for (let k = end - 1; k >= from; k--) {
    const gain = (prices[line[k] ?? 0] ?? 0) - (unitCost[k] ?? 0);
    const net = gain - perGram * (weight[line[k] ?? 0] ?? 0);
    const least = limits.least[k] ?? 0;
    const most = limits.most[k] ?? 0;
    gainFrom[k - from] = (gainFrom[k - from + 1] ?? 0) + gain * (gain > 0 ? most : least);
    netFrom[k - from] = (netFrom[k - from + 1] ?? 0) + net * (net > 0 ? most : least);
  }
  const shipped = new Array<number>(lines).fill(0);
  let left = steps;
  // The part of a cent by which prices per gram may be rounded must not cost a column.
  const allowedNet = allowed + 0.5;
  const extend = (k: number, cost: number, worth: number, grams: number, load: number): void => {
    if (left-- <= 0) return;
    if (cost - worth + perGram * grams - (netFrom[k - from] ?? 0) > allowedNet) return;
    const parcels = staircase === undefined ? 0 : priceOf(staircase, grams);
    if (cost - worth + parcels - (gainFrom[k - from] ?? 0) > allowed) return;
    if (k === end) {
      if (load === 0) return;
      columns.cost.push(cost + parcels);
      for (const pieces of shipped) columns.pieces.push(pieces);
      return;
    }
    const j = line[k] ?? 0;
    const wide = size[j] ?? 1;
    const top = Math.min(limits.most[k] ?? 0, Math.floor((capacity - load) / wide));
    for (let pieces = limits.least[k] ?? 0; pieces <= top; pieces++) {
      shipped[j] = pieces;
      extend(
        k + 1,
        cost + pieces * (unitCost[k] ?? 0),
        worth + pieces * (prices[j] ?? 0),
        grams + pieces * (weight[j] ?? 0),
        load + pieces * wide,
      );
    }
    shipped[j] = 0;
  };
  extend(from, instance.fixedCost[l] ?? 0, 0, 0, 0);
  return left;
};
