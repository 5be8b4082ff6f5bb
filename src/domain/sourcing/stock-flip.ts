import type { Quantity } from '../values.ts';
import { excludedSkus, isExcluded } from './exclusions.ts';
import { withheldBy } from './fences.ts';
import { isUniform, stagesOf } from './objective.ts';
import type { Policy } from './policy.ts';
import { factsOf, type ReplayableRecord } from './replay.ts';
import { type Supposed, suppose, withMore } from './what-if.ts';

export type StockFlip =
  /** So many more units of one SKU there. */
  | { readonly type: 'stock'; readonly sku: string; readonly units: Quantity; readonly exact: boolean }
  /** Units of several SKUs, where no single one would do. */
  | { readonly type: 'stockOfAll'; readonly units: Quantity; readonly exact: boolean };

/** Far more than any fence keeps back. */
const PLENTY = 2 ** 40;
/** Where prices go by stock, units that nobody takes count, too: so many times what is missing is tried. */
const TIMES = [1, 4, 16];

/** The least units of one SKU that bring a candidate into the plan, by halving; of no SKU alone, all that is missing. */
export const stockFlip = (record: ReplayableRecord, policy: Policy, candidate: number): readonly StockFlip[] => {
  const missing = missingAt(record, policy, candidate);
  const having = (more: ReadonlyMap<number, Quantity>): Supposed | null => {
    const supposed = suppose(record, policy, candidate, { more });
    return supposed.isUsed ? supposed : null;
  };
  const times = (factor: number) => new Map([...missing].map(([sku, units]) => [sku, units * factor]));
  const factors = goesByStock(record, policy) ? TIMES : [1];
  const factor = missing.size === 0 ? undefined : factors.find((one) => having(times(one)) !== null);
  if (factor === undefined) return [];
  const single = [...times(factor)].flatMap(([sku, most]) => {
    const found = least(most, (units) => having(new Map([[sku, units]])));
    return found === null ? [] : [{ type: 'stock' as const, sku: record.demand[sku]?.sku ?? '', ...found }];
  });
  const [first] = single.toSorted((a, b) => a.units - b.units);
  if (first !== undefined) return [first];
  const units = times(factor)
    .values()
    .reduce((sum, one) => sum + one, 0);
  return [{ type: 'stockOfAll', units, exact: having(times(factor))?.proven === true }];
};

/** From 1 to `most`, the fewest units that do; null: not even the most. */
const least = (most: Quantity, having: (units: Quantity) => Supposed | null) => {
  const all = having(most);
  if (all === null) return null;
  let exact = all.proven;
  let low = 1;
  let high = most;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = having(middle);
    exact &&= found?.proven !== false;
    if (found === null) low = middle + 1;
    else high = middle;
  }
  return { units: high, exact };
};

const goesByStock = ({ passes }: ReplayableRecord, { routes }: Policy): boolean =>
  routes.some(
    ({ name, objective }) =>
      passes.some(({ route }) => route === name) && !stagesOf(objective).every((stage) => isUniform(stage)),
  );

/** By SKU, what the candidate would need to fill all that is wanted, and to keep back what fences keep back there. */
const missingAt = (record: ReplayableRecord, policy: Policy, candidate: number): ReadonlyMap<number, Quantity> => {
  const { demand, candidates, passes } = record;
  const excluded = excludedSkus(record.excluded);
  const plenty = withMore(factsOf(record), candidate, new Map(demand.map((_, sku) => [sku, PLENTY])));
  const withheld = passes.map(({ route: name, softFencesDropped }) => {
    const fences = policy.routes.find((one) => one.name === name)?.fences ?? [];
    return withheldBy(fences, plenty, softFencesDropped);
  });
  const missing = new Map<number, Quantity>();
  for (const [sku, { sku: name, quantity }] of demand.entries()) {
    // What a location rejected or did not find, it is not asked for again, however much it has.
    if (isExcluded(excluded, candidates.locationId[candidate] ?? '', name)) continue;
    const kept = withheld.map((rows) => rows?.[sku]?.[candidate] ?? 0).filter((units) => units < PLENTY);
    const units = quantity + Math.max(...kept) - (candidates.available[sku]?.[candidate] ?? 0);
    if (kept.length > 0 && units > 0) missing.set(sku, units);
  }
  return missing;
};
