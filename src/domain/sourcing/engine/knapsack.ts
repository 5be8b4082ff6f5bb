import type { Instance } from './instance.ts';
import { priceOf, type Staircase } from './staircase.ts';
import type { OfferLimits } from './tied-location.ts';

/**
 * What one location could ship, as a bounded knapsack with a price by weight: items are offers, taken in the order of gain per load, and a
 * bound with parts of pieces tells where to stop (Martello and Toth 1990, ch. 3). Buffers are reused from call to call.
 */
export type Items = {
  count: number;
  readonly line: Float64Array;
  readonly most: Float64Array;
  readonly gain: Float64Array;
  readonly grams: Float64Array;
  readonly size: Float64Array;
  /** What they are sorted by. */
  readonly density: Float64Array;
  /** The gain of a piece less its toll for the room that it takes, and what the items from here on could gain so. */
  readonly net: Float64Array;
  readonly netFrom: Float64Array;
  /** How many pieces of each are taken at the moment. */
  readonly taken: Float64Array;
};

export type Load = { readonly gain: number; readonly grams: number; readonly room: number };

export type Knapsack = {
  readonly staircase: Staircase | undefined;
  readonly leastPostage: number;
  readonly mostGrams: number;
  /** What a unit of room is taken to cost, so that one bound sees both tariff and capacity; any toll gives a bound. */
  toll: number;
  /** Loads that gain no more are of no interest. */
  enough: number;
};

export const createItems = (lines: number): Items => ({
  count: 0,
  line: new Float64Array(lines),
  most: new Float64Array(lines),
  gain: new Float64Array(lines),
  grams: new Float64Array(lines),
  size: new Float64Array(lines),
  density: new Float64Array(lines),
  net: new Float64Array(lines),
  netFrom: new Float64Array(lines + 1),
  taken: new Float64Array(lines),
});

export const knapsackOf = (instance: Instance, l: number, limits: OfferLimits, enough: number): Knapsack => ({
  staircase: instance.staircase[l],
  leastPostage: limits.leastPostage[l] ?? 0,
  mostGrams: limits.mostGrams[l] ?? 0,
  toll: 0,
  enough,
});

/** The offers that gain more than `least` a piece, and that the search has not decided. */
export const listItems = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  items: Items,
  least: number,
): void => {
  const { start, line, unitCost, weight, size } = instance;
  items.count = 0;
  for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
    const j = line[k] ?? 0;
    const gain = (prices[j] ?? 0) - (unitCost[k] ?? 0);
    const most = (limits.most[k] ?? 0) - (limits.least[k] ?? 0);
    if (gain <= least || most <= 0) continue;
    const at = items.count++;
    items.line[at] = j;
    items.most[at] = most;
    items.gain[at] = gain;
    items.grams[at] = weight[j] ?? 0;
    items.size[at] = size[j] ?? 1;
  }
};

/** What the search has decided that the location ships, added to `decided`, and what that leaves room for. */
export const decidedLoad = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  decided: Float64Array,
): Load => {
  const { start, line, unitCost, weight, size } = instance;
  let gain = 0;
  let grams = 0;
  let room = instance.capacity[l] ?? 0;
  for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
    const j = line[k] ?? 0;
    const least = limits.least[k] ?? 0;
    if (least === 0) continue;
    decided[j] = least;
    gain += least * ((prices[j] ?? 0) - (unitCost[k] ?? 0));
    grams += least * (weight[j] ?? 0);
    room -= least * (size[j] ?? 1);
  }
  return { gain, grams, room };
};

const swap = (values: Float64Array, at: number): void => {
  const kept = values[at] ?? 0;
  values[at] = values[at - 1] ?? 0;
  values[at - 1] = kept;
};

/** Best net gain per gram first, or per unit of room where there is no tariff. By insertion: they are few, and nearly sorted mostly. */
const sortItems = (items: Items, { staircase, toll }: Knapsack): void => {
  const { count, gain, grams, size, density, net, netFrom } = items;
  const load = staircase === undefined ? size : grams;
  for (let at = 0; at < count; at++) {
    const worth = (gain[at] ?? 0) - toll * (size[at] ?? 1);
    density[at] = worth <= 0 ? worth : worth / (load[at] ?? 1);
    for (let to = at; to > 0 && (density[to - 1] ?? 0) < (density[to] ?? 0); to--) {
      swap(density, to);
      swap(items.line, to);
      swap(items.most, to);
      swap(gain, to);
      swap(grams, to);
      swap(size, to);
    }
  }
  netFrom[count] = 0;
  for (let at = count - 1; at >= 0; at--) {
    net[at] = Math.max(0, (gain[at] ?? 0) - toll * (size[at] ?? 1));
    netFrom[at] = (netFrom[at + 1] ?? 0) + (net[at] ?? 0) * (items.most[at] ?? 0);
  }
};

const NO_STEPS = { limits: [], prices: [] };

