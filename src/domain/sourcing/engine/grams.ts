import type { Instance } from './instance.ts';

/** Shares of the cheapest parcel that are paid once per location, for parcels that are not filled. */
export const PARCEL_SHARES = [0, 0.5, 1] as const;

/**
 * The same instance without tariffs: each gram costs what it costs in the parcel with the best price per gram, a little more for each
 * share of a parcel paid in addition. Not the same problem, but one whose best plans choose good locations for it.
 */
export const paidByTheGram = (instance: Instance, parcelShare: number): Instance => {
  const { start, line, weight, locations, staircase } = instance;
  const fixedCost = instance.fixedCost.slice();
  const unitCost = instance.unitCost.slice();
  for (let l = 0; l < locations; l++) {
    const parcels = staircase[l]?.parcels ?? [];
    const [best] = parcels;
    if (best === undefined) continue;
    const perGram = ((1 + parcelShare / 10) * best.price) / best.upTo;
    const cheapest = parcels.reduce((least, { price }) => Math.min(least, price), best.price);
    fixedCost[l] = (fixedCost[l] ?? 0) + Math.round(parcelShare * cheapest);
    for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
      unitCost[k] = (unitCost[k] ?? 0) + Math.round(perGram * (weight[line[k] ?? 0] ?? 0));
    }
  }
  const tied = tiedByCapacity(instance);
  const anyTied = tied.includes(1);
  const hardLeaves = anyTied && instance.size.some((units) => units > 1);
  return { ...instance, fixedCost, unitCost, staircase: [], tied, anyTied, hardLeaves, moneyStep: 1 };
};

const tiedByCapacity = ({ capacity, locations }: Instance): Uint8Array => {
  const tied = new Uint8Array(locations);
  for (let l = 0; l < locations; l++) if ((capacity[l] ?? 0) < Number.POSITIVE_INFINITY) tied[l] = 1;
  return tied;
};
