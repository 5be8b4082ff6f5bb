import type { DomainEvent } from '../domain/event.ts';
import type { Needs } from '../domain/sourcing/needs.ts';
import { comparePriority, type Network, type NetworkLocation } from '../domain/sourcing/network.ts';
import { type DayLoad, noteLoad } from '../domain/stock-location/day-load.ts';
import { availableToPromise } from '../domain/stock-location/stock-location.ts';
import type { Position, Quantity } from '../domain/values.ts';
import { createStockPast, type StockPast } from './stock-past.ts';

/**
 * What sourcing looks at: every location and what it could promise of each SKU, in memory. It follows the log, so it
 * is right a moment later than the aggregates; only a `StockLocation` may promise stock.
 */
export type AvailabilityIndex = {
  readonly apply: (event: DomainEvent) => void;
  readonly restoreLocation: (location: NetworkLocation) => void;
  readonly restoreStock: (locationId: string, sku: string, stock: Stock) => void;
  /** Of a location that is known already. */
  readonly restoreLoad: (locationId: string, load: DayLoad) => void;
  readonly restorePast: StockPast['restore'];
  /** All that the log holds up to there has been restored. */
  readonly restorePosition: (position: Position | null) => void;
  readonly restockedAt: StockPast['restockedAt'];
  readonly knows: (locationId: string) => boolean;
  readonly location: (locationId: string) => NetworkLocation | undefined;
  readonly locations: () => readonly NetworkLocation[];
  /** Every location with what it could promise of these SKUs, and what else is asked for. */
  readonly network: (skus: readonly string[], asked?: Asked) => Network;
  /** Locations, suspended ones aside, that could promise some of it. */
  readonly holdersOf: (sku: string) => readonly string[];
  /** SKUs that could be promised there. */
  readonly skusAt: (locationId: string) => readonly string[];
};

type Stock = { readonly onHand: Quantity; readonly reserved: Quantity; readonly safetyStock: Quantity };

/** `at`: epoch milliseconds. */
type Asked = { readonly needs: Pick<Needs, 'weeklyDemand' | 'refusals'>; readonly at: number };

export const createAvailabilityIndex = (): AvailabilityIndex => {
  const locations = new Map<string, NetworkLocation>();
  const stocks = new Map<string, Map<string, { onHand: Quantity; reserved: Quantity; safetyStock: Quantity }>>();
  const loads = new Map<string, Map<string, number>>();
  const past = createStockPast();
  let newest: Position | null = null;
  let sorted: readonly NetworkLocation[] | null = null;
  /** Where each location stands in that order; and by SKU, once asked for, what it could promise of it in that order. */
  let places: ReadonlyMap<string, number> = new Map();
  const rows = new Map<string, Quantity[]>();

  const inOrder = (): readonly NetworkLocation[] => {
    if (sorted !== null) return sorted;
    sorted = [...locations.values()].toSorted(comparePriority);
    places = new Map(sorted.map(({ locationId }, place) => [locationId, place]));
    rows.clear();
    return sorted;
  };

  const put = (location: NetworkLocation): void => {
    locations.set(location.locationId, location);
    sorted = null;
  };

  /** For the asker to keep: ours goes on changing. */
  const rowOf = (sku: string): Quantity[] => {
    const ordered = inOrder();
    const known = rows.get(sku);
    if (known !== undefined) return known.slice();
    const held = stocks.get(sku);
    const row = ordered.map(({ locationId }) => {
      const stock = held?.get(locationId);
      return stock === undefined ? 0 : availableToPromise(stock);
    });
    if (held !== undefined) rows.set(sku, row);
    return row.slice();
  };

  const setStock = (locationId: string, sku: string, change: Partial<Stock>): void => {
    const stock = Object.assign(stockOf(locationId, sku), change);
    const place = places.get(locationId);
    const row = rows.get(sku);
    if (row !== undefined && place !== undefined) row[place] = availableToPromise(stock);
  };

  const stockOf = (locationId: string, sku: string): { -readonly [Field in keyof Stock]: Quantity } => {
    const bySku = stocks.get(sku) ?? new Map();
    if (bySku.size === 0) stocks.set(sku, bySku);
    const known = bySku.get(locationId);
    if (known !== undefined) return known;
    const stock = { onHand: 0, reserved: 0, safetyStock: 0 };
    bySku.set(locationId, stock);
    return stock;
  };

  const list = (locationId: string, change: Partial<NetworkLocation>): void => {
    const known = locations.get(locationId);
    const profile = change.profile ?? known?.profile;
    if (profile === undefined) return;
    put({ ...known, locationId, profile, suspended: change.suspended ?? known?.suspended ?? false });
  };

  const restoreLoad = (locationId: string, load: DayLoad): void => {
    const known = loads.get(locationId);
    if (known !== undefined) return noteLoad(known, load);
    const location = locations.get(locationId);
    if (location === undefined) return;
    const days = new Map<string, number>();
    noteLoad(days, load);
    loads.set(locationId, days);
    put({ ...location, load: days });
  };

  const pastOf = (skus: readonly string[], { needs, at }: Asked): Pick<Network, 'weeklyDemand' | 'refusedAt'> => {
    const ids = needs.weeklyDemand || needs.refusals ? inOrder().map(({ locationId }) => locationId) : [];
    return {
      ...(needs.weeklyDemand && { weeklyDemand: skus.map((sku) => past.weeklyDemand(sku, ids, at)) }),
      ...(needs.refusals && { refusedAt: skus.map((sku) => past.refusedAt(sku, ids)) }),
    };
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
        return setStock(event.data.locationId, event.data.sku, { safetyStock: event.data.quantity });
      case 'StockReceived':
      case 'StockAdjusted':
      case 'StockCounted':
      case 'StockReserved':
      case 'ReservationReleased':
      case 'StockIssued':
      case 'ItemShortPicked':
        for (const { sku, onHand, reserved } of event.data.lines) {
          setStock(event.data.locationId, sku, { onHand, reserved });
        }
        if ('load' in event.data && event.data.load !== undefined) restoreLoad(event.data.locationId, event.data.load);
        return past.apply(event);
      default:
        return;
    }
  };

  return {
    apply,
    restoreLocation: put,
    restoreStock: (locationId, sku, { onHand, reserved, safetyStock }) =>
      setStock(locationId, sku, { onHand, reserved, safetyStock }),
    restoreLoad,
    restorePast: past.restore,
    restorePosition: (position) => {
      newest = position;
    },
    restockedAt: past.restockedAt,
    knows: (locationId) => locations.has(locationId),
    location: (locationId) => locations.get(locationId),
    locations: inOrder,
    network: (skus, asked) => ({
      logPosition: newest,
      locations: inOrder(),
      ...(asked === undefined ? {} : pastOf(skus, asked)),
      available: skus.map(rowOf),
    }),
    holdersOf: (sku) =>
      [...(stocks.get(sku) ?? [])].flatMap(([locationId, stock]) =>
        availableToPromise(stock) > 0 && locations.get(locationId)?.suspended === false ? [locationId] : [],
      ),
    skusAt: (locationId) =>
      [...stocks].flatMap(([sku, byLocation]) => {
        const stock = byLocation.get(locationId);
        return stock !== undefined && availableToPromise(stock) > 0 ? [sku] : [];
      }),
  };
};
