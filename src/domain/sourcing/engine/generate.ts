import type { Share } from './branching.ts';
import { isSpent } from './budget.ts';
import { type Column, columnOf, worthAt } from './column-pool.ts';
import type { Instance } from './instance.ts';
import { basicColumns, createMaster, excessOf, include, isAllowed, type Master, sharesOf } from './master.ts';
import { CLOSED, chooseLocations } from './relaxation.ts';
import { fixByReducedCost, limitOf, movePrices, type Search } from './search.ts';
import { bestShipment, createShipper, type Shipper } from './shipment.ts';
import { objectiveOf, optimise } from './simplex.ts';

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
const WARM_UP = 60;
const WARM_UP_PATIENCE = 4;
const LARGE_PRIME = 2 ** 40 - 87;
const MOST_POOL = 4000;
/** What a look at one number of the inverse or the columns counts. */
const PIVOT_STEPS = 0.2;

/** Bound and reduced costs at the relaxation's prices, every shipment in whole pieces; the shipments go to `found`. */
export const relaxWhole = (
  search: Search,
  shipper: Shipper,
  demand: Float64Array,
  bestSoFar = Number.NEGATIVE_INFINITY,
  found?: (column: Column) => void,
): number => {
  const { instance, relaxation, budget } = search;
  const { prices, limits, status, reducedCost } = relaxation;
  const gap = limitOf(search) - bestSoFar;
  shipper.steps = 0;
  for (let l = 0; l < instance.locations; l++) {
    if (status[l] === CLOSED) continue;
    reducedCost[l] = (instance.fixedCost[l] ?? 0) - bestShipment(instance, l, prices, limits, shipper);
    // Beyond that, no better plan uses it.
    if (found === undefined || (reducedCost[l] ?? 0) > gap) continue;
    const column = columnOf(instance, l, shipper.pieces, limits.leastPostage[l] ?? 0);
    if (column !== undefined) found(column);
  }
  budget.steps += shipper.steps;
  let bound = chooseLocations(relaxation);
  for (let j = 0; j < instance.lines; j++) bound += (demand[j] ?? 0) * (prices[j] ?? 0);
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
    const bound = relaxWhole(search, generation.shipper, instance.demand, best, (column) => columns.push(column));
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

const blend = (search: Search, master: Master, best: Float64Array, stride: number): void => {
  const { instance, relaxation } = search;
  const { quantum, unfilledCost } = instance;
  for (let j = 0; j < instance.lines; j++) {
    const from = best[j] ?? 0;
    const moved = from + stride * ((master.program.dual[j] ?? 0) - from);
    relaxation.prices[j] = Math.min(unfilledCost[j] ?? 0, Math.max(0, Math.round(moved / quantum) * quantum));
  }
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
export const generate = (
  search: Search,
  generation: Generation,
  demand: Float64Array = search.instance.demand,
  rounds = 60,
): Generated => {
  const { relaxation, budget } = search;
  if (generation.pool.length === 0) warmUp(search, generation);
  const master = createMaster(search, demand);
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
  const bestPrices = relaxation.prices.slice();
  let best = Number.NEGATIVE_INFINITY;
  let stride = STRIDE;
  for (let round = 0; ; round++) {
    const pivots = optimise(program, MOST_PIVOTS);
    const entries = program.first[program.variables] ?? 0;
    budget.steps += PIVOT_STEPS * (pivots + 1) * (program.rows * program.rows + entries);
    if (round > 0) blend(search, master, bestPrices, stride);
    const found: Column[] = [];
    const bound = relaxWhole(search, generation.shipper, demand, best, (column) => {
      if (excessOf(master, column) < -program.tolerance && isAllowed(search, column)) found.push(column);
    });
    if (bound > best) {
      best = bound;
      bestPrices.set(relaxation.prices);
    }
    if (best > limitOf(search)) break;
    fixByReducedCost(search);
    for (const column of found) {
      addToPool(generation, column);
      include(master, column);
    }
    if (round >= rounds || isSpent(budget)) break;
    if (objectiveOf(program) - best <= NEARLY * (limitOf(search) - best) || (found.length === 0 && stride === 1)) break;
    stride = found.length === 0 ? 1 : STRIDE;
  }
  keepBest(generation, master);
  relaxation.prices.set(bestPrices);
  relaxWhole(search, generation.shipper, demand);
  generation.basic = basicColumns(master);
  return { bound: best, shares: sharesOf(master) };
};
