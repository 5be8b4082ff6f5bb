import type { SourcingRecord } from '../sourcing/record.ts';
import type { Instant, MinorUnits, Quantity } from '../values.ts';

export const orderStream = (orderId: string): string => `order-${orderId}`;

export type OrderLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: Quantity;
  /** In the order's currency; null when the channel did not say. */
  readonly unitPrice: MinorUnits | null;
};

/** Some units of one line. */
export type LineUnits = { readonly lineId: string; readonly sku: string; readonly quantity: Quantity };

/** What sourcing may know of where an order goes: never the street, never the full postcode. */
export type Destination = {
  readonly country: string;
  readonly postcodeArea: string | null;
  /** Two decimals at most (about a kilometre); null when the destination could not be placed. */
  readonly latitude: number | null;
  readonly longitude: number | null;
};

/** Personal data, sealed with the key of `subject`. Erasing that key erases the person. */
export type Sealed = { readonly subject: string; readonly box: string };

/** Units that a location rejected, or did not find: they are looked for elsewhere. `at` null: nobody noted when. */
export type Declined = { readonly locationId: string; readonly sku: string; readonly at: Instant | null };

export type PlannedFulfilment = {
  readonly fulfilmentId: string;
  readonly locationId: string;
  readonly lines: readonly LineUnits[];
  readonly cost: MinorUnits;
  /** `YYYY-MM-DD`, of the location. */
  readonly dispatchDay?: string;
  readonly deliveryDay?: string;
  /** The location is to refuse it when the day's capacity is used up. */
  readonly withinCapacity?: boolean;
};

type Named<Data> = { readonly orderId: string } & Data;
type OfFulfilment<Data = unknown> = Named<{ readonly fulfilmentId: string; readonly locationId: string } & Data>;

/** What must still happen to a fulfilment's stock at its location after the order changed its mind or moved on. */
export type StockEffect = 'issue' | 'release' | 'writeOff';

// Stored format: names and fields are permanent.
export type OrderEvent =
  | {
      readonly type: 'OrderPlaced';
      readonly data: Named<{
        readonly channelId: string;
        readonly channelOrderNumber: string;
        readonly placedAt: Instant;
        readonly method: string;
        /** Of the channel, as the order was placed. */
        readonly market?: string;
        /** 1 is the most urgent. */
        readonly priority?: number;
        /** `YYYY-MM-DD`: when the customer was promised everything. */
        readonly deliverBy?: string;
        readonly currency: string | null;
        readonly destination: Destination;
        readonly personal: Sealed | null;
        /** SHA-256 of the order's impersonal content: tells a repeated order from a different one. */
        readonly contentDigest: string;
        readonly lines: readonly OrderLine[];
      }>;
    }
  | {
      readonly type: 'SourcingDecided';
      readonly data: Named<{
        readonly attempt: number;
        readonly fulfilments: readonly PlannedFulfilment[];
        /** Units that were on backorder and are in this decision. */
        readonly fromBackorder: readonly LineUnits[];
        readonly record: SourcingRecord;
      }>;
    }
  | { readonly type: 'FulfilmentReserved'; readonly data: OfFulfilment }
  | {
      readonly type: 'FulfilmentRefused';
      readonly data: OfFulfilment<{ readonly code: string; readonly shortSkus: readonly string[] }>;
    }
  | {
      readonly type: 'OrderBackordered';
      readonly data: Named<{
        readonly channelId: string;
        readonly reason: string;
        readonly lines: readonly LineUnits[];
        /** When whatever then still waits is cancelled; absent: it waits for good. */
        readonly cancelAt?: Instant;
      }>;
    }
  | {
      readonly type: 'OrderParked';
      readonly data: Named<{
        readonly channelId: string;
        readonly queue: string;
        readonly reason: string;
        /** As in `OrderBackordered`. */
        readonly cancelAt?: Instant;
      }>;
    }
  | { readonly type: 'OrderUnparked'; readonly data: Named<unknown> }
  | { readonly type: 'FulfilmentPicked'; readonly data: OfFulfilment }
  | {
      readonly type: 'FulfilmentShortPicked';
      readonly data: OfFulfilment<{ readonly missing: readonly LineUnits[]; readonly at?: Instant }>;
    }
  | { readonly type: 'FulfilmentPacked'; readonly data: OfFulfilment }
  | {
      readonly type: 'FulfilmentDispatched';
      readonly data: OfFulfilment<{
        readonly channelId: string;
        readonly country: string;
        readonly carrier: string;
        readonly trackingNumber: string;
        readonly lines: readonly LineUnits[];
      }>;
    }
  | { readonly type: 'FulfilmentDelivered'; readonly data: OfFulfilment }
  | {
      readonly type: 'FulfilmentRejected';
      readonly data: OfFulfilment<{ readonly reason: string; readonly at?: Instant }>;
    }
  /** The location has done what the order asked of its stock. */
  | { readonly type: 'FulfilmentStockSettled'; readonly data: OfFulfilment<{ readonly effect: StockEffect }> }
  | { readonly type: 'OrderHeld'; readonly data: Named<{ readonly reason: string }> }
  | { readonly type: 'OrderReleased'; readonly data: Named<unknown> }
  | {
      readonly type: 'LinesCancelled';
      readonly data: Named<{
        readonly reason: string;
        readonly lines: readonly LineUnits[];
        /** How many of them were on backorder, and how many come off which fulfilment. */
        readonly fromBackorder: readonly LineUnits[];
        readonly fromFulfilments: readonly { readonly fulfilmentId: string; readonly lines: readonly LineUnits[] }[];
      }>;
    }
  | { readonly type: 'OrderCancelled'; readonly data: Named<{ readonly reason: string }> };

