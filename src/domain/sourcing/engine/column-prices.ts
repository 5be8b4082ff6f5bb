import type { Budget } from './budget.ts';
import type { Columns } from './columns.ts';
import type { Instance } from './instance.ts';
import type { Relaxation } from './relaxation.ts';

/** Columns with prices that make their bound high, and the slacks that follow from these. */
export type PricedColumns = Columns & {
  readonly prices: Float64Array;
  readonly slack: Float64Array;
  /** By location: slack of shipping nothing; Infinity where the search has opened it. */
  readonly idle: Float64Array;
  /** The bound that slacks are measured from. */
  readonly base: number;
  /** A plan that uses `n` locations besides the open ones costs `base`, its slacks, and `toll * (pivot - n)`. */
  readonly toll: number;
  readonly pivot: number;
  /** Limits on that number. */
  readonly fewest: number;
  readonly most: number;
};

type CountLimits = Pick<Relaxation, 'fewest' | 'most'>;

/** What a look at one column counts, by line. */
const LOOK = 0.25;
const ROUNDS = 4;
const ITERATIONS = 16;
const FEW = 24;
/** With as many columns left, bettering prices goes on only while that takes many away. */
const MANY = 200;

type Choice = {
  /** By location: its best column at the prices, and what that costs beyond its worth. */
  readonly best: Int32Array;
  readonly reduced: Float64Array;
  readonly chosen: Uint8Array;
  readonly bound: number;
  readonly toll: number;
};

const worthOf = (instance: Instance, { pieces }: Columns, prices: Float64Array, k: number): number => {
  let worth = 0;
  const from = k * instance.lines;
  for (let j = 0; j < instance.lines; j++) worth += (pieces[from + j] ?? 0) * (prices[j] ?? 0);
  return worth;
};

/** Each location's best column, and the best set of locations for the limits on their number. */
const choose = (instance: Instance, columns: Columns, prices: Float64Array, limits: CountLimits): Choice => {
  const count = columns.locations.length;
  const best = new Int32Array(count).fill(-1);
  const reduced = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const chosen = new Uint8Array(count);
  const free: number[] = [];
  let opened = 0;
  let bound = 0;
  for (let j = 0; j < instance.lines; j++) bound += (instance.demand[j] ?? 0) * (prices[j] ?? 0);
  for (let at = 0; at < count; at++) {
    for (let k = columns.first[at] ?? 0; k < (columns.first[at + 1] ?? 0); k++) {
      const cost = (columns.cost[k] ?? 0) - worthOf(instance, columns, prices, k);
      if (cost >= (reduced[at] ?? 0)) continue;
      reduced[at] = cost;
      best[at] = k;
    }
    if (columns.open[at] === true) {
      chosen[at] = 1;
      opened++;
      bound += reduced[at] ?? 0;
    } else free.push(at);
  }
  free.sort((a, b) => (reduced[a] ?? 0) - (reduced[b] ?? 0));
  const costOf = (rank: number): number => reduced[free[rank] ?? count] ?? Number.POSITIVE_INFINITY;
  const least = limits.fewest - opened;
  let rank = 0;
  for (; rank < limits.most - opened && (rank < least || costOf(rank) < 0); rank++) {
    chosen[free[rank] ?? 0] = 1;
    bound += costOf(rank);
  }
  const last = rank > 0 ? costOf(rank - 1) : 0;
  return { best, reduced, chosen, bound, toll: last > 0 ? -last : Math.max(0, -costOf(rank)) };
};

