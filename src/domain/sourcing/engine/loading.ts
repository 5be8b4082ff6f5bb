import type { Assignment } from './assignment.ts';
import { priceOf } from './staircase.ts';

/** What the location in this slot pays, unit costs apart, for a shipment of so many grams. */
const shippingCost = (assignment: Assignment, slot: number, pieces: number, grams: number): number => {
  if (pieces === 0) return 0;
  const { instance, slots } = assignment;
  const l = slots[slot] ?? 0;
  const staircase = instance.staircase[l];
  return (instance.fixedCost[l] ?? 0) + (staircase === undefined ? 0 : priceOf(staircase, grams));
};

/** What shipping so many more (or fewer) pieces of line j from this slot adds to the cost. */
export const changeBy = (assignment: Assignment, slot: number, j: number, pieces: number): number => {
  const { instance, cost, shippedPieces, grams } = assignment;
  const before = shippingCost(assignment, slot, shippedPieces[slot] ?? 0, grams[slot] ?? 0);
  const heavier = (grams[slot] ?? 0) + pieces * (instance.weight[j] ?? 0);
  const after = shippingCost(assignment, slot, (shippedPieces[slot] ?? 0) + pieces, heavier);
  return pieces * (cost[slot * instance.lines + j] ?? 0) + after - before;
};

export const move = (assignment: Assignment, slot: number, j: number, pieces: number): void => {
  const { instance, units, room, shippedPieces, grams } = assignment;
  const cell = slot * instance.lines + j;
  units[cell] = (units[cell] ?? 0) + pieces;
  room[slot] = (room[slot] ?? 0) - pieces * (instance.size[j] ?? 0);
  shippedPieces[slot] = (shippedPieces[slot] ?? 0) + pieces;
  grams[slot] = (grams[slot] ?? 0) + pieces * (instance.weight[j] ?? 0);
};

export const countShipped = (assignment: Assignment): void => {
  const { instance, units, shippedPieces, grams } = assignment;
  for (let slot = 0; slot < assignment.count; slot++) {
    shippedPieces[slot] = 0;
    grams[slot] = 0;
    for (let j = 0; j < instance.lines; j++) {
      const pieces = units[slot * instance.lines + j] ?? 0;
      shippedPieces[slot] = (shippedPieces[slot] ?? 0) + pieces;
      grams[slot] = (grams[slot] ?? 0) + pieces * (instance.weight[j] ?? 0);
    }
  }
};

/** Pieces of line j that the slot could still take: stock and capacity. */
export const takes = (assignment: Assignment, slot: number, j: number): number => {
  const { instance, stock, units, room } = assignment;
  const cell = slot * instance.lines + j;
  const fits = Math.floor((room[slot] ?? 0) / (instance.size[j] ?? 1));
  return Math.min(fits, (stock[cell] ?? 0) - (units[cell] ?? 0));
};
