import type { DomainEvent } from '../domain/event.ts';
import { restockedLines } from '../domain/stock-location/restocked.ts';
import type { StockBalance } from '../domain/stock-location/stock-location.ts';
import { type WeekIssued, weeklyDemand, withIssued } from '../domain/stock-location/weekly-demand.ts';
import type { Instant, Position } from '../domain/values.ts';

/** What happened to a SKU at a location, as far as some policies ask for it. */
type Past = {
  readonly refusedAt?: Instant;
  readonly restockedAt?: Instant;
  readonly issued?: readonly WeekIssued[];
};

/** What became of each SKU at each location lately: how much left, and when it was last not found or rejected. */
export type StockPast = {
  readonly apply: (event: DomainEvent) => void;
  /** All that was issued up to the position is in `past`. */
  readonly restore: (locationId: string, sku: string, past: Past & { readonly position: Position }) => void;
  readonly weeklyDemand: (sku: string, locationIds: readonly string[], at: number) => readonly number[];
  /** Epoch milliseconds; 0: never. */
  readonly refusedAt: (sku: string, locationIds: readonly string[]) => readonly number[];
  /** When more of it last came to where it had not been found or was rejected, or may have been; null: not since. */
  readonly restockedAt: (locationId: string, sku: string) => Instant | null;
};

export const createStockPast = (): StockPast => {
  const bySku = new Map<string, Map<string, Past & { readonly position: Position }>>();

  const restore: StockPast['restore'] = (locationId, sku, past) => {
    const byLocation = bySku.get(sku) ?? new Map();
    if (byLocation.size === 0) bySku.set(sku, byLocation);
    byLocation.set(locationId, past);
  };

  const known = (locationId: string, sku: string) => bySku.get(sku)?.get(locationId) ?? { position: '' };

  const noteRestocked = (locationId: string, { sku, reserved }: StockBalance, restockedAt: Instant): void => {
    const past = known(locationId, sku);
    // Nobody asks where nothing was refused: most of the stock there is. What is reserved may have been, and is not given back yet.
    if (past.refusedAt !== undefined || reserved > 0) restore(locationId, sku, { ...past, restockedAt });
  };

  const apply = (event: DomainEvent): void => {
    const { type, data, metadata, position } = event;
    if ('locationId' in data)
      for (const line of restockedLines(event)) noteRestocked(data.locationId, line, metadata.recordedAt);
    const isRefusal = type === 'ItemShortPicked' || (type === 'ReservationReleased' && data.cause === 'rejected');
    if (!isRefusal && type !== 'StockIssued') return;
    for (const { sku, quantity } of data.lines) {
      const past = known(data.locationId, sku);
      if (isRefusal) restore(data.locationId, sku, { ...past, refusedAt: metadata.recordedAt });
      // Units add up, so what was counted before must not count again.
      else if (past.position < position) {
        const issued = withIssued(past.issued ?? [], metadata.recordedAt, quantity);
        restore(data.locationId, sku, { ...past, issued, position });
      }
    }
  };

  return {
    apply,
    restore,
    weeklyDemand: (sku, locationIds, at) => {
      const byLocation = bySku.get(sku);
      return locationIds.map((locationId) => weeklyDemand(byLocation?.get(locationId)?.issued ?? [], at));
    },
    refusedAt: (sku, locationIds) => {
      const byLocation = bySku.get(sku);
      return locationIds.map((locationId) => Date.parse(byLocation?.get(locationId)?.refusedAt ?? '') || 0);
    },
    restockedAt: (locationId, sku) => bySku.get(sku)?.get(locationId)?.restockedAt ?? null,
  };
};
