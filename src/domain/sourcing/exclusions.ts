import type { Exclusions } from './network.ts';

/** By location, the SKUs that it is not to be asked for; null among them: for none. */
export type ExcludedSkus = ReadonlyMap<string, ReadonlySet<string | null>>;

/** An order of a thousand lines may have as many exclusions, and each is looked up for every location. */
export const excludedSkus = (excluded: Exclusions): ExcludedSkus => {
  const skus = new Map<string, Set<string | null>>();
  for (const { locationId, sku } of excluded)
    skus.set(locationId, (skus.get(locationId) ?? new Set<string | null>()).add(sku));
  return skus;
};

export const isExcluded = (excluded: ExcludedSkus, locationId: string, sku: string | undefined): boolean => {
  const skus = excluded.size === 0 ? undefined : excluded.get(locationId);
  return skus !== undefined && (skus.has(null) || (sku !== undefined && skus.has(sku)));
};
