import type { Instance } from './instance.ts';
import { countShipments, type Quantities } from './quantities.ts';
import { priceOf } from './staircase.ts';

/**
 * Every shipment that a location could make, with what it costs: those of location l are at `start[l]` to `start[l + 1]`, the empty one
 * first.
 */
export type Shipments = {
  readonly start: Int32Array;
  readonly state: Int32Array;
  readonly cost: Float64Array;
};

/** Lists the shipments of location l from `from` on, and returns their end. */
const listOf = (
  instance: Instance,
  { stride }: Quantities,
  l: number,
  { state, cost }: Shipments,
  from: number,
  grams: Float64Array,
  load: Float64Array,
): number => {
  const { start, line, units, unitCost, weight, size } = instance;
  const capacity = instance.capacity[l] ?? 0;
  state[from] = 0;
  cost[from] = instance.fixedCost[l] ?? 0;
  let end = from + 1;
  for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
    const j = line[k] ?? 0;
    const before = end;
    for (let pieces = 1; pieces <= (units[k] ?? 0); pieces++) {
      for (let at = from; at < before; at++) {
        const loaded = (load[at - from] ?? 0) + pieces * (size[j] ?? 0);
        if (loaded > capacity) continue;
        state[end] = (state[at] ?? 0) + pieces * (stride[j] ?? 0);
        cost[end] = (cost[at] ?? 0) + pieces * (unitCost[k] ?? 0);
        grams[end - from] = (grams[at - from] ?? 0) + pieces * (weight[j] ?? 0);
        load[end - from] = loaded;
        end++;
      }
    }
  }
  const staircase = instance.staircase[l];
  if (staircase === undefined) return end;
  for (let at = from + 1; at < end; at++) cost[at] = (cost[at] ?? 0) + priceOf(staircase, grams[at - from] ?? 0);
  return end;
};

/** Undefined where there are more than so many. */
export const listShipments = (instance: Instance, quantities: Quantities, most: number): Shipments | undefined => {
  let widest = 1;
  let count = 0;
  for (let l = 0; l < instance.locations; l++) {
    const own = countShipments(instance, l);
    widest = Math.max(widest, own);
    count += own;
  }
  if (count > most) return undefined;
  const shipments: Shipments = {
    start: new Int32Array(instance.locations + 1),
    state: new Int32Array(count),
    cost: new Float64Array(count),
  };
  const grams = new Float64Array(widest);
  const load = new Float64Array(widest);
  for (let l = 0; l < instance.locations; l++) {
    shipments.start[l + 1] = listOf(instance, quantities, l, shipments, shipments.start[l] ?? 0, grams, load);
  }
  return shipments;
};
