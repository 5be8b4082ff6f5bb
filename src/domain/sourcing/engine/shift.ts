import type { Assignment } from './assignment.ts';
import { displace } from './displace.ts';
import { changeBy, countShipped, move, takes } from './loading.ts';

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
      if ((left[j] ?? 0) > 0 && (fillMissing(assignment, j) || displace(assignment, j))) changed = true;
      for (let from = 0; from < assignment.count; from++) {
        if ((assignment.units[from * instance.lines + j] ?? 0) === 0) continue;
        for (let to = 0; to < assignment.count; to++) {
          if (to !== from && shiftLine(assignment, j, from, to)) changed = true;
        }
      }
    }
  }
};
