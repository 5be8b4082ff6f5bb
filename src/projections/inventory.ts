import type { ProjectedEvent } from '../domain/event.ts';
import { restockedLines } from '../domain/stock-location/restocked.ts';
import { availableToPromise, type StockBalance } from '../domain/stock-location/stock-location.ts';
import { type WeekIssued, withIssued } from '../domain/stock-location/weekly-demand.ts';
import type { Instant, Quantity } from '../domain/values.ts';
import type { Projection } from './projection.ts';
import { stockMovementOf } from './stock-movement.ts';
import { unitsOf } from './units-by-sku.ts';

/** What one location holds of one SKU. */
export type InventoryDocument = {
  readonly locationId: string;
  readonly sku: string;
  readonly onHand: Quantity;
  readonly reserved: Quantity;
  readonly safetyStock: Quantity;
  readonly available: Quantity;
  /** Units that left by week, for the last weeks in which any did; absent: none yet. */
  readonly issued?: readonly WeekIssued[];
  /** When some were last not found or rejected; absent: never. */
  readonly refusedAt?: Instant;
  /** When more last came, after some had not been found or were rejected, or while some were reserved; absent: not since. */
  readonly restockedAt?: Instant;
};

export const inventoryId = (locationId: string, sku: string): string => `${locationId}/${sku}`;

type Balances = { readonly locationId: string; readonly lines: readonly StockBalance[] };

const balancesOf = (event: ProjectedEvent): Balances | null => stockMovementOf(event);

/** Above so many lines, a map of them is kept with the event: each of thousands of lines asks. */
const FEW_LINES = 16;
const newestLines = new WeakMap<readonly StockBalance[], ReadonlyMap<string, StockBalance>>();

/** The line that tells a SKU's balance after the event: its last one, for each line carries the balance after it. */
const newestLine = (lines: readonly StockBalance[], sku: string): StockBalance | undefined => {
  if (lines.length <= FEW_LINES) return lines.findLast((line) => line.sku === sku);
  const known = newestLines.get(lines) ?? new Map(lines.map((line) => [line.sku, line]));
  newestLines.set(lines, known);
  return known.get(sku);
};

const inventoryOf = (
  document: InventoryDocument | null,
  change: Pick<InventoryDocument, 'locationId' | 'sku'> & Partial<InventoryDocument>,
): InventoryDocument => {
  const stock = { onHand: 0, reserved: 0, safetyStock: 0, ...document, ...change };
  return { ...stock, available: availableToPromise(stock) };
};

export const inventory: Projection<InventoryDocument> = {
  name: 'inventory',
  version: 4,
  streamPrefixes: ['stockLocation-'],
  indexes: [
    ['locationId', 'sku'],
    ['sku', 'locationId'],
  ],
  ids: (event) => {
    if (event.type === 'SafetyStockSet') return [inventoryId(event.data.locationId, event.data.sku)];
    const balances = balancesOf(event);
    if (balances === null) return [];
    return [...new Set(balances.lines.map(({ sku }) => inventoryId(balances.locationId, sku)))];
  },
  evolve: (document, event, id) => {
    if (event.type === 'SafetyStockSet') {
      const { locationId, sku, quantity } = event.data;
      return inventoryOf(document, { locationId, sku, safetyStock: quantity });
    }
    const balances = balancesOf(event);
    if (balances === null) return document;
    const { locationId, lines } = balances;
    const line = newestLine(lines, id.slice(inventoryId(locationId, '').length));
    if (line === undefined) return document;
    const { sku, onHand, reserved } = line;
    return inventoryOf(document, { locationId, sku, onHand, reserved, ...pastOf(document, event, line) });
  },
};

/** What the event adds to the past of a SKU. */
const pastOf = (
  document: InventoryDocument | null,
  event: ProjectedEvent,
  { sku, reserved }: StockBalance,
): Pick<InventoryDocument, 'issued' | 'refusedAt' | 'restockedAt'> => {
  const { type, data } = event;
  const { recordedAt } = event.metadata;
  // What is reserved may have been rejected, and is not given back yet.
  const isAskedFor = document?.refusedAt !== undefined || reserved > 0;
  const isRestock = isAskedFor && (type === 'StockReceived' || restockedLines(event).some((line) => line.sku === sku));
  if (isRestock) return { restockedAt: recordedAt };
  if (type === 'ItemShortPicked') return { refusedAt: recordedAt };
  if (type === 'ReservationReleased' && data.cause === 'rejected') return { refusedAt: recordedAt };
  if (type !== 'StockIssued') return {};
  return { issued: withIssued(document?.issued ?? [], recordedAt, unitsOf(data.lines, sku)) };
};
