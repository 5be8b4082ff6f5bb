import type { DomainEvent } from '../domain/event.ts';
import { availableToPromise, type LocationProfile } from '../domain/stock-location/stock-location.ts';
import type { Position, Quantity } from '../domain/values.ts';

export type ListedLocation = {
  readonly locationId: string;
  readonly profile: LocationProfile;
  readonly suspended: boolean;
};

/**
 * What sourcing looks at: every location and what it could promise of each SKU, in memory. It follows the log, so it
 * is right a moment later than the aggregates; only a `StockLocation` may promise stock.
 */
export type AvailabilityIndex = {
  readonly apply: (event: DomainEvent) => void;
  readonly restoreLocation: (location: ListedLocation) => void;
  readonly restoreStock: (locationId: string, sku: string, stock: Stock) => void;
  readonly locations: () => ReadonlyMap<string, ListedLocation>;
  readonly available: (locationId: string, sku: string) => Quantity;
  readonly isAvailable: (sku: string) => boolean;
  /** SKUs that could be promised there. */
  readonly skusAt: (locationId: string) => readonly string[];
  /** The newest event applied. */
  readonly position: () => Position | null;
};

type Stock = { readonly onHand: Quantity; readonly reserved: Quantity; readonly safetyStock: Quantity };

export const createAvailabilityIndex = (): AvailabilityIndex => {
  const locations = new Map<string, ListedLocation>();
  const stocks = new Map<string, Map<string, { onHand: Quantity; reserved: Quantity; safetyStock: Quantity }>>();
  let newest: Position | null = null;

  const stockOf = (locationId: string, sku: string): { -readonly [Field in keyof Stock]: Quantity } => {
    const bySku = stocks.get(sku) ?? new Map();
    if (bySku.size === 0) stocks.set(sku, bySku);
    const known = bySku.get(locationId);
    if (known !== undefined) return known;
    const stock = { onHand: 0, reserved: 0, safetyStock: 0 };
    bySku.set(locationId, stock);
    return stock;
  };

  const list = (locationId: string, change: Partial<ListedLocation>): void => {
    const known = locations.get(locationId);
    const profile = change.profile ?? known?.profile;
    if (profile === undefined) return;
    locations.set(locationId, { locationId, profile, suspended: change.suspended ?? known?.suspended ?? false });
  };

  const apply = (event: DomainEvent): void => {
    newest = event.position;
    switch (event.type) {
      case 'LocationRegistered':
      case 'LocationProfileChanged':
        return list(event.data.locationId, { profile: event.data.profile });
      case 'LocationSuspended':
        return list(event.data.locationId, { suspended: true });
      case 'LocationResumed':
        return list(event.data.locationId, { suspended: false });
      case 'SafetyStockSet':
        stockOf(event.data.locationId, event.data.sku).safetyStock = event.data.quantity;
        return;
      case 'StockReceived':
      case 'StockAdjusted':
      case 'StockCounted':
      case 'StockReserved':
      case 'ReservationReleased':
      case 'StockIssued':
      case 'ItemShortPicked':
        for (const { sku, onHand, reserved } of event.data.lines) {
          Object.assign(stockOf(event.data.locationId, sku), { onHand, reserved });
        }
        return;
      default:
        return;
    }
  };

  return {
    apply,
    restoreLocation: (location) => void locations.set(location.locationId, location),
    restoreStock: (locationId, sku, { onHand, reserved, safetyStock }) =>
      void Object.assign(stockOf(locationId, sku), { onHand, reserved, safetyStock }),
    locations: () => locations,
    available: (locationId, sku) => {
      const stock = stocks.get(sku)?.get(locationId);
      return stock === undefined ? 0 : availableToPromise(stock);
    },
    isAvailable: (sku) => [...(stocks.get(sku)?.values() ?? [])].some((stock) => availableToPromise(stock) > 0),
    skusAt: (locationId) =>
      [...stocks].flatMap(([sku, byLocation]) => {
        const stock = byLocation.get(locationId);
        return stock !== undefined && availableToPromise(stock) > 0 ? [sku] : [];
      }),
    position: () => newest,
  };
};
