import type { Instance } from './instance.ts';
import { piecesOf, type Quantities } from './quantities.ts';
import type { Shipments } from './quantity-shipments.ts';

/** By quantities: the least that any location asks for shipping exactly them, and which one that is; Infinity where none could. */
export type Cheapest = { readonly cost: Float64Array; readonly location: Int32Array };

export const cheapestShipments = ({ states }: Quantities, shipments: Shipments): Cheapest => {
  const cost = new Float64Array(states).fill(Number.POSITIVE_INFINITY);
  const location = new Int32Array(states).fill(-1);
  for (let l = 0; l + 1 < shipments.start.length; l++) {
    const end = shipments.start[l + 1] ?? 0;
    for (let at = (shipments.start[l] ?? 0) + 1; at < end; at++) {
      const state = shipments.state[at] ?? 0;
      const total = shipments.cost[at] ?? 0;
      if (total >= (cost[state] ?? 0)) continue;
      cost[state] = total;
      location[state] = l;
    }
  }
  return { cost, location };
};

/** What it costs to ship nothing, by quantities. */
const unfilledCosts = (instance: Instance, { states, stride, order }: Quantities): Float64Array => {
  const cost = new Float64Array(states);
  for (const j of order.toReversed()) {
    const step = stride[j] ?? 0;
    const end = step * ((instance.demand[j] ?? 0) + 1);
    for (let state = step; state < end; state++)
      cost[state] = (cost[state - step] ?? 0) + (instance.unfilledCost[j] ?? 0);
  }
  return cost;
};

/**
 * Lists the rows of all shipments that hold no more of any line than this row does, the empty one first; or, with `first`, only of those
 * that hold some of its first line: every division of the row has one such part.
 */
const rowsWithin = (
  instance: Instance,
  quantities: Quantities,
  row: number,
  rows: Int32Array,
  first: boolean,
): number => {
  const { order, stride, width } = quantities;
  let count = first ? 0 : 1;
  rows[0] = 0;
  for (let at = 0; at < order.length - 1; at++) {
    const j = order[at] ?? 0;
    const pieces = piecesOf(instance, quantities, row * width, j);
    const step = (stride[j] ?? 0) / width;
    const before = count;
    for (let taken = 1; taken <= pieces; taken++) {
      if (before === 0) rows[count++] = taken * step;
      for (let from = 0; from < before; from++) rows[count++] = (rows[from] ?? 0) + taken * step;
    }
  }
  return count;
};

/** Lowers the states of `into` from `at` on to what shipping a part of them, from `own` on, and the rest, from `rest` on, costs. */
const lowerRow = (
  width: number,
  cost: Float64Array,
  own: number,
  from: Float64Array,
  rest: number,
  into: Float64Array,
  at: number,
): void => {
  for (let taken = 0; taken < width; taken++) {
    const price = cost[own + taken] ?? 0;
    if (price === Number.POSITIVE_INFINITY) continue;
    const end = at + width;
    for (let state = at + taken, left = rest; state < end; state++, left++) {
      const total = price + (from[left] ?? 0);
      if (total < (into[state] ?? 0)) into[state] = total;
    }
  }
};

/** What quantities cost at least that are still to be shipped, by plans that may use a location more than once. */
export type Rest = {
  /** With so many shipments at most; the last entry goes for any larger number. */
  readonly least: readonly Float64Array[];
  readonly unfilled: Float64Array;
};

export const restOf = ({ least }: Rest, shipments: number, state: number): number =>
  least[Math.min(shipments, least.length - 1)]?.[state] ?? 0;

/**
 * The least that quantities cost, unfilled pieces included, if a location may ship more than once: a relaxation that knows of stocks,
 * capacities and tariffs. By dynamic programming over quantities.
 */
const leastInParts = (instance: Instance, quantities: Quantities, { cost }: Cheapest): Float64Array => {
  const { states, width, stride } = quantities;
  const least = new Float64Array(states).fill(Number.POSITIVE_INFINITY);
  // A piece left unfilled is a part as well.
  const parts = cost.slice();
  stride.forEach((state, j) => {
    parts[state] = Math.min(parts[state] ?? 0, instance.unfilledCost[j] ?? 0);
  });
  const rows = new Int32Array(states / width);
  /** Rows with a part that costs less than its pieces in several. */
  const needed = new Uint8Array(states / width);
  least[0] = 0;
  for (let state = 1; state < width; state++) {
    for (let part = 1; part <= state; part++)
      least[state] = Math.min(least[state] ?? 0, (parts[part] ?? 0) + (least[state - part] ?? 0));
  }
  for (let row = 1; row < needed.length; row++) {
    const at = row * width;
    const count = rowsWithin(instance, quantities, row, rows, true);
    for (let index = 0; index < count; index++) {
      const own = rows[index] ?? 0;
      if (own < row && needed[own] === 1) lowerRow(width, parts, own * width, least, at - own * width, least, at);
    }
    for (let state = at; state < at + width; state++) if ((parts[state] ?? 0) < (least[state] ?? 0)) needed[row] = 1;
    if (needed[row] === 1) lowerRow(width, parts, at, least, 0, least, at);
  }
  return least;
};

/** The same with one shipment more than for these costs. */
const leastWithOneMore = (
  instance: Instance,
  quantities: Quantities,
  { cost }: Cheapest,
  before: Float64Array,
): Float64Array => {
  const { states, width } = quantities;
  const least = before.slice();
  const rows = new Int32Array(states / width);
  for (let row = 0; row < rows.length; row++) {
    const count = rowsWithin(instance, quantities, row, rows, false);
    for (let index = 0; index < count; index++) {
      const own = rows[index] ?? 0;
      lowerRow(width, cost, own * width, before, (row - own) * width, least, row * width);
    }
  }
  return least;
};

/**
 * With one entry for each number of shipments where fewer are allowed than there are lines, the most allowed left out. A larger limit
 * seldom matters.
 */
export const restFor = (instance: Instance, quantities: Quantities, cheapest: Cheapest): Rest => {
  const { maxLocations, lines } = instance;
  const unfilled = unfilledCosts(instance, quantities);
  if (maxLocations >= lines) return { least: [leastInParts(instance, quantities, cheapest)], unfilled };
  const least = [unfilled];
  for (let number = 1; number < maxLocations; number++) {
    least.push(leastWithOneMore(instance, quantities, cheapest, least[number - 1] ?? unfilled));
  }
  return { least, unfilled };
};
