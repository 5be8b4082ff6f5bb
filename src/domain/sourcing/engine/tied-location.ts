import type { ParcelPrice } from '../problem.ts';
import type { Instance } from './instance.ts';

/** What the search has decided about shipments. */
export type OfferLimits = {
  /** By offer: how much the location ships at least and at most. */
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** By location: what it pays at least for its parcels, and how heavy its shipment may be. */
  readonly leastPostage: Float64Array;
  readonly mostGrams: Float64Array;
};

/**
 * A tied location's answer to the prices: reused from call to call. `count` entries of line and units are shipped, in the order of
 * gain per load; those decided by the search come first.
 */
export type LocationChoice = {
  readonly line: Int32Array;
  readonly units: Float64Array;
  readonly density: Float64Array;
  readonly gain: Float64Array;
  readonly load: Float64Array;
  count: number;
  /** Load and gain of what the search has decided. */
  decidedLoad: number;
  decidedGain: number;
  decided: number;
};

export const createChoice = (lines: number): LocationChoice => ({
  // A line may be listed twice: as decided and as chosen beyond that.
  line: new Int32Array(2 * lines),
  units: new Float64Array(2 * lines),
  density: new Float64Array(2 * lines),
  gain: new Float64Array(2 * lines),
  load: new Float64Array(2 * lines),
  count: 0,
  decidedLoad: 0,
  decidedGain: 0,
  decided: 0,
});

/** What ties the lines of a location together: the grams of its tariff, or its capacity. */
type Tie = { readonly load: Float64Array; readonly best: ParcelPrice | undefined };

/** At least what a piece of line j pays for its grams, where they are not the load; a quantum below, so that it never is too much. */
const leastPostage = ({ best }: Tie, { weight, quantum }: Instance, j: number): number =>
  best === undefined
    ? 0
    : Math.max(0, Math.floor((best.price * (weight[j] ?? 0)) / best.upTo / quantum) * quantum - quantum);

const listDecided = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  choice: LocationChoice,
  tie: Tie,
): void => {
  const { load } = tie;
  const end = instance.start[l + 1] ?? 0;
  choice.count = 0;
  choice.decidedLoad = 0;
  choice.decidedGain = 0;
  for (let k = instance.start[l] ?? 0; k < end; k++) {
    const least = limits.least[k] ?? 0;
    if (least === 0) continue;
    const j = instance.line[k] ?? 0;
    choice.line[choice.count] = j;
    choice.units[choice.count++] = least;
    choice.decidedLoad += least * (load[j] ?? 0);
    choice.decidedGain += least * ((prices[j] ?? 0) - (instance.unitCost[k] ?? 0) - leastPostage(tie, instance, j));
  }
  choice.decided = choice.count;
};

/** Offers with a gain at these prices, best gain per unit of load (grams if there is a tariff, else capacity) first. */
const sortGains = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  choice: LocationChoice,
  tie: Tie,
): void => {
  const { start, line, unitCost } = instance;
  const { load } = tie;
  const end = start[l + 1] ?? 0;
  let count = choice.decided;
  for (let k = start[l] ?? 0; k < end; k++) {
    const j = line[k] ?? 0;
    const gain = (prices[j] ?? 0) - (unitCost[k] ?? 0) - leastPostage(tie, instance, j);
    const units = (limits.most[k] ?? 0) - (limits.least[k] ?? 0);
    if (gain <= 0 || units <= 0) continue;
    const density = gain / (load[j] ?? 0);
    let at = count;
    while (at > choice.decided && (choice.density[at - 1] ?? 0) < density) {
      choice.density[at] = choice.density[at - 1] ?? 0;
      choice.line[at] = choice.line[at - 1] ?? 0;
      choice.units[at] = choice.units[at - 1] ?? 0;
      choice.gain[at] = choice.gain[at - 1] ?? 0;
      choice.load[at] = choice.load[at - 1] ?? 0;
      at--;
    }
    choice.density[at] = density;
    choice.line[at] = j;
    choice.units[at] = units;
    choice.gain[at] = gain;
    choice.load[at] = load[j] ?? 0;
    count++;
  }
  choice.count = count;
};

/** The gain of a part of a piece, rounded up to the quantum: the bound stays valid and its sums exact. */
const roundUp = (value: number, quantum: number): number => (Math.floor(value / quantum) + 1) * quantum;

/** Cuts the choice down to what the room takes and returns its gain; the last entry may be a part of a piece. */
const fill = (choice: LocationChoice, room: number, quantum: number): number => {
  let left = room - choice.decidedLoad;
  let gain = choice.decidedGain;
  for (let k = choice.decided; k < choice.count; k++) {
    const load = (choice.load[k] ?? 0) * (choice.units[k] ?? 0);
    if (load <= left) {
      left -= load;
      gain += (choice.gain[k] ?? 0) * (choice.units[k] ?? 0);
      continue;
    }
    const part = left / (choice.load[k] ?? 0);
    choice.units[k] = part;
    choice.count = part > 0 ? k + 1 : k;
    return part > 0 ? gain + roundUp((choice.gain[k] ?? 0) * part, quantum) : gain;
  }
  return gain;
};

/** All gains together: what no room can exceed. */
const gainOf = (choice: LocationChoice): number => {
  let gain = choice.decidedGain;
  for (let k = choice.decided; k < choice.count; k++) gain += (choice.gain[k] ?? 0) * (choice.units[k] ?? 0);
  return gain;
};

