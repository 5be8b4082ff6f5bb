import type { Assignment } from './assignment.ts';
import type { Instance } from './instance.ts';
import { priceOf } from './staircase.ts';

/** What the location saves on the demand still left, at these prices per piece. */
const savingOf = (instance: Instance, l: number, left: Float64Array, prices: Float64Array): number => {
  const { start, line, units, unitCost, size, weight } = instance;
  const end = start[l + 1] ?? 0;
  const staircase = instance.staircase[l];
  let gain = 0;
  let load = 0;
  let grams = 0;
  for (let k = start[l] ?? 0; k < end; k++) {
    const j = line[k] ?? 0;
    const each = (prices[j] ?? 0) - (unitCost[k] ?? 0);
    if (each <= 0) continue;
    const taken = Math.min(left[j] ?? 0, units[k] ?? 0);
    gain += taken * each;
    load += taken * (size[j] ?? 0);
    grams += taken * (weight[j] ?? 0);
  }
  const capacity = instance.capacity[l] ?? 0;
  if (load > capacity) gain *= capacity / load;
  if (staircase !== undefined && gain > 0) gain -= priceOf(staircase, grams);
  return gain - (instance.fixedCost[l] ?? 0);
};

/** The location's useful offers, best gain per unit of capacity first: what it would rather ship where it cannot ship all. */
const preferredOffers = (instance: Instance, l: number, prices: Float64Array): number[] => {
  const { line, unitCost, size } = instance;
  const density = (k: number): number => {
    const j = line[k] ?? 0;
    return ((prices[j] ?? 0) - (unitCost[k] ?? 0)) / (size[j] ?? 1);
  };
  const offers: number[] = [];
  for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) offers.push(k);
  return offers.sort((a, b) => density(b) - density(a) || a - b);
};

/**
 * Takes what the location would ship off what is left. Where rebalancing cannot find room later, what its capacity cannot take is left
 * for others.
 */
const takeStock = (instance: Instance, l: number, left: Float64Array, prices: Float64Array): void => {
  const { start, line, units, size } = instance;
  let room = instance.capacity[l] ?? 0;
  if (instance.hardLeaves && room < Number.POSITIVE_INFINITY) {
    for (const k of preferredOffers(instance, l, prices)) {
      const j = line[k] ?? 0;
      const taken = Math.min(left[j] ?? 0, units[k] ?? 0, Math.floor(room / (size[j] ?? 1)));
      left[j] = (left[j] ?? 0) - taken;
      room -= taken * (size[j] ?? 1);
    }
    return;
  }
  const end = start[l + 1] ?? 0;
  for (let k = start[l] ?? 0; k < end; k++) {
    const j = line[k] ?? 0;
    left[j] = Math.max(0, (left[j] ?? 0) - (units[k] ?? 0));
  }
};

const isTaken = (assignment: Assignment, l: number): boolean => {
  for (let slot = 0; slot < assignment.count; slot++) if (assignment.slots[slot] === l) return true;
  return false;
};

const isFilled = (left: Float64Array): boolean => {
  for (const pieces of left) if (pieces > 0) return false;
  return true;
};

/**
 * Adds to the slots, one by one, the location marked in `among` that saves most on what is left at the given prices, as long as
 * one saves anything.
 */
export const addGreedily = (assignment: Assignment, prices: Float64Array, among: Uint8Array): void => {
  const { instance, slots, left, budget } = assignment;
  left.set(instance.demand);
  for (let slot = 0; slot < assignment.count; slot++) takeStock(instance, slots[slot] ?? 0, left, prices);
  while (assignment.count < instance.maxLocations && !isFilled(left)) {
    let best = -1;
    let most = 0;
    budget.steps += instance.start[instance.locations] ?? 0;
    for (let l = 0; l < instance.locations; l++) {
      if (among[l] !== 1) continue;
      const saving = savingOf(instance, l, left, prices);
      if (saving > most && !isTaken(assignment, l)) {
        most = saving;
        best = l;
      }
    }
    if (best < 0) return;
    slots[assignment.count++] = best;
    takeStock(instance, best, left, prices);
  }
};