type Decision = Extract<OrderEvent, { type: 'SourcingDecided' }>;

/** What an order's state is made of: of a decision, all but the record of how it came about. */
export type FoldedOrderEvent =
  | Exclude<OrderEvent, Decision>
  | { readonly type: Decision['type']; readonly data: Omit<Decision['data'], 'record'> };

export const fulfilmentStatuses = [
  'planned',
  'reserved',
  'picked',
  'packed',
  'dispatched',
  'delivered',
  'refused',
  'rejected',
  'cancelled',
] as const;

export type FulfilmentStatus = (typeof fulfilmentStatuses)[number];

/** `lines`: what it is for; of one that is over, what it was for when it ended. */
export type Fulfilment = PlannedFulfilment & {
  readonly status: FulfilmentStatus;
  /** What its picker did not find; absent: nobody missed anything. */
  readonly missing?: readonly LineUnits[];
  readonly shipment: { readonly carrier: string; readonly trackingNumber: string } | null;
};

export type PendingStock = {
  readonly fulfilmentId: string;
  readonly locationId: string;
  readonly effect: StockEffect;
  /** The units that stay reserved there afterwards. */
  readonly keep: readonly LineUnits[];
};

export type PlacedOrder = {
  readonly status: 'open' | 'cancelled';
  readonly orderId: string;
  readonly channelId: string;
  readonly channelOrderNumber: string;
  readonly contentDigest: string;
  readonly placedAt: Instant;
  readonly method: string;
  readonly market?: string;
  readonly priority?: number;
  readonly deliverBy?: string;
  readonly currency: string | null;
  readonly destination: Destination;
  readonly lines: readonly (OrderLine & { readonly cancelled: Quantity })[];
  readonly fulfilments: readonly Fulfilment[];
  readonly backordered: readonly LineUnits[];
  /** When whatever then still waits, on backorder or parked, is cancelled; absent: it waits for good. */
  readonly waitsUntil?: Instant;
  readonly held: boolean;
  readonly parked: { readonly queue: string; readonly reason: string } | null;
  /** Somebody decided that it goes on: what it was parked for must not park it again. */
  readonly unparked?: true;
  readonly attempts: number;
  /** Attempts since the order last came to rest (backordered, parked): what the bound counts. */
  readonly attemptsInRound: number;
  /** Where reservations were refused, and so not to be tried again in this round; `sku` null: the whole location. */
  readonly excluded: readonly { readonly locationId: string; readonly sku: string | null }[];
  /** Not to be tried again before more of the SKU has come in there, round or no round. Each location and SKU once. */
  readonly declined: readonly Declined[];
  /** Stock effects still owed to locations, in order. */
  readonly pendingStock: readonly PendingStock[];
};

export type Order = { readonly status: 'unplaced' } | PlacedOrder;
