import { fingerprint, type SkuQuantity } from '../values.ts';
import { noteLoad } from './day-load.ts';
import { noReferences, noteReference } from './references.ts';
import type { ReservationChange, Stock, StockBalance, StockLocation, StockLocationEvent } from './stock-location.ts';

export const initialStockLocation = (): StockLocation => ({
  status: 'unregistered',
  profile: null,
  stock: new Map(),
  reservations: new Map(),
  slots: new Map(),
  load: new Map(),
  closed: new Set(),
  references: noReferences(),
});

export const evolveStockLocation = (state: StockLocation, event: StockLocationEvent): StockLocation => {
  switch (event.type) {
    case 'LocationRegistered':
      state.status = 'active';
      state.profile = event.data.profile;
      return state;
    case 'LocationProfileChanged':
      state.profile = event.data.profile;
      return state;
    case 'LocationSuspended':
      state.status = 'suspended';
      return state;
    case 'LocationResumed':
      state.status = 'active';
      return state;
    case 'SafetyStockSet':
      stockOf(state, event.data.sku).safetyStock = event.data.quantity;
      return state;
    case 'StockReceived':
    case 'StockAdjusted':
    case 'StockCounted':
      noteReference(state.references, referenceKey(event), movementFingerprint(event));
      return settleBalances(state, event.data.lines);
    case 'StockReserved':
      state.reservations.set(event.data.fulfilmentId, unitsOf(event.data.lines));
      if (event.data.load !== undefined) {
        noteLoad(state.load, event.data.load);
        state.slots.set(event.data.fulfilmentId, event.data.load.day);
      }
      return settleBalances(state, event.data.lines);
    case 'ReservationReleased':
      if (event.data.load !== undefined) noteLoad(state.load, event.data.load);
      reduceReservation(state, event.data);
      return settleBalances(state, event.data.lines);
    case 'StockIssued':
    case 'ItemShortPicked':
      reduceReservation(state, event.data);
      return settleBalances(state, event.data.lines);
    default:
      event satisfies never;
      return state;
  }
};

const stockOf = (state: StockLocation, sku: string): Stock => {
  const known = state.stock.get(sku);
  if (known !== undefined) return known;
  const stock = { onHand: 0, reserved: 0, safetyStock: 0 };
  state.stock.set(sku, stock);
  return stock;
};

const settleBalances = (state: StockLocation, lines: readonly StockBalance[]): StockLocation => {
  for (const { sku, onHand, reserved } of lines) {
    const stock = stockOf(state, sku);
    stock.onHand = onHand;
    stock.reserved = reserved;
  }
  return state;
};

const unitsOf = (lines: readonly SkuQuantity[]): SkuQuantity[] => lines.map(({ sku, quantity }) => ({ sku, quantity }));

const reduceReservation = (state: StockLocation, { fulfilmentId, lines }: ReservationChange): void => {
  const gone = new Map(lines.map(({ sku, quantity }) => [sku, quantity]));
  const left = (state.reservations.get(fulfilmentId) ?? [])
    .map(({ sku, quantity }) => ({ sku, quantity: quantity - (gone.get(sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
  if (left.length > 0) state.reservations.set(fulfilmentId, left);
  else close(state, fulfilmentId);
};

/**
 * How many closed reservations a location remembers: far more than can close while one late command is under way, and
 * few enough to keep a location of any age small.
 */
const CLOSED_REMEMBERED = 10_000;

const close = ({ reservations, slots, closed }: StockLocation, fulfilmentId: string): void => {
  reservations.delete(fulfilmentId);
  slots.delete(fulfilmentId);
  closed.add(fulfilmentId);
  const [oldest] = closed;
  if (closed.size > CLOSED_REMEMBERED && oldest !== undefined) closed.delete(oldest);
};

type Movement = Extract<StockLocationEvent, { type: 'StockReceived' | 'StockAdjusted' | 'StockCounted' }>;

const referenceKinds = { StockReceived: 'receipt', StockAdjusted: 'adjustment', StockCounted: 'count' } as const;

const referenceKey = (event: Movement): string => `${referenceKinds[event.type]}:${event.data.reference}`;

const movementFingerprint = (event: Movement): string => {
  switch (event.type) {
    case 'StockReceived':
      return movementDigest(event.data.lines.map(({ sku, quantity }) => [sku, quantity]));
    case 'StockAdjusted':
      return movementDigest(event.data.lines.map(({ sku, delta }) => [sku, delta]));
    case 'StockCounted':
      return movementDigest(event.data.lines.map(({ sku, counted }) => [sku, counted]));
  }
};

type Figure = readonly [sku: string, figure: number];

const bySkuThenFigure = ([sku, figure]: Figure, [otherSku, otherFigure]: Figure): number => {
  if (sku === otherSku) return figure - otherFigure;
  return sku < otherSku ? -1 : 1;
};

/** Short text that tells whether a repeated reference says the same as the first time, in whatever order of its lines. */
export const movementDigest = (lines: readonly Figure[]): string =>
  fingerprint(JSON.stringify(lines.toSorted(bySkuThenFigure)));
