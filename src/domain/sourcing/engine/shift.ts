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
const changeBy = (assignment: Assignment, slot: number, j: number, pieces: number): number => {
  const { instance, cost, shippedPieces, grams } = assignment;
  const before = shippingCost(assignment, slot, shippedPieces[slot] ?? 0, grams[slot] ?? 0);
  const heavier = (grams[slot] ?? 0) + pieces * (instance.weight[j] ?? 0);
  const after = shippingCost(assignment, slot, (shippedPieces[slot] ?? 0) + pieces, heavier);
  return pieces * (cost[slot * instance.lines + j] ?? 0) + after - before;
};

const move = (assignment: Assignment, slot: number, j: number, pieces: number): void => {
  const { instance, units, room, shippedPieces, grams } = assignment;
  const cell = slot * instance.lines + j;
  units[cell] = (units[cell] ?? 0) + pieces;
  room[slot] = (room[slot] ?? 0) - pieces * (instance.size[j] ?? 0);
  shippedPieces[slot] = (shippedPieces[slot] ?? 0) + pieces;
  grams[slot] = (grams[slot] ?? 0) + pieces * (instance.weight[j] ?? 0);
};

const countShipped = (assignment: Assignment): void => {
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
const takes = (assignment: Assignment, slot: number, j: number): number => {
  const { instance, stock, units, room } = assignment;
  const cell = slot * instance.lines + j;
  const fits = Math.floor((room[slot] ?? 0) / (instance.size[j] ?? 1));
  return Math.min(fits, (stock[cell] ?? 0) - (units[cell] ?? 0));
};

/** Fills what is missing wherever that pays, in the slot where it is cheapest. */
const fillMissing = (assignment: Assignment, j: number): boolean => {
  const { instance, left } = assignment;
  let best = 0;
  let bestSlot = -1;
  let bestPieces = 0;
  for (let slot = 0; slot < assignment.count; slot++) {
    const pieces = Math.min(left[j] ?? 0, takes(assignment, slot, j));
    if (pieces <= 0) continue;
    const change = changeBy(assignment, slot, j, pieces) - pieces * (instance.unfilledCost[j] ?? 0);
    if (change < best) [best, bestSlot, bestPieces] = [change, slot, pieces];
  }
  if (bestSlot < 0) return false;
  move(assignment, bestSlot, j, bestPieces);
  left[j] = (left[j] ?? 0) - bestPieces;
  return true;
};

/** Moves one piece of line j, or all that fits, from one slot to another if that is cheaper. */
const shiftLine = (assignment: Assignment, j: number, from: number, to: number): boolean => {
  const shipped = assignment.units[from * assignment.instance.lines + j] ?? 0;
  const most = Math.min(shipped, takes(assignment, to, j));
  for (const pieces of most > 1 ? [most, 1] : [most]) {
    if (pieces <= 0) continue;
    if (changeBy(assignment, from, j, -pieces) + changeBy(assignment, to, j, pieces) >= 0) continue;
    move(assignment, from, j, -pieces);
    move(assignment, to, j, pieces);
    return true;
  }
  return false;
};

const MOST_ROUNDS = 8;

/** Local search for assignments that tariffs or whole lines make hard: shifts lines between slots until none pays. */
export const shiftLines = (assignment: Assignment): void => {
  const { instance, left } = assignment;
  countShipped(assignment);
  for (let round = 0, changed = true; changed && round < MOST_ROUNDS; round++) {
    changed = false;
    for (let j = 0; j < instance.lines; j++) {
      if ((left[j] ?? 0) > 0 && fillMissing(assignment, j)) changed = true;
      for (let from = 0; from < assignment.count; from++) {
        if ((assignment.units[from * instance.lines + j] ?? 0) === 0) continue;
        for (let to = 0; to < assignment.count; to++) {
          if (to !== from && shiftLine(assignment, j, from, to)) changed = true;
        }
      }
    }
  }
};
