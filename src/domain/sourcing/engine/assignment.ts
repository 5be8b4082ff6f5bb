import { type Budget, isSpent } from './budget.ts';
import type { Column } from './column-pool.ts';
import type { Instance } from './instance.ts';
import { shiftLines } from './shift.ts';
import { priceOf } from './staircase.ts';
import { rebalance } from './transport.ts';

/**
 * How a few open locations share the demand. `units[slot * lines + j]` is what the location in this slot ships of line j.
 * Buffers are reused: an assignment is valid until the next call with the same one.
 */
export type Assignment = {
  readonly instance: Instance;
  readonly budget: Budget;
  readonly slots: Int32Array;
  count: number;
  units: Float64Array;
  stock: Float64Array;
  cost: Float64Array;
  /** What a piece costs for the choice between locations: a tariff counts at its best price per gram. */
  guide: Float64Array;
  readonly left: Float64Array;
  readonly room: Float64Array;
  readonly order: Int32Array;
  readonly shippedPieces: Float64Array;
  readonly grams: Float64Array;
};

const USUAL_SLOTS = 16;

export const createAssignment = (instance: Instance, budget: Budget): Assignment => {
  const cells = Math.min(USUAL_SLOTS, instance.locations) * instance.lines;
  const cost = new Float64Array(cells);
  return {
    instance,
    budget,
    slots: new Int32Array(instance.locations),
    count: 0,
    units: new Float64Array(cells),
    stock: new Float64Array(cells),
    cost,
    guide: instance.staircase.length === 0 ? cost : new Float64Array(cells),
    left: new Float64Array(instance.lines),
    room: new Float64Array(instance.locations),
    order: new Int32Array(instance.locations),
    shippedPieces: new Float64Array(instance.locations),
    grams: new Float64Array(instance.locations),
  };
};

const makeRoomForSlots = (assignment: Assignment): void => {
  const cells = assignment.count * assignment.instance.lines;
  if (cells <= assignment.units.length) return;
  assignment.units = new Float64Array(2 * cells);
  assignment.stock = new Float64Array(2 * cells);
  assignment.cost = new Float64Array(2 * cells);
  assignment.guide = assignment.instance.staircase.length === 0 ? assignment.cost : new Float64Array(2 * cells);
};

const gather = (assignment: Assignment): void => {
  makeRoomForSlots(assignment);
  const { instance, count, slots, stock, cost, units, room, left } = assignment;
  const { lines, start, line } = instance;
  units.fill(0, 0, count * lines);
  stock.fill(0, 0, count * lines);
  left.set(instance.demand);
  for (let slot = 0; slot < count; slot++) {
    const l = slots[slot] ?? 0;
    room[slot] = instance.capacity[l] ?? 0;
    const end = start[l + 1] ?? 0;
    for (let k = start[l] ?? 0; k < end; k++) {
      const cell = slot * lines + (line[k] ?? 0);
      stock[cell] = instance.units[k] ?? 0;
      cost[cell] = instance.unitCost[k] ?? 0;
    }
  }
  if (instance.staircase.length > 0) gatherGuide(assignment);
};

const gatherGuide = ({ instance, count, slots, cost, guide }: Assignment): void => {
  const { lines, weight, staircase } = instance;
  for (let slot = 0; slot < count; slot++) {
    const best = staircase[slots[slot] ?? 0]?.parcels[0];
    const perGram = best === undefined ? 0 : best.price / best.upTo;
    for (let j = 0; j < lines; j++) {
      guide[slot * lines + j] = (cost[slot * lines + j] ?? 0) + perGram * (weight[j] ?? 0);
    }
  }
};

