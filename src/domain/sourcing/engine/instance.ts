import type { Staircase } from './staircase.ts';

/**
 * The problem as the search sees it: only lines that can be filled and locations that can help, in flat arrays.
 * A line is counted in its own pieces: single units, or the whole line at once where lines must stay whole; `size` is what a piece
 * takes from a location's capacity and `weight` its grams. The offers of location l are at `start[l]` to `start[l + 1]`, by line.
 */
export type Instance = {
  readonly lines: number;
  readonly locations: number;
  readonly demand: Float64Array;
  readonly unfilledCost: Float64Array;
  /** No better plan pays more than this for a piece, fixed cost included: a guide for first prices and plans. */
  readonly worthPaying: Float64Array;
  readonly size: Float64Array;
  readonly weight: Float64Array;
  readonly fixedCost: Float64Array;
  /** Infinity = no limit. */
  readonly capacity: Float64Array;
  /** Empty if no location has a tariff. */
  readonly staircase: readonly (Staircase | undefined)[];
  readonly start: Int32Array;
  readonly line: Int32Array;
  readonly units: Float64Array;
  readonly unitCost: Float64Array;
  readonly lineOrigin: Int32Array;
  readonly locationOrigin: Int32Array;
  /** Never more than the number of locations. */
  readonly maxLocations: number;
  /** Cost that no plan avoids. */
  readonly constant: number;
  /** Every plan costs `constant` plus a multiple of this. */
  readonly moneyStep: number;
  /** Prices are multiples of this power of two, so that every sum of the bound is exact. */
  readonly quantum: number;
  /** What the sums of a bound may be wrong by: 0 but for costs near the largest whole numbers. */
  readonly rounding: number;
  /** For each location: the best pieces by price no longer decide, because capacity or a tariff ties its lines together. */
  readonly tied: Uint8Array;
  readonly anyTied: boolean;
  /** With the open locations known, the best plan still has to be searched for. */
  readonly hardLeaves: boolean;
};

/** The values at these indices: `Float64Array.from` with a callback goes through iterators, which is ten times slower. */
export const selected = (values: Float64Array, indices: ArrayLike<number>): Float64Array => {
  const result = new Float64Array(indices.length);
  for (let index = 0; index < indices.length; index++) result[index] = values[indices[index] ?? 0] ?? 0;
  return result;
};

/** The same instance with only these locations, in this order. */
export const restrictTo = (instance: Instance, kept: readonly number[]): Instance => {
  let offers = 0;
  for (const l of kept) offers += (instance.start[l + 1] ?? 0) - (instance.start[l] ?? 0);
  const start = new Int32Array(kept.length + 1);
  const line = new Int32Array(offers);
  const units = new Float64Array(offers);
  const unitCost = new Float64Array(offers);
  const tied = new Uint8Array(kept.length);
  const locationOrigin = new Int32Array(kept.length);
  let end = 0;
  for (let index = 0; index < kept.length; index++) {
    const l = kept[index] ?? 0;
    const to = instance.start[l + 1] ?? 0;
    for (let k = instance.start[l] ?? 0; k < to; k++) {
      line[end] = instance.line[k] ?? 0;
      units[end] = instance.units[k] ?? 0;
      unitCost[end] = instance.unitCost[k] ?? 0;
      end++;
    }
    start[index + 1] = end;
    tied[index] = instance.tied[l] ?? 0;
    locationOrigin[index] = instance.locationOrigin[l] ?? 0;
  }
  return {
    ...instance,
    locations: kept.length,
    fixedCost: selected(instance.fixedCost, kept),
    capacity: selected(instance.capacity, kept),
    staircase: instance.staircase.length === 0 ? [] : kept.map((l) => instance.staircase[l]),
    tied,
    start,
    line,
    units,
    unitCost,
    locationOrigin,
    maxLocations: Math.min(instance.maxLocations, kept.length),
  };
};
