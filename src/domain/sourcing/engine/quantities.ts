import type { Shipment } from '../problem.ts';
import type { Instance } from './instance.ts';

/**
 * Every vector of pieces by line that is within the demand, as one number in mixed radix. The line with the largest demand comes
 * last, so that its quantities are next to each other: a row of `width` states.
 */
export type Quantities = {
  readonly states: number;
  readonly width: number;
  /** What a piece of the line adds to the number. */
  readonly stride: Int32Array;
  /** Lines by falling stride: the last one has stride 1. */
  readonly order: readonly number[];
};

export const quantitiesOf = ({ lines, demand }: Instance): Quantities => {
  const order = Array.from({ length: lines }, (_, j) => j).sort((a, b) => (demand[a] ?? 0) - (demand[b] ?? 0) || a - b);
  const stride = new Int32Array(lines);
  let states = 1;
  for (const j of order.toReversed()) {
    stride[j] = states;
    states *= (demand[j] ?? 0) + 1;
  }
  return { states, width: (demand[order.at(-1) ?? 0] ?? 0) + 1, stride, order };
};

/** Pieces of a line in a state. */
export const piecesOf = ({ demand }: Instance, { stride }: Quantities, state: number, j: number): number =>
  Math.floor(state / (stride[j] ?? 1)) % ((demand[j] ?? 0) + 1);

/** Are the pieces of every line in `part` within those of `whole`? */
export const fits = (instance: Instance, quantities: Quantities, part: number, whole: number): boolean => {
  for (let j = 0; j < instance.lines; j++) {
    if (piecesOf(instance, quantities, part, j) > piecesOf(instance, quantities, whole, j)) return false;
  }
  return true;
};

/** A location's shipment of these quantities, numbered as in the problem. */
export const shipmentsOf = (instance: Instance, quantities: Quantities, l: number, state: number): Shipment[] => {
  const shipped: Shipment[] = [];
  const location = instance.locationOrigin[l] ?? 0;
  for (let j = 0; j < instance.lines; j++) {
    const units = piecesOf(instance, quantities, state, j);
    if (units > 0) shipped.push({ location, line: instance.lineOrigin[j] ?? 0, units });
  }
  return shipped;
};

/** How many shipments the location could make, the empty one included, if nothing but its stocks limited them. */
export const countShipments = ({ start, units }: Instance, l: number): number => {
  let count = 1;
  for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) count *= (units[k] ?? 0) + 1;
  return count;
};