/** Cheapest piece first; among equals, the location that comes first in the problem. */
const fillLine = (assignment: Assignment, j: number): void => {
  const { instance, count, stock, units, left, room, order, slots, guide } = assignment;
  const { lines, locationOrigin } = instance;
  const size = instance.size[j] ?? 0;
  let offered = 0;
  for (let slot = 0; slot < count; slot++) {
    if ((stock[slot * lines + j] ?? 0) === 0) continue;
    const cost = guide[slot * lines + j] ?? 0;
    const origin = locationOrigin[slots[slot] ?? 0] ?? 0;
    let at = offered++;
    for (; at > 0; at--) {
      const before = order[at - 1] ?? 0;
      const other = guide[before * lines + j] ?? 0;
      if (other < cost || (other === cost && (locationOrigin[slots[before] ?? 0] ?? 0) < origin)) break;
      order[at] = before;
    }
    order[at] = slot;
  }
  let missing = left[j] ?? 0;
  for (let at = 0; at < offered && missing > 0; at++) {
    const slot = order[at] ?? 0;
    const cell = slot * lines + j;
    let taken = Math.min(missing, stock[cell] ?? 0);
    const free = room[slot] ?? 0;
    if (taken * size > free) taken = Math.floor(free / size);
    units[cell] = taken;
    missing -= taken;
    room[slot] = free - taken * size;
  }
  left[j] = missing;
};

/** Each cell is gathered, ranked within its line and priced. */
const ASSIGN_STEPS = 4;

/** The cost of the assignment as it stands; a location that ships nothing costs nothing. */
export const costOf = (assignment: Assignment): number => {
  const { instance, count, slots, units, cost, left } = assignment;
  const { lines, weight, staircase } = instance;
  const byWeight = staircase.length > 0;
  let total = 0;
  for (let slot = 0; slot < count; slot++) {
    const l = slots[slot] ?? 0;
    let grams = 0;
    let ships = false;
    for (let j = 0; j < lines; j++) {
      const shipped = units[slot * lines + j] ?? 0;
      if (shipped === 0) continue;
      ships = true;
      total += shipped * (cost[slot * lines + j] ?? 0);
      if (byWeight) grams += shipped * (weight[j] ?? 0);
    }
    if (!ships) continue;
    total += instance.fixedCost[l] ?? 0;
    const steps = byWeight ? staircase[l] : undefined;
    if (steps !== undefined) total += priceOf(steps, grams);
  }
  for (let j = 0; j < lines; j++) total += (left[j] ?? 0) * (instance.unfilledCost[j] ?? 0);
  return total;
};

/** Shares the demand among the slots and returns the cost: the least there is, unless the instance has hard leaves. */
export const assign = (assignment: Assignment): number => {
  const { instance, budget } = assignment;
  budget.steps += ASSIGN_STEPS * (assignment.count + 1) * instance.lines;
  gather(assignment);
  for (let j = 0; j < instance.lines; j++) fillLine(assignment, j);
  if (instance.hardLeaves) shiftLines(assignment);
  else if (instance.anyTied) rebalance(assignment);
  return costOf(assignment);
};

/** Shares the demand as these shipments do, and shifts lines as long as that saves; returns the cost. */
export const assignAs = (assignment: Assignment, shipments: readonly Column[]): number => {
  const { instance, slots, left, room } = assignment;
  assignment.count = shipments.length;
  for (const [slot, { location }] of shipments.entries()) slots[slot] = location;
  gather(assignment);
  const { units } = assignment;
  for (const [slot, { lines, pieces }] of shipments.entries()) {
    for (const [at, j] of lines.entries()) {
      const shipped = pieces[at] ?? 0;
      units[slot * instance.lines + j] = shipped;
      left[j] = (left[j] ?? 0) - shipped;
      room[slot] = (room[slot] ?? 0) - shipped * (instance.size[j] ?? 0);
    }
  }
  if (instance.hardLeaves) shiftLines(assignment);
  return costOf(assignment);
};

const removeSlot = (assignment: Assignment, slot: number): number => {
  const removed = assignment.slots[slot] ?? 0;
  assignment.slots[slot] = assignment.slots[--assignment.count] ?? 0;
  return removed;
};

/** Assigns, then leaves out locations as long as that saves; the one whose absence saves most first. */
export const assignAndDrop = (assignment: Assignment): number => {
  let best = assign(assignment);
  while (assignment.count > 1 && !isSpent(assignment.budget)) {
    let bestSlot = -1;
    for (let slot = 0; slot < assignment.count; slot++) {
      const removed = removeSlot(assignment, slot);
      const cost = assign(assignment);
      assignment.slots[assignment.count++] = assignment.slots[slot] ?? 0;
      assignment.slots[slot] = removed;
      if (cost < best) {
        best = cost;
        bestSlot = slot;
      }
    }
    if (bestSlot < 0) break;
    removeSlot(assignment, bestSlot);
  }
  return assign(assignment);
};
