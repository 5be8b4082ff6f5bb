import type { ParcelPrice } from '../problem.ts';
import { greatestCommonDivisor } from './money.ts';

/**
 * Prices of heavy shipments. All but fewer than `period` parcels are of the one with the best price per gram: among `period` others
 * some add up to a multiple of its limit, and it carries those for no more. So prices repeat, with one such parcel more each time.
 */
export type HeavyPrices = {
  readonly best: ParcelPrice;
  /** All limits are multiples of so many grams; `period` of these steps make the best parcel's limit. */
  readonly step: number;
  readonly period: number;
  /** By weight modulo the period: what a shipment costs beyond the best parcels that fit in it whole. */
  readonly beyond: Float64Array;
  /** Grams from which on this holds. */
  readonly from: number;
};

const WIDEST_PERIOD = 2 ** 20;

/** By sum of limits modulo the period: the least price of other parcels, less the best parcels that fit in the sum whole. */
const leastBySum = (others: readonly ParcelPrice[], best: ParcelPrice, step: number, period: number): Float64Array => {
  const least = new Float64Array(period).fill(Number.POSITIVE_INFINITY);
  least[0] = 0;
  for (const { upTo, price } of others) {
    const wide = upTo / step;
    const cycles = greatestCommonDivisor(wide, period);
    for (let cycle = 0; cycle < cycles; cycle++) {
      // Twice around: the first time may begin beyond the cheapest sum of the cycle (Böcker and Lipták 2007).
      let sum = cycle;
      for (let turn = 0; turn < (2 * period) / cycles; turn++) {
        const whole = Math.floor((sum + wide) / period);
        const reached = sum + wide - whole * period;
        least[reached] = Math.min(least[reached] ?? 0, (least[sum] ?? 0) + price - whole * best.price);
        sum = reached;
      }
    }
  }
  return least;
};

/** Undefined where the limits have too little in common for a table. Parcels with the best price per gram first. */
export const heavyPricesOf = ([best, ...others]: readonly ParcelPrice[]): HeavyPrices | undefined => {
  if (best === undefined) return undefined;
  const step = others.reduce((divisor, { upTo }) => greatestCommonDivisor(divisor, upTo), best.upTo);
  const period = best.upTo / step;
  if (period > WIDEST_PERIOD) return undefined;
  const least = leastBySum(others, best, step, period);
  const beyond = least.slice();
  for (let sum = period - 2; sum >= 0; sum--) beyond[sum] = Math.min(beyond[sum] ?? 0, beyond[sum + 1] ?? 0);
  // Parcels that are lighter than the rest of the weight need one best parcel more.
  let lighter = Number.POSITIVE_INFINITY;
  for (let rest = 0; rest < period; rest++) {
    beyond[rest] = Math.min(beyond[rest] ?? 0, lighter + best.price);
    lighter = Math.min(lighter, least[rest] ?? 0);
  }
  const widest = others.reduce((most, { upTo }) => Math.max(most, upTo), 0);
  return { best, step, period, beyond, from: (period - 1) * widest };
};

export const heavyPrice = ({ best, step, period, beyond }: HeavyPrices, grams: number): number => {
  const steps = Math.ceil(grams / step);
  const whole = Math.floor(steps / period);
  return whole * best.price + (beyond[steps - whole * period] ?? 0);
};
