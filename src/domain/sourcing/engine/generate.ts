import type { Share } from './branching.ts';
import { isSpent } from './budget.ts';
import { type Column, columnOf, worthAt } from './column-pool.ts';
import { type PricedCuts, stepFor, tilt } from './cut-prices.ts';
import type { Instance } from './instance.ts';
import { basicColumns, createMaster, excessOf, include, isAllowed, type Master, sharesOf } from './master.ts';
import { CLOSED, chooseLocations, OPEN } from './relaxation.ts';
import { fixByReducedCost, limitOf, movePrices, type Search } from './search.ts';
import { bestShipment, createShipper, type Shipper } from './shipment.ts';
import { objectiveOf, optimise } from './simplex.ts';
import { paidFor } from './staircase.ts';

/** Shipments found so far, for the subtrees to come. */
export type Generation = {
  pool: Column[];
  readonly known: Set<number>;
  readonly shipper: Shipper;
  /** Those in the last master problem's basis. */
  basic: ReadonlySet<Column>;
  /** Of the next random choice. */
  seed: number;
};

export const createGeneration = ({ lines }: Instance): Generation => ({
  pool: [],
  known: new Set(),
  shipper: createShipper(lines),
  basic: new Set(),
  seed: lines,
});

export type Generated = {
  /** No plan of this subtree costs less; the prices of this bound are left in the relaxation. */
  readonly bound: number;
  readonly shares: Share[];
};

/** The prices asked next lie so far from the best so far toward those of the program, which swing (Wentges 1997). */
const STRIDE = 0.5;
const MOST_PIVOTS = 2000;
/** The bound cannot rise by more than what is between it and the master problem's value: little, measured by what is left to close. */
const NEARLY = 0.005;
const MOST_ROUNDS = 60;
const WARM_UP = 60;
const WARM_UP_PATIENCE = 4;
const LARGE_PRIME = 2 ** 40 - 87;
const MOST_POOL = 4000;
/** What a look at one number of the inverse or the columns counts. */
const PIVOT_STEPS = 0.2;

/** Where nothing is paid by weight. */
const UNPAID = { postage: 0, carries: Number.POSITIVE_INFINITY };

/** Bound and reduced costs at the relaxation's prices, every shipment in whole pieces; the shipments go to `found`. */
export const relaxWhole = (
  search: Search,
  shipper: Shipper,
  bestSoFar = Number.NEGATIVE_INFINITY,
  found?: (column: Column) => void,
): number => {
  const { instance, relaxation, budget, rows } = search;
  const { prices, status, reducedCost } = relaxation;
  const tilted = rows.cuts.length === 0 ? undefined : tilt(relaxation, rows);
  const { instance: priced, limits } = tilted ?? relaxation;
  const gap = limitOf(search) - bestSoFar;
  shipper.steps = 0;
  for (let l = 0; l < instance.locations; l++) {
    if (status[l] === CLOSED) continue;
    const saved = bestShipment(priced, l, prices, limits, shipper, status[l] === OPEN);
    reducedCost[l] = (priced.fixedCost[l] ?? 0) - saved;
    // Beyond that, no better plan uses it.
    if (found === undefined || (reducedCost[l] ?? 0) > gap) continue;
    const staircase = instance.staircase[l];
    const column = columnOf(instance, l, shipper.pieces, (grams) => {
      if (tilted !== undefined) return stepFor(tilted, l, grams);
      return staircase === undefined ? UNPAID : paidFor(staircase, grams, limits.leastPostage[l] ?? 0);
    });
    if (column !== undefined) found(column);
  }
  budget.steps += shipper.steps;
  let bound = chooseLocations(relaxation);
  bound += tilted?.constant ?? 0;
  for (let j = 0; j < instance.lines; j++) {
    const most = tilted?.unfilledCost[j] ?? Number.POSITIVE_INFINITY;
    bound += (instance.demand[j] ?? 0) * Math.min(prices[j] ?? 0, most);
  }
  relaxation.bound = bound;
  return bound;
};

/**
 * Subgradient steps come near the best prices much faster than the master problem does at first, and the shipments met on the way are a
 * good start for it (Barahona and Jensen 1998).
 */
const warmUp = (search: Search, generation: Generation): void => {
  const { relaxation, instance, bestPrices, direction, budget } = search;
  const { shortage, chosen } = relaxation;
  let best = Number.NEGATIVE_INFINITY;
  let factor = 1;
  let stalled = 0;
  direction.fill(0);
  for (let step = 0; step < WARM_UP && !isSpent(budget); step++) {
    const columns: Column[] = [];
    const bound = relaxWhole(search, generation.shipper, best, (column) => columns.push(column));
    if (bound > best) {
      best = bound;
      bestPrices.set(relaxation.prices);
    } else if (++stalled >= WARM_UP_PATIENCE) {
      factor *= 0.6;
      stalled = 0;
    }
    if (bound > limitOf(search)) break;
    fixByReducedCost(search);
    shortage.set(instance.demand);
    for (const column of columns) {
      if (chosen[column.location] !== 1) continue;
      addToPool(generation, column);
      for (const [at, j] of column.lines.entries()) shortage[j] = (shortage[j] ?? 0) - (column.pieces[at] ?? 0);
    }
    if (!movePrices(search, factor)) break;
  }
  relaxation.prices.set(bestPrices);
};