const movePrices = (
  instance: Instance,
  columns: Columns,
  { best, chosen }: Choice,
  prices: Float64Array,
  direction: Float64Array,
  distance: number,
): boolean => {
  const { demand, lines, quantum, unfilledCost } = instance;
  const shortage = demand.slice();
  for (let at = 0; at < best.length; at++) {
    const k = best[at] ?? -1;
    if (chosen[at] !== 1 || k < 0) continue;
    for (let j = 0; j < lines; j++) shortage[j] = (shortage[j] ?? 0) - (columns.pieces[k * lines + j] ?? 0);
  }
  let square = 0;
  for (let j = 0; j < lines; j++) {
    const moved = (shortage[j] ?? 0) / (demand[j] ?? 1) + 0.5 * (direction[j] ?? 0);
    direction[j] = moved;
    square += moved * moved;
  }
  if (square < 1e-12) return false;
  for (let j = 0; j < lines; j++) {
    const moved = (prices[j] ?? 0) + ((distance / square) * (direction[j] ?? 0)) / (demand[j] ?? 1);
    prices[j] = Math.min(unfilledCost[j] ?? 0, Math.max(0, Math.round(moved / quantum) * quantum));
  }
  return true;
};

/** The columns whose slack at these prices is within the limit. */
const within = (
  instance: Instance,
  columns: Columns,
  prices: Float64Array,
  limits: CountLimits,
  limit: number,
): PricedColumns => {
  const { reduced, bound, toll } = choose(instance, columns, prices, limits);
  const kept: Columns = { locations: [], first: [0], cost: [], pieces: [], open: [] };
  const slack: number[] = [];
  const idle: number[] = [];
  let idleForSure = 0;
  columns.locations.forEach((l, at) => {
    const open = columns.open[at] === true;
    const base = open ? (reduced[at] ?? 0) : Math.min(0, (reduced[at] ?? 0) + toll);
    for (let k = columns.first[at] ?? 0; k < (columns.first[at + 1] ?? 0); k++) {
      const cost = columns.cost[k] ?? 0;
      const own = cost - worthOf(instance, columns, prices, k) + (open ? 0 : toll) - base;
      if (bound + own > limit) continue;
      slack.push(own);
      kept.cost.push(cost);
      for (let j = 0; j < instance.lines; j++) kept.pieces.push(columns.pieces[k * instance.lines + j] ?? 0);
    }
    if (kept.cost.length === kept.first.at(-1) && !open) {
      idleForSure -= base;
      return;
    }
    kept.locations.push(l);
    kept.first.push(kept.cost.length);
    kept.open.push(open);
    idle.push(open ? Number.POSITIVE_INFINITY : -base);
  });
  const opened = kept.open.filter((open) => open).length;
  return {
    ...kept,
    prices: prices.slice(),
    slack: Float64Array.from(slack),
    idle: Float64Array.from(idle),
    base: bound + idleForSure,
    toll,
    pivot: (toll < 0 ? limits.fewest : limits.most) - opened,
    fewest: limits.fewest - opened,
    most: limits.most - opened,
  };
};

/**
 * With all columns of a better plan listed, the prices can be bettered for whole shipments alone, which lifts the bound: with it
 * most columns leave. Undefined if that shows that there is no better plan.
 */
export const tighten = (
  { instance, prices: start, fewest, most }: Relaxation,
  listed: Columns,
  limit: number,
  budget: Budget,
): PricedColumns | undefined => {
  const limits = { fewest, most };
  let columns = listed;
  let bestBound = Number.NEGATIVE_INFINITY;
  const bestPrices = start.slice();
  for (let round = 0; round < ROUNDS && (round === 0 || columns.cost.length > FEW); round++) {
    const prices = bestPrices.slice();
    const direction = new Float64Array(instance.lines);
    let factor = 1;
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      const choice = choose(instance, columns, prices, limits);
      budget.steps += LOOK * columns.pieces.length;
      if (choice.bound > limit) return undefined;
      if (choice.bound > bestBound) {
        bestBound = choice.bound;
        bestPrices.set(prices);
      } else if (iteration % 3 === 2) factor *= 0.6;
      if (!movePrices(instance, columns, choice, prices, direction, factor * Math.max(1, limit - choice.bound))) break;
    }
    const before = columns.cost.length;
    columns = within(instance, columns, bestPrices, limits, limit);
    if (columns.cost.length > MANY && columns.cost.length > 0.7 * before) break;
  }
  return within(instance, columns, bestPrices, limits, limit);
};
