import { mergeBySku, type SkuQuantity } from '../domain/values.ts';
import { type DemoLocation, demoLocations } from './demo-locations.ts';
import { stableShare } from './stable-hash.ts';

/** A receipt for `POST /v1/stock-locations/{locationId}/receipts`. */
export type OpeningStock = {
  readonly locationId: string;
  readonly reference: string;
  readonly lines: readonly SkuQuantity[];
};

/** Holds nearly everything, so that most orders leave in one parcel. */
const mainWarehouse = 'gb-daventry';
/** Hold between them what the main warehouse does not carry. */
const regionalWarehouses = ['gb-wakefield', 'nl-venlo'];

const MOST_LINES_PER_RECEIPT = 500;

/** How likely a location carries an article, and how much of the whole demand it then has at most. */
const assortment: Readonly<
  Record<DemoLocation['profile']['kind'], { readonly carries: number; readonly depth: number }>
> = {
  warehouse: { carries: 0.5, depth: 0.4 },
  thirdParty: { carries: 0.35, depth: 0.25 },
  darkStore: { carries: 0.3, depth: 0.15 },
  store: { carries: 0.12, depth: 0.08 },
  supplier: { carries: 0.2, depth: 0.5 },
};

/**
 * An order has some twenty lines, so one article in fifty being elsewhere makes every third order a split, and one in
 * a hundred being short leaves about every tenth with something backordered.
 */
const supplyOf = (sku: string): 'plenty' | 'elsewhere' | 'short' | 'none' => {
  const share = stableShare(`supply ${sku}`);
  if (share < 0.002) return 'none';
  if (share < 0.012) return 'short';
  if (share < 0.032) return 'elsewhere';
  return 'plenty';
};

const between = (low: number, high: number, seed: string): number => low + (high - low) * stableShare(seed);

const plentifulStock = (sku: string, demand: number, { id, profile }: DemoLocation): number => {
  if (id === mainWarehouse) return Math.ceil(demand * between(1.1, 1.4, `main ${sku}`));
  const { carries, depth } = assortment[profile.kind];
  if (stableShare(`carries ${id} ${sku}`) >= carries) return 0;
  return Math.ceil(demand * between(depth / 4, depth, `depth ${id} ${sku}`));
};

const stockOf = (sku: string, demand: number, location: DemoLocation): number => {
  switch (supplyOf(sku)) {
    case 'none':
      return 0;
    case 'short':
      return location.id === mainWarehouse ? Math.floor(demand * between(0.4, 0.8, `short ${sku}`)) : 0;
    case 'elsewhere':
      return regionalWarehouses.includes(location.id)
        ? Math.ceil(demand * between(0.6, 0.9, `${location.id} ${sku}`))
        : 0;
    case 'plenty':
      return plentifulStock(sku, demand, location);
  }
};

const receipts = (locationId: string, lines: readonly SkuQuantity[]): OpeningStock[] =>
  Array.from({ length: Math.ceil(lines.length / MOST_LINES_PER_RECEIPT) }, (_, index) => ({
    locationId,
    reference: `opening-stock-${index + 1}`,
    lines: lines.slice(index * MOST_LINES_PER_RECEIPT, (index + 1) * MOST_LINES_PER_RECEIPT),
  }));

/**
 * What each location has when the demo opens, decided by the demand alone (in any order, the same SKU on any number of
 * lines): enough for most orders from one place, some only in parts from several, some not at all.
 */
export const openingStock = (
  demand: readonly SkuQuantity[],
  locations: readonly DemoLocation[] = demoLocations,
): OpeningStock[] => {
  const demanded = mergeBySku(demand).sort((a, b) => (a.sku < b.sku ? -1 : 1));
  return locations.flatMap((location) => {
    const lines = demanded.map(({ sku, quantity }) => ({ sku, quantity: stockOf(sku, quantity, location) }));
    return receipts(
      location.id,
      lines.filter(({ quantity }) => quantity > 0),
    );
  });
};
