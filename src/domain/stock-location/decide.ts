import type { Decider } from '../decider.ts';
import { DomainError } from '../error.ts';
import type { Quantity, SkuQuantity } from '../values.ts';
import { mergeBySku } from '../values.ts';
import type {
  LocationProfile,
  ReservationChange,
  StockBalance,
  StockLocation,
  StockLocationEvent,
} from './stock-location.ts';
import { availableToPromise, evolveStockLocation, initialStockLocation, movementDigest } from './stock-location.ts';

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
  | { readonly type: 'ReserveStock'; readonly data: ReservationLines }
  /** Declarative, so that repeating it is harmless: afterwards the reservation holds `keep` and no more. */
  | { readonly type: 'ReleaseReservation'; readonly data: ReservationLines }
  /** As `ReleaseReservation`, but the units that go were not found: they leave on hand, too. */
  | { readonly type: 'RecordShortPick'; readonly data: ReservationLines }
  | {
      readonly type: 'IssueStock';
      readonly data: { readonly locationId: string; readonly fulfilmentId: string; readonly orderId: string };
    };

type Movement<Line> = { readonly locationId: string; readonly reference: string; readonly lines: readonly Line[] };

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

const receive = (data: Movement<SkuQuantity>, state: StockLocation): readonly StockLocationEvent[] => {
  if (
    isRepeated(
      'receipt',
      data.reference,
      data.lines.map(({ sku, quantity }) => [sku, quantity]),
      state,
    )
  )
    return [];
  const balances = runningBalances(state);
  const lines = data.lines.map(({ sku, quantity }) => ({ sku, quantity, ...balances.move(sku, quantity, 0) }));
  return [{ type: 'StockReceived', data: { ...data, lines } }];
};

const adjust = (
  data: Movement<{ sku: string; delta: number }> & { reason: string },
  state: StockLocation,
): readonly StockLocationEvent[] => {
  if (
    isRepeated(
      'adjustment',
      data.reference,
      data.lines.map(({ sku, delta }) => [sku, delta]),
      state,
    )
  )
    return [];
  const balances = runningBalances(state);
  const lines = data.lines.map(({ sku, delta }) => ({ sku, delta, ...balances.move(sku, delta, 0) }));
  return [{ type: 'StockAdjusted', data: { ...data, lines } }];
};

const count = (
  data: Movement<{ sku: string; counted: Quantity }>,
  state: StockLocation,
): readonly StockLocationEvent[] => {
  if (
    isRepeated(
      'count',
      data.reference,
      data.lines.map(({ sku, counted }) => [sku, counted]),
      state,
    )
  )
    return [];
  const balances = runningBalances(state);
  const lines = data.lines.map(({ sku, counted }) => {
    const delta = counted - balances.of(sku).onHand;
    return { sku, counted, delta, ...balances.move(sku, delta, 0) };
  });
  return [{ type: 'StockCounted', data: { ...data, lines } }];
};

/** Refuses as a whole when one SKU falls short: the order decides what to do next. */
const reserve = (data: ReservationLines, state: StockLocation): readonly StockLocationEvent[] => {
  if (state.reservations.has(data.fulfilmentId)) return [];
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

const isRepeated = (
  kind: 'receipt' | 'adjustment' | 'count',
  reference: string,
  lines: readonly (readonly [string, number])[],
  state: StockLocation,
): boolean => {
  const seen = state.references.get(`${kind}:${reference}`);
  if (seen === undefined) return false;
  if (seen === movementDigest(lines)) return true;
  throw new DomainError('reference-reused', `The ${kind} ${reference} was recorded before with other lines.`, {
    reference,
  });
};

/** Balances as the lines of one command move them, so that two lines of one SKU see each other. */
const runningBalances = (state: StockLocation) => {
  const moved = new Map<string, { onHand: Quantity; reserved: Quantity }>();
  const of = (sku: string): { onHand: Quantity; reserved: Quantity } =>
    moved.get(sku) ?? state.stock.get(sku) ?? { onHand: 0, reserved: 0 };
  const move = (sku: string, onHandDelta: number, reservedDelta: number): Omit<StockBalance, 'sku'> => {
    const before = of(sku);
    const after = { onHand: before.onHand + onHandDelta, reserved: before.reserved + reservedDelta };
    if (after.onHand < 0) {
      throw new DomainError('stock-below-zero', `There are ${before.onHand} units of ${sku} on hand.`, {
        sku,
        onHand: before.onHand,
      });
    }
    if (after.reserved > after.onHand) {
      throw new DomainError(
        'stock-below-reserved',
        `${after.reserved} units of ${sku} are reserved. Short-pick, reject or cancel their fulfilments first.`,
        { sku, onHand: before.onHand, reserved: before.reserved },
      );
    }
    if (!Number.isSafeInteger(after.onHand)) {
      throw new DomainError('too-many-units', `More than 2^53 units of ${sku} would be on hand.`, { sku });
    }
    moved.set(sku, after);
    return after;
  };
  return { of, move };
};

export const stockLocationDecider: Decider<StockLocation, StockLocationCommand, StockLocationEvent> = {
  initialState: initialStockLocation,
  evolve: evolveStockLocation,
  decide,
};
