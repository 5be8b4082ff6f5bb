import type { Tilted } from './cut-prices.ts';
import { createItems, decidedLoad, type Items, knapsackOf, listItems, prepare, searchLoads } from './knapsack.ts';
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
export const columnsWithin = (relaxation: Relaxation, limit: number, most: number, tilted?: Tilted): Listing => {
  const { instance, status, reducedCost } = relaxation;
  const columns: Columns = { locations: [], first: [0], cost: [], pieces: [], open: [] };
  const items = createItems(instance.lines);
  const toll = tollOf(relaxation);
  const gap = limit - relaxation.bound;
  const mostSteps = 20 * most;
  let steps = mostSteps;
  for (let l = 0; l < instance.locations; l++) {
    if (status[l] === CLOSED) continue;
    const open = status[l] === OPEN;
    const cost = reducedCost[l] ?? 0;
    steps = enumerate(relaxation, l, gap + (open ? cost : Math.min(-toll, cost)), steps, columns, items, tilted);
    if (steps <= 0 || columns.cost.length > most) return { columns: undefined, steps: mostSteps - steps };
    if (columns.cost.length === columns.first.at(-1) && !open) continue;
    columns.locations.push(l);
    columns.first.push(columns.cost.length);
    columns.open.push(open);
  }
  return { columns, steps: mostSteps - steps };
};

/** Adds the location's shipments that cost at most `allowed` beyond their worth at the prices; returns the steps left. */
const enumerate = (
  relaxation: Relaxation,
  l: number,
  allowed: number,
  steps: number,
  columns: Columns,
  items: Items,
  tilted?: Tilted,
): number => {
  const { instance, prices } = relaxation;
  const { instance: priced, limits } = tilted ?? relaxation;
  const least = relaxation.limits.leastPostage[l] ?? 0;
  const { fixedCost, unitCost, line, start, lines, quantum, rounding } = instance;
  const staircase = instance.staircase[l];
  const decided = new Float64Array(lines);
  const load = decidedLoad(instance, l, prices, limits, decided);
  if (load.room < 0) return steps;
  // Half a quantum less than needed, since parts of pieces are not counted exactly.
  const sack = knapsackOf(priced, l, limits, (priced.fixedCost[l] ?? 0) - allowed - quantum / 2 - rounding);
  // A piece may cost more than its worth, as long as the others make up for it.
  listItems(instance, l, prices, limits, items, Number.NEGATIVE_INFINITY);
  prepare(items, sack, load);
  const costs = new Float64Array(lines);
  for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) costs[line[k] ?? 0] = unitCost[k] ?? 0;
  return searchLoads(items, sack, load, steps, (_, grams) => {
    const postage = staircase === undefined ? 0 : Math.max(least, priceOf(staircase, grams));
    // A lighter shipment than the search has decided on belongs to another subtree.
    if (staircase !== undefined && priceOf(staircase, grams) < least) return;
    const from = columns.pieces.length;
    for (const pieces of decided) columns.pieces.push(pieces);
    for (let at = 0; at < items.count; at++) {
      const cell = from + (items.line[at] ?? 0);
      columns.pieces[cell] = (columns.pieces[cell] ?? 0) + (items.taken[at] ?? 0);
    }
    let cost = (fixedCost[l] ?? 0) + postage;
    let shipped = 0;
    for (let j = 0; j < lines; j++) {
      const pieces = columns.pieces[from + j] ?? 0;
      cost += pieces * (costs[j] ?? 0);
      shipped += pieces;
    }
    if (shipped === 0) columns.pieces.length = from;
    else columns.cost.push(cost);
  });
};
