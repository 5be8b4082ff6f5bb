import { DomainError } from '../error.ts';
import { mergeBySku, type Quantity, type SkuQuantity } from '../values.ts';
import { runningBalances } from './balances.ts';
import type { DayLoad } from './day-load.ts';
import {
  availableToPromise,
  type ReleaseCause,
  type ReservationChange,
  type StockLocation,
  type StockLocationEvent,
} from './stock-location.ts';

/** `ReserveStock`: the units to reserve. `ReleaseReservation`, `RecordShortPick`: the units that stay reserved. */
export type ReservationLines = {
  readonly locationId: string;
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly lines: readonly SkuQuantity[];
};

export type ReservationToReduce = ReservationLines & { readonly cause?: ReleaseCause };

/** `day`: of dispatch. `withinCapacity`: refuse it when that day is full. */
export type WantedReservation = ReservationLines & { readonly day?: string; readonly withinCapacity?: boolean };

/** Refuses as a whole when one SKU falls short: the order decides what to do next. */
export const reserve = (data: WantedReservation, state: StockLocation): readonly StockLocationEvent[] => {
  if (state.reservations.has(data.fulfilmentId)) return release(data, state);
  if (state.closed.has(data.fulfilmentId)) {
    const { locationId, fulfilmentId } = data;
    throw new DomainError('reservation-closed', `The reservation ${fulfilmentId} was closed before.`, {
      locationId,
      fulfilmentId,
    });
  }
  if (state.status === 'suspended') {
    throw new DomainError('location-suspended', `${data.locationId} is suspended.`, { locationId: data.locationId });
  }
  const wanted = mergeBySku(data.lines);
  const shortages = wanted
    .map(({ sku, quantity }) => ({ sku, requested: quantity, available: availableOf(state, sku) }))
    .filter(({ requested, available }) => requested > available);
  if (shortages.length > 0) {
    throw new DomainError('stock-insufficient', `${data.locationId} lacks stock.`, {
      locationId: data.locationId,
      shortages,
    });
  }
  const load = takePlace(data, state);
  return [{ type: 'StockReserved', data: { ...change(data, wanted, state, 0, 1), ...(load && { load }) } }];
};

export const release = (
  { cause, ...data }: ReservationToReduce,
  state: StockLocation,
): readonly StockLocationEvent[] => {
  const gone = goneFrom(data, state);
  if (gone.length === 0) return [];
  const isWhole = unitsIn(gone) === unitsIn(state.reservations.get(data.fulfilmentId) ?? []);
  const load = isWhole ? givePlaceBack(data.fulfilmentId, state) : null;
  const released = { ...change(data, gone, state, 0, -1), ...(load && { load }), ...(cause && { cause }) };
  return [{ type: 'ReservationReleased', data: released }];
};

export const writeOff = (data: ReservationLines, state: StockLocation): readonly StockLocationEvent[] => {
  const gone = goneFrom(data, state);
  return gone.length === 0 ? [] : [{ type: 'ItemShortPicked', data: change(data, gone, state, -1, -1) }];
};

/** What the reservation holds beyond what is to stay. */
const goneFrom = ({ fulfilmentId, lines }: ReservationLines, state: StockLocation): readonly SkuQuantity[] => {
  const kept = new Map(mergeBySku(lines).map(({ sku, quantity }) => [sku, quantity]));
  return (state.reservations.get(fulfilmentId) ?? [])
    .map(({ sku, quantity }) => ({ sku, quantity: quantity - (kept.get(sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
};

const unitsIn = (lines: readonly SkuQuantity[]): Quantity => lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** A place among the fulfilments of the day of dispatch; null where nobody counts them. */
const takePlace = (
  { locationId, day, withinCapacity }: WantedReservation,
  { profile, load }: StockLocation,
): DayLoad | null => {
  const capacity = profile?.capacity?.fulfilmentsPerDay;
  if (day === undefined || capacity === undefined) return null;
  const taken = load.get(day) ?? 0;
  if (withinCapacity === true && taken >= capacity) {
    throw new DomainError('capacity-used-up', `${locationId} has no fulfilment left on ${day}.`, {
      locationId,
      day,
      fulfilmentsPerDay: capacity,
    });
  }
  return { day, fulfilments: taken + 1 };
};

const givePlaceBack = (fulfilmentId: string, { slots, load }: StockLocation): DayLoad | null => {
  const day = slots.get(fulfilmentId);
  const taken = day === undefined ? undefined : load.get(day);
  return day === undefined || taken === undefined ? null : { day, fulfilments: taken - 1 };
};

export const issue = (
  data: { locationId: string; fulfilmentId: string; orderId: string },
  state: StockLocation,
): readonly StockLocationEvent[] => {
  const reserved = state.reservations.get(data.fulfilmentId);
  return reserved === undefined ? [] : [{ type: 'StockIssued', data: change(data, reserved, state, -1, -1) }];
};

const change = (
  { locationId, fulfilmentId, orderId }: Omit<ReservationLines, 'lines'>,
  units: readonly SkuQuantity[],
  state: StockLocation,
  onHandSign: -1 | 0,
  reservedSign: -1 | 1,
): ReservationChange => {
  const balances = runningBalances(state);
  const lines = units.map(({ sku, quantity }) => ({
    sku,
    quantity,
    ...balances.move(sku, onHandSign * quantity, reservedSign * quantity),
  }));
  return { locationId, fulfilmentId, orderId, lines };
};

const availableOf = (state: StockLocation, sku: string): Quantity => {
  const stock = state.stock.get(sku);
  return stock === undefined ? 0 : availableToPromise(stock);
};
