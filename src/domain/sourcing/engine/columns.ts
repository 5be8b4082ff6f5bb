import { CLOSED, OPEN, type Relaxation } from './relaxation.ts';
import { priceOf } from './staircase.ts';

/** What one location may ship in a plan cheaper than the incumbent: every shipment whose slack is within the gap. */
export type Columns = {
  readonly locations: number[];
  /** The columns of the i-th location are `first[i]` to `first[i + 1]`. */
  readonly first: number[];
  readonly slack: number[];
  /** Pieces by line, `lines` entries per column. */
  readonly pieces: number[];
  /** Slack of shipping nothing; Infinity where the search has opened the location. */
  readonly idle: number[];
  /** The bound that slacks are measured from. */
  base: number;
  /** Steps that listing took. */
  steps: number;
  complete: boolean;
};

/**
 * Exact by linear duality: a plan costs `base` plus the slacks of its shipments plus, per unfilled piece, unfilled cost less price.
 * All these are non-negative, so a shipment whose slack alone exceeds the gap is in no better plan.
 * Not complete if there are more than `most` columns or looking for them takes too long.
 */
export const columnsWithin = (relaxation: Relaxation, limit: number, most: number): Columns => {
  const { instance, status, prices, reducedCost } = relaxation;
  const columns: Columns = {
    locations: [],
    first: [0],
    slack: [],
    pieces: [],
    idle: [],
    base: 0,
    steps: 0,
    complete: false,
  };
  for (let j = 0; j < instance.lines; j++) columns.base += (instance.demand[j] ?? 0) * (prices[j] ?? 0);
  for (let l = 0; l < instance.locations; l++) {
    if (status[l] === CLOSED) continue;
    columns.base += status[l] === OPEN ? (reducedCost[l] ?? 0) : Math.min(0, reducedCost[l] ?? 0);
  }
  const gap = limit - columns.base;
  let steps = 20 * most;
  for (let l = 0; l < instance.locations; l++) {
    if (status[l] === CLOSED) continue;
    const open = status[l] === OPEN;
    const base = open ? (reducedCost[l] ?? 0) : Math.min(0, reducedCost[l] ?? 0);
    steps = enumerate(relaxation, l, gap + base, steps, columns);
    for (let k = columns.first[columns.first.length - 1] ?? 0; k < columns.slack.length; k++) {
      columns.slack[k] = (columns.slack[k] ?? 0) - base;
    }
    columns.steps = 20 * most - steps;
    if (steps <= 0 || columns.slack.length > most) break;
    if (columns.slack.length === columns.first[columns.first.length - 1] && !open && base === 0) continue;
    columns.locations.push(l);
    columns.first.push(columns.slack.length);
    columns.idle.push(open ? Number.POSITIVE_INFINITY : -base);
  }
  columns.complete = steps > 0 && columns.slack.length <= most;
  return columns;
};

/** Adds the location's shipments that cost at most `allowed` beyond their worth at the prices; returns the steps left. */
const enumerate = (relaxation: Relaxation, l: number, allowed: number, steps: number, columns: Columns): number => {
  const { instance, prices, limits } = relaxation;
  const { start, line, unitCost, weight, size, lines } = instance;
  const from = start[l] ?? 0;
  const end = start[l + 1] ?? 0;
  const staircase = instance.staircase[l];
  const capacity = instance.capacity[l] ?? 0;
  const mostGain = new Float64Array(end - from + 1);
  for (let k = end - 1; k >= from; k--) {
    const gain = (prices[line[k] ?? 0] ?? 0) - (unitCost[k] ?? 0);
    const units = gain > 0 ? (limits.most[k] ?? 0) : (limits.least[k] ?? 0);
    mostGain[k - from] = (mostGain[k - from + 1] ?? 0) + gain * units;
  }
  const shipped = new Array<number>(lines).fill(0);
  let left = steps;
  const extend = (k: number, cost: number, grams: number, load: number, any: boolean): void => {
    if (left-- <= 0) return;
    const parcels = staircase === undefined ? 0 : priceOf(staircase, grams);
    if (cost + parcels - (mostGain[k - from] ?? 0) > allowed) return;
    if (k === end) {
      if (!any) return;
      columns.slack.push(cost + parcels);
      for (const pieces of shipped) columns.pieces.push(pieces);
      return;
    }
    const j = line[k] ?? 0;
    const each = (unitCost[k] ?? 0) - (prices[j] ?? 0);
    const top = Math.min(limits.most[k] ?? 0, Math.floor((capacity - load) / (size[j] ?? 1)));
    for (let pieces = limits.least[k] ?? 0; pieces <= top; pieces++) {
      shipped[j] = pieces;
      extend(
        k + 1,
        cost + pieces * each,
        grams + pieces * (weight[j] ?? 0),
        load + pieces * (size[j] ?? 0),
        any || pieces > 0,
      );
    }
    shipped[j] = 0;
  };
  extend(from, instance.fixedCost[l] ?? 0, 0, 0, false);
  return left;
};
