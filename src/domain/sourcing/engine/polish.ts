import { type Assignment, costOf } from './assignment.ts';
import { isSpent } from './budget.ts';
import { shiftLines } from './shift.ts';
import { priceOf } from './staircase.ts';

/** Pieces of one line that could move from one slot to another: what that changes in unit costs, grams and load. */
type Move = {
  readonly line: number;
  readonly pieces: number;
  readonly cost: number;
  readonly grams: number;
  readonly load: number;
};

const movesBetween = (assignment: Assignment, from: number, to: number): Move[] => {
  const { instance, units, stock, cost } = assignment;
  const { lines, weight, size } = instance;
  const moves: Move[] = [];
  for (let j = 0; j < lines; j++) {
    const there = to * lines + j;
    const here = from * lines + j;
    const most = Math.min(units[here] ?? 0, (stock[there] ?? 0) - (units[there] ?? 0));
    for (const pieces of most > 1 ? [most, 1] : [most]) {
      if (pieces <= 0) continue;
      moves.push({
        line: j,
        pieces,
        cost: pieces * ((cost[there] ?? 0) - (cost[here] ?? 0)),
        grams: pieces * (weight[j] ?? 0),
        load: pieces * (size[j] ?? 0),
      });
    }
  }
  return moves;
};

const parcelsOf = ({ instance, slots }: Assignment, slot: number, grams: number): number => {
  const staircase = instance.staircase[slots[slot] ?? 0];
  return staircase === undefined ? 0 : priceOf(staircase, grams);
};

const carryOut = (assignment: Assignment, from: number, to: number, { line, pieces, grams, load }: Move): void => {
  const { instance, units, room, shippedPieces, grams: shippedGrams } = assignment;
  for (const [slot, sign] of [
    [from, -1],
    [to, 1],
  ] as const) {
    const cell = slot * instance.lines + line;
    units[cell] = (units[cell] ?? 0) + sign * pieces;
    room[slot] = (room[slot] ?? 0) - sign * load;
    shippedPieces[slot] = (shippedPieces[slot] ?? 0) + sign * pieces;
    shippedGrams[slot] = (shippedGrams[slot] ?? 0) + sign * grams;
  }
};

/** Swaps pieces of two lines between two slots, the best swap first found of each pair of moves; true if one saved anything. */
const swapBetween = (assignment: Assignment, a: number, b: number): boolean => {
  const { grams, room, budget } = assignment;
  const there = movesBetween(assignment, a, b);
  const back = movesBetween(assignment, b, a);
  const before = parcelsOf(assignment, a, grams[a] ?? 0) + parcelsOf(assignment, b, grams[b] ?? 0);
  budget.steps += 4 * there.length * back.length;
  let best = 0;
  let pair: readonly [Move, Move] | undefined;
  for (const go of there) {
    for (const come of back) {
      if (go.line === come.line) continue;
      const shift = go.grams - come.grams;
      const load = go.load - come.load;
      if (load > (room[b] ?? 0) || -load > (room[a] ?? 0)) continue;
      const after =
        parcelsOf(assignment, a, (grams[a] ?? 0) - shift) + parcelsOf(assignment, b, (grams[b] ?? 0) + shift);
      const change = go.cost + come.cost + after - before;
      if (change < best) {
        best = change;
        pair = [go, come];
      }
    }
  }
  if (pair === undefined) return false;
  carryOut(assignment, a, b, pair[0]);
  carryOut(assignment, b, a, pair[1]);
  return true;
};

const MOST_SWAPS = 200;

/** Local search for shipments that fill their parcels well: swaps and shifts between all slots until none saves. Returns the cost. */
export const polish = (assignment: Assignment): number => {
  let swaps = 0;
  for (let changed = true; changed && !isSpent(assignment.budget); ) {
    changed = false;
    for (let a = 0; a < assignment.count; a++) {
      for (let b = a + 1; b < assignment.count; b++) {
        while (swaps < MOST_SWAPS && swapBetween(assignment, a, b)) {
          swaps++;
          changed = true;
        }
      }
    }
    if (changed) shiftLines(assignment);
  }
  return costOf(assignment);
};
