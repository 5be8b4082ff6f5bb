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
  readonly left: Float64Array;
  readonly room: Float64Array;
  readonly order: Int32Array;
  readonly shippedPieces: Float64Array;
  readonly grams: Float64Array;
};

const USUAL_SLOTS = 16;

export const createAssignment = (instance: Instance, budget: Budget): Assignment => {
  const cells = Math.min(USUAL_SLOTS, instance.locations) * instance.lines;
  return {
    instance,
    budget,
    slots: new Int32Array(instance.locations),
    count: 0,
    units: new Float64Array(cells),
    stock: new Float64Array(cells),
    cost: new Float64Array(cells),
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
};

const gather = (assignment: Assignment): void => {
  makeRoomForSlots(assignment);
  const { instance, slots, stock, cost, units, room, left } = assignment;
  const { lines, start, line } = instance;
  units.fill(0, 0, assignment.count * lines);
  stock.fill(0, 0, assignment.count * lines);
  left.set(instance.demand);
  for (let slot = 0; slot < assignment.count; slot++) {
    const l = slots[slot] ?? 0;
    room[slot] = instance.capacity[l] ?? 0;
    const end = start[l + 1] ?? 0;
    for (let k = start[l] ?? 0; k < end; k++) {
      const cell = slot * lines + (line[k] ?? 0);
      stock[cell] = instance.units[k] ?? 0;
      cost[cell] = instance.unitCost[k] ?? 0;
    }
  }
};

/** What a piece costs for the choice between locations: a tariff counts at its best price per gram. */
const pieceCost = (assignment: Assignment, slot: number, j: number): number => {
  const { instance, slots, cost } = assignment;
  const best = instance.staircase[slots[slot] ?? 0]?.parcels[0];
  const parcel = best === undefined ? 0 : (best.price / best.upTo) * (instance.weight[j] ?? 0);
  return (cost[slot * instance.lines + j] ?? 0) + parcel;
};

/** Cheapest piece first; among equals, the location that comes first in the problem. */
const fillLine = (assignment: Assignment, j: number): void => {
  const { instance, stock, units, left, room, order, slots } = assignment;
  const { lines } = instance;
  const size = instance.size[j] ?? 0;
  let offered = 0;
  for (let slot = 0; slot < assignment.count; slot++) {
    if ((stock[slot * lines + j] ?? 0) === 0) continue;
    const cost = pieceCost(assignment, slot, j);
    const origin = instance.locationOrigin[slots[slot] ?? 0] ?? 0;
    let at = offered++;
    for (; at > 0; at--) {
      const before = order[at - 1] ?? 0;
      const difference = pieceCost(assignment, before, j) - cost;
      if (difference < 0 || (difference === 0 && (instance.locationOrigin[slots[before] ?? 0] ?? 0) < origin)) break;
      order[at] = before;
    }
    order[at] = slot;
  }
  for (let at = 0; at < offered && (left[j] ?? 0) > 0; at++) {
    const slot = order[at] ?? 0;
    const cell = slot * lines + j;
    const fits = Math.floor((room[slot] ?? 0) / size);
    const taken = Math.min(left[j] ?? 0, stock[cell] ?? 0, fits);
    units[cell] = taken;
    left[j] = (left[j] ?? 0) - taken;
    room[slot] = (room[slot] ?? 0) - taken * size;
  }
};

/** Each cell is gathered, ranked within its line and priced. */
const ASSIGN_STEPS = 4;

/** The cost of the assignment as it stands; a location that ships nothing costs nothing. */
export const costOf = (assignment: Assignment): number => {
  const { instance, slots, units, cost, left } = assignment;
  const { lines } = instance;
  let total = 0;
  for (let slot = 0; slot < assignment.count; slot++) {
    const l = slots[slot] ?? 0;
    let grams = 0;
    let ships = false;
    for (let j = 0; j < lines; j++) {
      const shipped = units[slot * lines + j] ?? 0;
      if (shipped === 0) continue;
      ships = true;
      total += shipped * (cost[slot * lines + j] ?? 0);
      grams += shipped * (instance.weight[j] ?? 0);
    }
    if (!ships) continue;
    total += instance.fixedCost[l] ?? 0;
    const staircase = instance.staircase[l];
    if (staircase !== undefined) total += priceOf(staircase, grams);
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
