import type { Coordinates, MinorUnits, Quantity, SkuQuantity } from '../values.ts';
import { fingerprint } from '../values.ts';

/** The one place that names a location's stream (ADR 1 records the load test behind one stream per location). */
export const stockLocationStream = (locationId: string): string => `stockLocation-${locationId}`;

export const locationKinds = ['warehouse', 'store', 'darkStore', 'thirdParty', 'supplier'] as const;
export const capabilities = ['ship', 'pickup', 'shipToStore', 'returns'] as const;

export type OpeningCalendar = {
  /** ISO weekday numbers on which the location is closed: 1 = Monday … 7 = Sunday. */
  readonly closedWeekdays?: readonly number[];
  /** Dates (YYYY-MM-DD, in the location's time zone) on which it is closed. */
  readonly holidays?: readonly string[];
};

export type LocationProfile = {
  readonly name: string;
  readonly kind: (typeof locationKinds)[number];
  readonly address: {
    readonly country: string;
    readonly postcode: string;
    readonly city?: string;
    readonly street?: string;
  } & Coordinates;
  /** IANA name, such as `Europe/London`. */
  readonly timeZone: string;
  readonly capabilities: readonly (typeof capabilities)[number][];
  readonly groups?: readonly string[];
  /** 1 is preferred to 2. */
  readonly priority?: number;
  readonly costs?: { readonly perParcel: MinorUnits; readonly perUnit: MinorUnits };
  readonly leadTimeHours?: number;
  /** Local time, `HH:MM`, after which an order counts as the next day's. */
  readonly cutOff?: string;
  readonly calendar?: OpeningCalendar;
  readonly capacity?: { readonly fulfilmentsPerDay: number };
};

/** What one SKU's stock is after an event: carried by the event, so that readers need no history to know it. */
export type StockBalance = { readonly sku: string; readonly onHand: Quantity; readonly reserved: Quantity };

// Stored format: names and fields are permanent.
export type StockLocationEvent =
  | {
      readonly type: 'LocationRegistered';
      readonly data: { readonly locationId: string; readonly profile: LocationProfile };
    }
  | {
      readonly type: 'LocationProfileChanged';
      readonly data: { readonly locationId: string; readonly profile: LocationProfile };
    }
  | { readonly type: 'LocationSuspended'; readonly data: { readonly locationId: string; readonly reason: string } }
  | { readonly type: 'LocationResumed'; readonly data: { readonly locationId: string } }
  | {
      readonly type: 'SafetyStockSet';
      readonly data: { readonly locationId: string; readonly sku: string; readonly quantity: Quantity };
    }
  | {
      readonly type: 'StockReceived';
      readonly data: {
        readonly locationId: string;
        readonly reference: string;
        readonly lines: readonly (StockBalance & { readonly quantity: Quantity })[];
      };
    }
  | {
      readonly type: 'StockAdjusted';
      readonly data: {
        readonly locationId: string;
        readonly reference: string;
        readonly reason: string;
        readonly lines: readonly (StockBalance & { readonly delta: number })[];
      };
    }
  | {
      readonly type: 'StockCounted';
      readonly data: {
        readonly locationId: string;
        readonly reference: string;
        /** `delta` is counted minus what was on hand before. */
        readonly lines: readonly (StockBalance & { readonly counted: Quantity; readonly delta: number })[];
      };
    }
  | { readonly type: 'StockReserved'; readonly data: ReservationChange }
  | { readonly type: 'ReservationReleased'; readonly data: ReservationChange }
  | { readonly type: 'StockIssued'; readonly data: ReservationChange }
  | { readonly type: 'ItemShortPicked'; readonly data: ReservationChange };

/** `lines[].quantity`: the units reserved, released, issued or not found. */
export type ReservationChange = {
  readonly locationId: string;
  /** The fulfilment that the reservation serves: they share one id. */
  readonly fulfilmentId: string;
  readonly orderId: string;
  readonly lines: readonly (StockBalance & { readonly quantity: Quantity })[];
};

export type Stock = { onHand: Quantity; reserved: Quantity; safetyStock: Quantity };

/** What decisions read. The maps are the fold's own and change in place. */
export type StockLocation = {
  status: 'unregistered' | 'active' | 'suspended';
  profile: LocationProfile | null;
  readonly stock: Map<string, Stock>;
  /** Open reservations: fulfilment id -> units still reserved. A closed one is forgotten. */
  readonly reservations: Map<string, readonly SkuQuantity[]>;
  /** `receipt:`, `adjustment:` and `count:` references seen, with the fingerprint of what they said. */
  readonly references: Map<string, string>;
};

export const initialStockLocation = (): StockLocation => ({
  status: 'unregistered',
  profile: null,
  stock: new Map(),
  reservations: new Map(),
  references: new Map(),
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
      state.references.set(referenceKey(event), movementFingerprint(event));
      return settleBalances(state, event.data.lines);
    case 'StockReserved':
      state.reservations.set(event.data.fulfilmentId, unitsOf(event.data.lines));
      return settleBalances(state, event.data.lines);
    case 'ReservationReleased':
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
  if (left.length === 0) state.reservations.delete(fulfilmentId);
  else state.reservations.set(fulfilmentId, left);
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

/** Short text that tells whether a repeated reference says the same as the first time. */
export const movementDigest = (lines: readonly (readonly [sku: string, figure: number])[]): string =>
  fingerprint(JSON.stringify(lines));

/** Units that may be promised to a customer: never negative. */
export const availableToPromise = ({ onHand, reserved, safetyStock }: Stock): Quantity =>
  Math.max(0, onHand - reserved - safetyStock);