/** The room that pays best: each step of the tariff is tried with the best gains that fit under its limit. */
const bestRoom = (instance: Instance, l: number, choice: LocationChoice, offerLimits: OfferLimits): number => {
  const staircase = instance.staircase[l];
  if (staircase === undefined) return instance.capacity[l] ?? 0;
  const { limits, prices } = staircase;
  const leastPostage = offerLimits.leastPostage[l] ?? 0;
  const mostGrams = offerLimits.mostGrams[l] ?? 0;
  let bestRoomYet = limits[0] ?? 0;
  let bestNet = Number.NEGATIVE_INFINITY;
  let taken = choice.decided;
  let used = choice.decidedLoad;
  let gain = choice.decidedGain;
  const mostGain = gainOf(choice);
  for (let step = 0; step < limits.length; step++) {
    const limit = limits[step] ?? 0;
    if (limit < choice.decidedLoad || (prices[step] ?? 0) < leastPostage) continue;
    if (limit > mostGrams) return bestRoomYet;
    if (mostGain - (prices[step] ?? 0) <= bestNet) return bestRoomYet;
    while (taken < choice.count) {
      const load = (choice.load[taken] ?? 0) * (choice.units[taken] ?? 0);
      if (used + load > limit) break;
      used += load;
      gain += (choice.gain[taken] ?? 0) * (choice.units[taken] ?? 0);
      taken++;
    }
    const part = taken < choice.count ? (limit - used) * (choice.density[taken] ?? 0) : 0;
    const net = gain + part - (prices[step] ?? 0);
    if (net > bestNet) {
      bestNet = net;
      bestRoomYet = limit;
    }
    if (taken === choice.count) return bestRoomYet;
  }
  // The heaviest shipments lie beyond the last step: their price is at least that of the last step.
  for (; taken < choice.count; taken++) gain += (choice.gain[taken] ?? 0) * (choice.units[taken] ?? 0);
  return gain - (prices[prices.length - 1] ?? 0) > bestNet ? Number.POSITIVE_INFINITY : bestRoomYet;
};

const stepPrice = (instance: Instance, l: number, room: number): number => {
  const staircase = instance.staircase[l];
  if (staircase === undefined) return 0;
  const { limits, prices } = staircase;
  for (let step = 0; step < limits.length; step++) if ((limits[step] ?? 0) >= room) return prices[step] ?? 0;
  return prices[prices.length - 1] ?? 0;
};

/** Nothing decided, and all gains together do not pay for the cheapest parcel: quick to see, and so for most locations. */
const paysForNoParcel = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  choice: LocationChoice,
): boolean => {
  const price = instance.staircase[l]?.prices[1];
  if (price === undefined || choice.decided > 0 || (limits.leastPostage[l] ?? 0) > 0) return false;
  const { start, line, unitCost, weight } = instance;
  let gain = 0;
  const end = start[l + 1] ?? 0;
  for (let k = start[l] ?? 0; k < end; k++) {
    const j = line[k] ?? 0;
    const each = (prices[j] ?? 0) - (unitCost[k] ?? 0);
    if (each <= 0) continue;
    gain += each * (limits.most[k] ?? 0);
    if (gain > price || weight[j] === 0) return false;
  }
  return true;
};

/** Bound by the capacity: every gram is paid at the best price per gram that the tariff has, if there is one. */
const choiceByCapacity = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  choice: LocationChoice,
): number => {
  const tie: Tie = { load: instance.size, best: instance.staircase[l]?.parcels[0] };
  listDecided(instance, l, prices, limits, choice, tie);
  sortGains(instance, l, prices, limits, choice, tie);
  return fill(choice, instance.capacity[l] ?? 0, instance.quantum);
};

/** Bound by the steps of the tariff: its capacity is left out. */
const choiceByTariff = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  choice: LocationChoice,
): number => {
  const tie: Tie = { load: instance.weight, best: undefined };
  listDecided(instance, l, prices, limits, choice, tie);
  if (paysForNoParcel(instance, l, prices, limits, choice)) return 0;
  sortGains(instance, l, prices, limits, choice, tie);
  const room = bestRoom(instance, l, choice, limits);
  return fill(choice, room, instance.quantum) - stepPrice(instance, l, room);
};

/**
 * At least the most that the location can save at these prices, fixed cost apart: knapsack with parts of pieces allowed. With a
 * tariff and a capacity, the better of two bounds, each of which leaves out a part of one of them.
 */
export const bestChoice = (
  instance: Instance,
  l: number,
  prices: Float64Array,
  limits: OfferLimits,
  choice: LocationChoice,
): number => {
  if (instance.staircase[l] === undefined) return choiceByCapacity(instance, l, prices, limits, choice);
  if (instance.capacity[l] === Number.POSITIVE_INFINITY) return choiceByTariff(instance, l, prices, limits, choice);
  const byCapacity = choiceByCapacity(instance, l, prices, limits, choice);
  const byTariff = choiceByTariff(instance, l, prices, limits, choice);
  // The choice that stays listed has to be the one of the bound: the prices move along it.
  return byTariff <= byCapacity ? byTariff : choiceByCapacity(instance, l, prices, limits, choice);
};
