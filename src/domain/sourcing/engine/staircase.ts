import type { ParcelPrice } from '../problem.ts';

/**
 * What a shipment costs by its weight: the cheapest multiset of parcels whose limits add up to at least the weight.
 * Step k costs `prices[k]` and carries up to `limits[k]`; step 0 is the weightless shipment. Beyond the last step the
 * price is found one weight at a time.
 */
export type Staircase = {
  readonly limits: readonly number[];
  readonly prices: readonly number[];
  readonly parcels: readonly ParcelPrice[];
  readonly heavy: Map<number, number>;
};

const MOST_STEPS = 4096;

/** Parcels worth using: none both dearer (or as dear) and smaller than another; best price per gram first. */
const usefulParcels = (tariff: readonly ParcelPrice[]): ParcelPrice[] =>
  tariff
    .filter(
      (parcel, index) =>
        !tariff.some(
          (other, at) =>
            other.upTo >= parcel.upTo &&
            other.price <= parcel.price &&
            (other.upTo > parcel.upTo || other.price < parcel.price || at < index),
        ),
    )
    .sort((a, b) => a.price * b.upTo - b.price * a.upTo || b.upTo - a.upTo);

/** The steps in order of price: each next one is the cheapest sum of parcels that carries more than the step before. */
export const staircaseOf = (tariff: readonly ParcelPrice[], heaviest: number): Staircase => {
  const parcels = usefulParcels(tariff);
  if (parcels[0]?.price === 0) return { limits: [Number.POSITIVE_INFINITY], prices: [0], parcels, heavy: new Map() };
  const limits = [0];
  const prices = [0];
  // For each parcel, the step that it would extend next: a merge of sorted lists, as in counting ugly numbers.
  const next = parcels.map(() => 0);
  let reached = 0;
  while (reached < heaviest && limits.length < MOST_STEPS) {
    let price = Number.POSITIVE_INFINITY;
    let limit = 0;
    for (const [index, parcel] of parcels.entries()) {
      let step = next[index] ?? 0;
      while ((limits[step] ?? 0) + parcel.upTo <= reached) step++;
      next[index] = step;
      const candidate = (prices[step] ?? 0) + parcel.price;
      const carries = (limits[step] ?? 0) + parcel.upTo;
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
  return { limits, prices, parcels, heavy: new Map() };
};

/** Exact covering knapsack for one weight: most parcels of the best price per gram first, cut off by that price. */
const coverHeavy = (parcels: readonly ParcelPrice[], weight: number): number => {
  let best = Number.POSITIVE_INFINITY;
  const search = (index: number, left: number, spent: number): void => {
    if (left <= 0) {
      best = Math.min(best, spent);
      return;
    }
    const parcel = parcels[index];
    if (parcel === undefined || spent + Math.ceil((left * parcel.price) / parcel.upTo - 1e-9) >= best) return;
    for (let count = Math.ceil(left / parcel.upTo); count >= 0; count--) {
      const rest = left - count * parcel.upTo;
      const nextRate = parcels[index + 1];
      const least = rest <= 0 ? 0 : nextRate === undefined ? best : (rest * nextRate.price) / nextRate.upTo;
      if (spent + count * parcel.price + least >= best && count > 0 && rest > 0) break;
      search(index + 1, rest, spent + count * parcel.price);
    }
  };
  search(0, weight, 0);
  return best;
};

export const priceOf = (staircase: Staircase, weight: number): number => {
  const { limits, prices } = staircase;
  const last = limits.length - 1;
  if (weight > (limits[last] ?? 0)) {
    const known = staircase.heavy.get(weight);
    if (known !== undefined) return known;
    const price = coverHeavy(staircase.parcels, weight);
    staircase.heavy.set(weight, price);
    return price;
  }
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((limits[middle] ?? 0) >= weight) high = middle;
    else low = middle + 1;
  }
  return prices[low] ?? 0;
};
