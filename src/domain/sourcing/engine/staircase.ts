import type { ParcelPrice } from '../problem.ts';
import { type HeavyPrices, heavyPrice, heavyPricesOf } from './heavy.ts';

/**
 * What a shipment costs by its weight: the cheapest multiset of parcels whose limits add up to at least the weight.
 * Step k costs `prices[k]` and carries up to `limits[k]`; step 0 is the weightless shipment. Beyond the last step
 * prices repeat.
 */
export type Staircase = {
  readonly limits: readonly number[];
  readonly prices: readonly number[];
  readonly parcels: readonly ParcelPrice[];
  readonly heavy: HeavyPrices | undefined;
};

/** Beyond so many steps prices are looked up by their period, if they have a short one. */
const USUAL_STEPS = 4096;

/** Is the parcel both dearer (or as dear) and smaller than another? Of equal ones the first stays. */
const isOutdone = (tariff: readonly ParcelPrice[], parcel: ParcelPrice, index: number): boolean => {
  for (let at = 0; at < tariff.length; at++) {
    const other = tariff[at];
    if (other === undefined || other.upTo < parcel.upTo || other.price > parcel.price) continue;
    if (other.upTo > parcel.upTo || other.price < parcel.price || at < index) return true;
  }
  return false;
};

/** Parcels worth using, best price per gram first. */
const usefulParcels = (tariff: readonly ParcelPrice[]): ParcelPrice[] =>
  tariff
    .filter((parcel, index) => !isOutdone(tariff, parcel, index))
    .sort((a, b) => a.price * b.upTo - b.price * a.upTo || b.upTo - a.upTo);

/** The steps in order of price: each next one is the cheapest sum of parcels that carries more than the step before. */
export const staircaseOf = (tariff: readonly ParcelPrice[], heaviest: number): Staircase => {
  const parcels = usefulParcels(tariff);
  if (parcels[0]?.price === 0) return { limits: [Number.POSITIVE_INFINITY], prices: [0], parcels, heavy: undefined };
  const limits = [0];
  const prices = [0];
  // For each parcel, the step that it would extend next: a merge of sorted lists, as in counting ugly numbers.
  const next = parcels.map(() => 0);
  let reached = 0;
  let heavy: HeavyPrices | undefined;
  while (reached < heaviest) {
    if (limits.length === USUAL_STEPS) heavy = heavyPricesOf(parcels);
    if (heavy !== undefined && reached >= heavy.from) break;
    let price = Number.POSITIVE_INFINITY;
    let limit = 0;
    // Plain loops: this runs for every tariff of every problem.
    for (let index = 0; index < parcels.length; index++) {
      const { upTo = 0, price: each = 0 } = parcels[index] ?? {};
      let step = next[index] ?? 0;
      while ((limits[step] ?? 0) + upTo <= reached) step++;
      next[index] = step;
      const candidate = (prices[step] ?? 0) + each;
      const carries = (limits[step] ?? 0) + upTo;
      if (candidate < price || (candidate === price && carries > limit)) {
        price = candidate;
        limit = carries;
      }
    }
    // A free or equally priced larger sum replaces the step before it.
    if (price === prices[prices.length - 1]) {
      limits[limits.length - 1] = limit;
    } else {
      limits.push(limit);
      prices.push(price);
    }
    reached = limit;
  }
  return { limits, prices, parcels, heavy };
};

/** What a shipment pays for: the price, and the grams that it could carry for that. */
export type Paid = { readonly postage: number; readonly carries: number };

/** The step for so many grams that costs `least` or more. */
export const paidFor = (staircase: Staircase, grams: number, least: number): Paid => {
  const { limits, prices, heavy } = staircase;
  const last = limits.length - 1;
  if (heavy !== undefined && grams > (limits[last] ?? 0)) {
    return { postage: Math.max(least, heavyPrice(heavy, grams)), carries: grams };
  }
  let step = 0;
  while (step < last && ((limits[step] ?? 0) < grams || (prices[step + 1] ?? 0) <= least)) step++;
  return { postage: Math.max(least, prices[step] ?? 0), carries: limits[step] ?? 0 };
};

export const priceOf = ({ limits, prices, heavy }: Staircase, weight: number): number => {
  const last = limits.length - 1;
  if (heavy !== undefined && weight > (limits[last] ?? 0)) return heavyPrice(heavy, weight);
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((limits[middle] ?? 0) >= weight) high = middle;
    else low = middle + 1;
  }
  return prices[low] ?? 0;
};
