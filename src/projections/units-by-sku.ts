import { mergeBySku, type Quantity, type SkuQuantity } from '../domain/values.ts';

const known = new WeakMap<readonly SkuQuantity[], ReadonlyMap<string, Quantity>>();

/** All units of a SKU in the lines of an event. Kept with the lines: each of thousands of SKUs asks for its own. */
export const unitsOf = (lines: readonly SkuQuantity[], sku: string): Quantity => {
  const units = known.get(lines) ?? new Map(mergeBySku(lines).map((one) => [one.sku, one.quantity]));
  known.set(lines, units);
  return units.get(sku) ?? 0;
};
