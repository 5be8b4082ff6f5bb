import { bestLoad, suitsCore } from './core-knapsack.ts';
import { type Core, createCore } from './core-loads.ts';
import type { Instance } from './instance.ts';
import {
  createItems,
  decidedLoad,
  type Items,
  type Knapsack,
  knapsackOf,
  type Load,
  liftable,
  listItems,
  prepare,
  searchLoads,
} from './knapsack.ts';
import { priceOf } from './staircase.ts';
import { bestChoice, createChoice, type LocationChoice, type OfferLimits } from './tied-location.ts';

/** Finds best shipments in whole pieces; buffers are reused from call to call. */
export type Shipper = {
  readonly choice: LocationChoice;
  /** What the best shipment found holds, by line. */
  readonly pieces: Float64Array;
  readonly decided: Float64Array;
  readonly items: Items;
  readonly core: Core;
  steps: number;
};

/** Past so many steps the bound with parts of pieces has to do. */
const MOST_STEPS = 20_000;

export const createShipper = (lines: number): Shipper => ({
  choice: createChoice(lines),
  pieces: new Float64Array(lines),
  decided: new Float64Array(lines),
  items: createItems(lines),
  core: createCore(),
  steps: 0,
});

/** The whole pieces of the choice that allows parts of pieces, as far as they fit: something to beat. Returns its gain. */
const roundDown = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  { choice, pieces }: Shipper,
): number => {
  const { start, line, unitCost, weight, size } = instance;
  pieces.fill(0);
  let room = instance.capacity[l] ?? 0;
  let lift = limits.mostGrams[l] ?? 0;
  for (let at = 0; at < choice.count; at++) {
    const j = choice.line[at] ?? 0;
    const fits = Math.min(Math.floor(room / (size[j] ?? 1)), liftable(lift, weight[j] ?? 0));
    const count = Math.max(0, Math.min(Math.floor(choice.units[at] ?? 0), fits));
    pieces[j] = (pieces[j] ?? 0) + count;
    room -= count * (size[j] ?? 1);
    lift -= count * (weight[j] ?? 0);
  }
  let gain = 0;
  let grams = 0;
  for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
    const j = line[k] ?? 0;
    gain += (pieces[j] ?? 0) * ((prices[j] ?? 0) - (unitCost[k] ?? 0));
    grams += (pieces[j] ?? 0) * (weight[j] ?? 0);
  }
  const staircase = instance.staircase[l];
  return staircase === undefined ? gain : gain - Math.max(limits.leastPostage[l] ?? 0, priceOf(staircase, grams));
};

const isEmpty = (pieces: Float64Array): boolean => {
  for (let j = 0; j < pieces.length; j++) if (pieces[j] !== 0) return false;
  return true;
};

/** Does the choice that allows parts of pieces hold none, at what it really costs? Then it is the best there is. */
const isWhole = (instance: Instance, l: number, { count, units }: LocationChoice): boolean => {
  if (instance.staircase[l] !== undefined && instance.capacity[l] !== Number.POSITIVE_INFINITY) return false;
  for (let at = 0; at < count; at++) if (!Number.isInteger(units[at] ?? 0)) return false;
  return true;
};

/** One look for a better shipment: what it is to beat, and the steps left. */
type Look = { best: number; left: number };

/** Looks for a shipment that holds `start`, which is in `decided`, and gains more than the best so far; the shipper holds it then. */
const lookFrom = (instance: Instance, sack: Knapsack, start: Load, shipper: Shipper, look: Look): void => {
  const { items, pieces, decided } = shipper;
  // Gains are multiples of the quantum: what is nearer than half of it is no better.
  const margin = instance.quantum / 2;
  sack.enough = look.best + margin;
  const accept = (net: number): void => {
    look.best = net;
    sack.enough = net + margin;
    pieces.set(decided);
    for (let at = 0; at < items.count; at++) {
      const j = items.line[at] ?? 0;
      pieces[j] = (pieces[j] ?? 0) + (items.taken[at] ?? 0);
    }
  };
  const before = look.left;
  if (suitsCore(sack, start)) {
    look.left = bestLoad(shipper.core, items, sack, start, look.left, accept);
    shipper.steps += before - look.left;
  } else {
    look.left = searchLoads(items, sack, start, look.left, accept);
    shipper.steps += (before - look.left) * (items.count + 4);
  }
};

/** An open location has to ship something, even if nothing pays: the best shipment with one piece of each offer in turn. */
const lookForAny = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  sack: Knapsack,
  shipper: Shipper,
  look: Look,
): void => {
  const { start, line, unitCost, weight, size } = instance;
  const { items, decided } = shipper;
  const room = instance.capacity[l] ?? 0;
  look.best = Number.NEGATIVE_INFINITY;
  for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0) && look.left > 0; k++) {
    const j = line[k] ?? 0;
    const grams = weight[j] ?? 0;
    const most = limits.most[k] ?? 0;
    if (most < 1 || grams > (limits.mostGrams[l] ?? 0) || (size[j] ?? 1) > room) continue;
    const at = items.line.subarray(0, items.count).indexOf(j);
    decided[j] = 1;
    if (at >= 0) items.most[at] = most - 1;
    const gain = (prices[j] ?? 0) - (unitCost[k] ?? 0);
    lookFrom(instance, sack, { gain, grams, room: room - (size[j] ?? 1) }, shipper, look);
    decided[j] = 0;
    if (at >= 0) items.most[at] = most;
  }
};

/**
 * The most that the location can save at these prices, fixed cost apart, or a little more where looking for it takes too long; the
 * shipper then holds the best shipment found. Where not even parts of pieces would pay for the fixed cost, that is enough to know, unless
 * the location is open and so has to ship something.
 */
export const bestShipment = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  shipper: Shipper,
  isOpen: boolean,
): number => {
  const { items, pieces, decided } = shipper;
  const most = bestChoice(instance, l, prices, limits, shipper.choice);
  shipper.steps += shipper.choice.count + 4;
  const look: Look = { best: roundDown(instance, l, prices, limits, shipper), left: MOST_STEPS };
  if ((!isOpen && most < (instance.fixedCost[l] ?? 0)) || instance.rounding > 0) return most;
  if (isWhole(instance, l, shipper.choice) && !(isOpen && isEmpty(pieces))) return look.best;
  decided.fill(0);
  const start = decidedLoad(instance, l, prices, limits, decided);
  // What the search has decided cannot be carried: there is no plan, at any price.
  if (start.room < 0 || start.grams > (limits.mostGrams[l] ?? 0)) return Number.NEGATIVE_INFINITY;
  const sack = knapsackOf(instance, l, limits, look.best);
  listItems(instance, l, prices, limits, items, 0);
  prepare(items, sack, start);
  lookFrom(instance, sack, start, shipper, look);
  if (isOpen && isEmpty(pieces)) lookForAny(instance, l, prices, limits, sack, shipper, look);
  return look.left > 0 ? Math.min(most, look.best) : most;
};