/**
 * What the items from `from` on could bring the gain to, with parts of pieces, the tariff's steps in the way and room for its toll; as soon
 * as that is known to be above or below `enough`, any number that is.
 */
const reachByWeight = (
  items: Items,
  sack: Knapsack,
  from: number,
  gain: number,
  grams: number,
  room: number,
  enough: number,
): number => {
  const { count, net, most } = items;
  const { limits, prices } = sack.staircase ?? NO_STEPS;
  const tolled = sack.toll > 0 ? gain + sack.toll * room : gain;
  const all = tolled + (items.netFrom[from] ?? 0);
  let at = from;
  let filled = grams;
  let gained = tolled;
  let best = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < limits.length && best <= enough; step++) {
    const limit = limits[step] ?? 0;
    const price = prices[step] ?? 0;
    if (all - price <= best || all - price <= enough) return Math.max(best, all - price);
    if (limit < grams || price < sack.leastPostage) continue;
    if (limit > sack.mostGrams) return best;
    for (; at < count; at++) {
      const heavier = filled + (items.grams[at] ?? 0) * (most[at] ?? 0);
      if (heavier > limit) break;
      filled = heavier;
      gained += (net[at] ?? 0) * (most[at] ?? 0);
    }
    if (at === count) return Math.max(best, gained - price);
    const part = ((limit - filled) * (net[at] ?? 0)) / (items.grams[at] ?? 1);
    best = Math.max(best, gained + part - price);
  }
  return best > enough ? best : Math.max(best, all - (prices.at(-1) ?? 0));
};

/** Without a tariff: the same with only the room in the way. */
const reachInRoom = (items: Items, from: number, gain: number, room: number): number => {
  const { count, net, most, size } = items;
  let gained = gain;
  let left = room;
  for (let at = from; at < count && left > 0 && (net[at] ?? 0) > 0; at++) {
    const load = (size[at] ?? 1) * (most[at] ?? 0);
    gained += (net[at] ?? 0) * (load <= left ? (most[at] ?? 0) : left / (size[at] ?? 1));
    left -= load;
  }
  return gained;
};

const TOLLS_TRIED = 10;

/**
 * Sorts the items; where there are both tariff and capacity, by the toll that makes the bound lowest. It is convex in the toll, so a third
 * of the range is left out at a time.
 */
export const prepare = (items: Items, sack: Knapsack, load: Load): void => {
  const boundAt = (toll: number): number => {
    sack.toll = toll;
    sortItems(items, sack);
    return reachByWeight(items, sack, 0, load.gain, load.grams, load.room, Number.POSITIVE_INFINITY);
  };
  if (sack.staircase === undefined || load.room === Number.POSITIVE_INFINITY) {
    sortItems(items, sack);
    return;
  }
  const untolled = boundAt(0);
  if (untolled <= sack.enough) return;
  let low = 0;
  let high = 0;
  for (let at = 0; at < items.count; at++) high = Math.max(high, (items.gain[at] ?? 0) / (items.size[at] ?? 1));
  for (let tried = 0; tried < TOLLS_TRIED; tried++) {
    const third = (high - low) / 3;
    if (boundAt(low + third) <= boundAt(high - third)) high -= third;
    else low += third;
  }
  if (boundAt(low) >= untolled) boundAt(0);
};

/** How many of so many grams can be added. */
export const liftable = (lift: number, grams: number): number =>
  grams === 0 || lift === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : Math.floor(lift / grams);

/** A load found, with its pieces in `items.taken`: what it gains, postage paid. */
export type Found = (net: number, grams: number, postage: number) => void;

/**
 * Calls `accept` for every load that gains more than enough; what is enough may rise meanwhile. Returns the steps left of so many: none
 * if it had to stop.
 */
export const searchLoads = (items: Items, sack: Knapsack, start: Load, mostSteps: number, accept: Found): number => {
  const { count, taken, most } = items;
  const { staircase, leastPostage, mostGrams } = sack;
  let steps = mostSteps;
  const extend = (at: number, gain: number, grams: number, room: number): void => {
    if (steps-- <= 0) return;
    if (at === count) {
      const postage = staircase === undefined ? 0 : Math.max(leastPostage, priceOf(staircase, grams));
      if (gain - postage > sack.enough) accept(gain - postage, grams, postage);
      return;
    }
    const reached =
      staircase === undefined
        ? reachInRoom(items, at, gain, room)
        : reachByWeight(items, sack, at, gain, grams, room, sack.enough);
    if (reached <= sack.enough) return;
    const size = items.size[at] ?? 1;
    const heavy = items.grams[at] ?? 0;
    const each = items.gain[at] ?? 0;
    const fits = Math.min(most[at] ?? 0, Math.floor(room / size), liftable(mostGrams - grams, heavy));
    for (let pieces = fits; pieces >= 0; pieces--) {
      taken[at] = pieces;
      extend(at + 1, gain + pieces * each, grams + pieces * heavy, room - pieces * size);
    }
  };
  extend(0, start.gain, start.grams, start.room);
  return Math.max(0, steps);
};
