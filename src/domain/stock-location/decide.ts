import type { Decider } from '../decider.ts';
import { DomainError } from '../error.ts';
import type { Quantity, SkuQuantity } from '../values.ts';
import { mergeBySku } from '../values.ts';
import { runningBalances } from './balances.ts';
import { evolveStockLocation, initialStockLocation } from './evolve.ts';
import { adjust, count, type Movement, receive } from './movements.ts';
import type { LocationProfile, ReservationChange, StockLocation, StockLocationEvent } from './stock-location.ts';
import { availableToPromise } from './stock-location.ts';

export type StockLocationCommand =
  | {
      readonly type: 'DefineLocation';
      readonly data: { readonly locationId: string; readonly profile: LocationProfile };
    }
  | { readonly type: 'SuspendLocation'; readonly data: { readonly locationId: string; readonly reason: string } }
  | { readonly type: 'ResumeLocation'; readonly data: { readonly locationId: string } }
  | {
      readonly type: 'SetSafetyStock';
      readonly data: { readonly locationId: string; readonly sku: string; readonly quantity: Quantity };
    }
  | { readonly type: 'ReceiveStock'; readonly data: Movement<SkuQuantity> }
  | {
      readonly type: 'AdjustStock';
      readonly data: Movement<{ readonly sku: string; readonly delta: number }> & { readonly reason: string };
    }
  | { readonly type: 'CountStock'; readonly data: Movement<{ readonly sku: string; readonly counted: Quantity }> }
  /** Holds these units for a fulfilment, once: a fulfilment only ever needs less, so less is held when asked again. */
  | { readonly type: 'ReserveStock'; readonly data: ReservationLines }
  /** Declarative, so that repeating it is harmless: afterwards the reservation holds `keep` and no more. */
  | { readonly type: 'ReleaseReservation'; readonly data: ReservationLines }
  /** As `ReleaseReservation`, but the units that go were not found: they leave on hand, too. */
  | { readonly type: 'RecordShortPick'; readonly data: ReservationLines }
  | {
      readonly type: 'IssueStock';
      readonly data: { readonly locationId: string; readonly fulfilmentId: string; readonly orderId: string };
    };

/** `ReserveStock`: the units to reserve. `ReleaseReservation`, `RecordShortPick`: the units that stay reserved. */
type ReservationLines = {
  readonly locationId: string;
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly lines: readonly SkuQuantity[];
};

const decide = (command: StockLocationCommand, state: StockLocation): readonly StockLocationEvent[] => {
  if (command.type === 'DefineLocation') return define(command.data, state);
  if (state.status === 'unregistered') {
    throw new DomainError('location-unknown', `There is no stock location ${command.data.locationId}.`);
  }
  switch (command.type) {
    case 'SuspendLocation':
      return state.status === 'suspended' ? [] : [{ type: 'LocationSuspended', data: command.data }];
    case 'ResumeLocation':
      return state.status === 'active' ? [] : [{ type: 'LocationResumed', data: command.data }];
    case 'SetSafetyStock':
      return (state.stock.get(command.data.sku)?.safetyStock ?? 0) === command.data.quantity
        ? []
        : [{ type: 'SafetyStockSet', data: command.data }];
    case 'ReceiveStock':
      return receive(command.data, state);
    case 'AdjustStock':
      return adjust(command.data, state);
    case 'CountStock':
      return count(command.data, state);
    case 'ReserveStock':
      return reserve(command.data, state);
    case 'ReleaseReservation':
      return reduce('ReservationReleased', command.data, state);
    case 'RecordShortPick':
      return reduce('ItemShortPicked', command.data, state);
    case 'IssueStock':
      return issue(command.data, state);
  }
};

const define = (
  data: { locationId: string; profile: LocationProfile },
  state: StockLocation,
): readonly StockLocationEvent[] => {
  if (state.profile === null) return [{ type: 'LocationRegistered', data }];
  if (JSON.stringify(state.profile) === JSON.stringify(data.profile)) return [];
  return [{ type: 'LocationProfileChanged', data }];
};

/** Refuses as a whole when one SKU falls short: the order decides what to do next. */
const reserve = (data: ReservationLines, state: StockLocation): readonly StockLocationEvent[] => {
  if (state.reservations.has(data.fulfilmentId)) return reduce('ReservationReleased', data, state);
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
  return [{ type: 'StockReserved', data: change(data, wanted, state, 0, 1) }];
};

const reduce = (
  type: 'ReservationReleased' | 'ItemShortPicked',
  data: ReservationLines,
  state: StockLocation,
): readonly StockLocationEvent[] => {
  const kept = new Map(mergeBySku(data.lines).map(({ sku, quantity }) => [sku, quantity]));
  const gone = (state.reservations.get(data.fulfilmentId) ?? [])
    .map(({ sku, quantity }) => ({ sku, quantity: quantity - (kept.get(sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
  if (gone.length === 0) return [];
  return [{ type, data: change(data, gone, state, type === 'ItemShortPicked' ? -1 : 0, -1) }];
};

const issue = (
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

export const stockLocationDecider: Decider<StockLocation, StockLocationCommand, StockLocationEvent> = {
  initialState: initialStockLocation,
  evolve: evolveStockLocation,
  decide,
};