/** Two columns with the same key by accident are no harm: one of them has to be found again when it is needed. */
const addToPool = ({ pool, known }: Generation, column: Column): void => {
  let key = column.location;
  for (const [at, j] of column.lines.entries())
    key = (key * 31 + j * 7919 + (column.pieces[at] ?? 0) * 104_729) % LARGE_PRIME;
  key = (key * 31 + column.postage) % LARGE_PRIME;
  if (known.has(key)) return;
  known.add(key);
  pool.push(column);
};

type Best = { prices: Float64Array; rows: PricedCuts };

const blend = (search: Search, master: Master, best: Best, stride: number): void => {
  const { instance, relaxation } = search;
  const { dual } = master.program;
  const { quantum, unfilledCost } = instance;
  for (let j = 0; j < instance.lines; j++) {
    const from = best.prices[j] ?? 0;
    const moved = from + stride * ((dual[j] ?? 0) - from);
    relaxation.prices[j] = Math.min(unfilledCost[j] ?? 0, Math.max(0, Math.round(moved / quantum) * quantum));
  }
  if (master.cuts.length === 0) return;
  const prices = best.rows.prices.map((from, at) =>
    Math.max(0, from + stride * ((dual[master.cutRow + at] ?? 0) - from)),
  );
  search.rows = { cuts: master.cuts, prices };
};

/** Keeps the pool from growing without end: the columns nearest to being of use stay. */
const keepBest = (generation: Generation, master: Master): void => {
  if (generation.pool.length <= MOST_POOL) return;
  const ranked = generation.pool.map((column) => ({ column, excess: excessOf(master, column) }));
  ranked.sort((a, b) => a.excess - b.excess);
  const kept = ranked.slice(0, MOST_POOL / 2).map(({ column }) => column);
  generation.pool = [];
  generation.known.clear();
  for (const column of kept) addToPool(generation, column);
};

/**
 * Raises the bound by column generation: the master's prices are put to the locations, whose best shipments join it, until none betters it.
 * Fixes locations on the way.
 */
export const generate = (search: Search, generation: Generation, rounds = MOST_ROUNDS): Generated => {
  const { relaxation, budget, instance } = search;
  if (generation.pool.length === 0) warmUp(search, generation);
  const master = createMaster(search);
  const { program } = master;
  // What was used last is near to what will be: with that alone the program is solved fast.
  const { basic } = generation;
  for (const column of basic) if (isAllowed(search, column)) include(master, column);
  budget.steps += PIVOT_STEPS * optimise(program, MOST_PIVOTS) * program.rows * program.rows;
  const gap = limitOf(search) - relaxation.bound;
  for (const column of generation.pool) {
    // Dearer than that, no better plan uses it.
    if (basic.has(column) || column.cost - worthAt(relaxation.prices, column) > gap) continue;
    if (isAllowed(search, column)) include(master, column);
  }
  const bestSoFar: Best = { prices: relaxation.prices.slice(), rows: search.rows };
  let best = Number.NEGATIVE_INFINITY;
  let stride = STRIDE;
  for (let round = 0; ; round++) {
    const pivots = optimise(program, MOST_PIVOTS);
    const entries = program.first[program.variables] ?? 0;
    budget.steps += PIVOT_STEPS * (pivots + 1) * (program.rows * program.rows + entries);
    if (round > 0) blend(search, master, bestSoFar, stride);
    const found: Column[] = [];
    const bound = relaxWhole(search, generation.shipper, best, (column) => {
      if (excessOf(master, column) < -program.tolerance && isAllowed(search, column)) found.push(column);
    });
    if (bound > best) {
      best = bound;
      bestSoFar.prices.set(relaxation.prices);
      bestSoFar.rows = search.rows;
    }
    if (best > limitOf(search)) break;
    fixByReducedCost(search);
    for (const column of found) {
      addToPool(generation, column);
      include(master, column);
    }
    if (round >= rounds || isSpent(budget)) break;
    const value = objectiveOf(program);
    // Costs are whole steps of money, so a bound is as good as the next one.
    const isSame = Math.ceil(value / instance.moneyStep - 1e-6) <= Math.ceil(best / instance.moneyStep);
    if (isSame || value - best <= NEARLY * (limitOf(search) - best) || (found.length === 0 && stride === 1)) break;
    stride = found.length === 0 ? 1 : STRIDE;
  }
  keepBest(generation, master);
  relaxation.prices.set(bestSoFar.prices);
  search.rows = bestSoFar.rows;
  relaxWhole(search, generation.shipper);
  generation.basic = basicColumns(master);
  return { bound: best, shares: sharesOf(master) };
};
