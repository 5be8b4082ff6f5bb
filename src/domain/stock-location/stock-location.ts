import type { Coordinates, MinorUnits, Quantity, SkuQuantity } from '../values.ts';
import type { DayLoad } from './day-load.ts';
import type { References } from './references.ts';

/** The one place that names a location's stream (ADR 1 records the load test behind one stream per location). */
export const stockLocationStream = (locationId: string): string => `stockLocation-${locationId}`;

export const locationKinds = ['warehouse', 'store', 'darkStore', 'thirdParty', 'supplier'] as const;
export type LocationKind = (typeof locationKinds)[number];
export const capabilities = ['ship', 'pickup', 'shipToStore', 'returns'] as const;

export type OpeningCalendar = {
  /** ISO weekday numbers on which the location is closed: 1 = Monday … 7 = Sunday. */
  readonly closedWeekdays?: readonly number[];
  /** Dates (YYYY-MM-DD, in the location's time zone) on which it is closed. */
  readonly holidays?: readonly string[];
};

export type LocationProfile = {
  readonly name: string;
  readonly kind: LocationKind;
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
  /** `load`: of the day of dispatch, where it is known and the location states a capacity. */
  | { readonly type: 'StockReserved'; readonly data: ReservationChange & { readonly load?: DayLoad } }
  /** `load`: when nothing stays reserved, the fulfilment's place in its day is free again. */
  | {
      readonly type: 'ReservationReleased';
      readonly data: ReservationChange & { readonly load?: DayLoad; readonly cause?: ReleaseCause };
    }
  | { readonly type: 'StockIssued'; readonly data: ReservationChange }
  | { readonly type: 'ItemShortPicked'; readonly data: ReservationChange };

/** `rejected`: the location could not do it. Absent: the order does not need the units. */
export type ReleaseCause = 'rejected';

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
  /** Open reservations: fulfilment id -> units still reserved. */
  readonly reservations: Map<string, readonly SkuQuantity[]>;
  /** Open reservations that count in their day's load: fulfilment id -> day of dispatch. */
  readonly slots: Map<string, string>;
  /** Fulfilments promised by day of dispatch. One that is issued, or not found, has had its place: it goes on counting. */
  readonly load: Map<string, Quantity>;
  /** Fulfilments whose reservation was issued, given back or written off, newest last: it never opens again. */
  readonly closed: Set<string>;
  /** `receipt:`, `adjustment:` and `count:` references seen, with the fingerprint of what they said. */
  readonly references: References;
};

/** Units that may be promised to a customer: never negative. */
export const availableToPromise = ({ onHand, reserved, safetyStock }: Stock): Quantity =>
  Math.max(0, onHand - reserved - safetyStock);
