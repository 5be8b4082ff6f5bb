import type { Instant, MinorUnits, Position, Quantity } from '../values.ts';

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

export type PlannedFulfilment = {
  readonly fulfilmentId: string;
  readonly locationId: string;
  readonly lines: readonly LineUnits[];
  readonly cost: MinorUnits;
};

/** What sourcing saw of each location that could take part, by column: entry i of each array is one location. */
export type SourcingCandidates = {
  readonly locationId: readonly string[];
  readonly kilometres: readonly number[];
  /** Cost of a parcel from there, distance included. */
  readonly parcelCost: readonly MinorUnits[];
  readonly unitCost: readonly MinorUnits[];
  /** `available[sku][i]`: units that could be promised there, as the index knew it; SKUs as in `demand`. */
  readonly available: readonly (readonly Quantity[])[];
};

export type SourcingRecord = {
  readonly policy: { readonly version: number; readonly hash: string };
  /** The newest event the availability index had seen. */
  readonly logPosition: Position | null;
  /** The SKUs wanted, merged from the lines, in order of first appearance. */
  readonly demand: readonly { readonly sku: string; readonly quantity: Quantity }[];
  readonly candidates: SourcingCandidates;
  /** Locations that hold a wanted SKU but were not considered, and why. */
  readonly ruledOut: readonly { readonly locationId: string; readonly reason: string }[];
  readonly objective: MinorUnits;
  readonly bound: MinorUnits;
  readonly proven: boolean;
  readonly nodes: number;
  /** The best plan without at least one of the chosen locations; null when there is none, or when it would take long to find. */
  readonly runnerUp: { readonly locationIds: readonly string[]; readonly objective: MinorUnits } | null;
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
      }>;
    }
  | {
      readonly type: 'OrderParked';
      readonly data: Named<{ readonly channelId: string; readonly queue: string; readonly reason: string }>;
    }
  | { readonly type: 'OrderUnparked'; readonly data: Named<unknown> }
  | { readonly type: 'FulfilmentPicked'; readonly data: OfFulfilment }
  | { readonly type: 'FulfilmentShortPicked'; readonly data: OfFulfilment<{ readonly missing: readonly LineUnits[] }> }
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
  | { readonly type: 'FulfilmentRejected'; readonly data: OfFulfilment<{ readonly reason: string }> }
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

export type FulfilmentStatus =
  | 'planned'
  | 'reserved'
  | 'picked'
  | 'packed'
  | 'dispatched'
  | 'delivered'
  | 'refused'
  | 'rejected'
  | 'cancelled';

export type Fulfilment = {
  readonly fulfilmentId: string;
  readonly locationId: string;
  readonly status: FulfilmentStatus;
  readonly lines: readonly LineUnits[];
  readonly cost: MinorUnits;
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
  readonly currency: string | null;
  readonly destination: Destination;
  readonly lines: readonly (OrderLine & { readonly cancelled: Quantity })[];
  readonly fulfilments: readonly Fulfilment[];
  readonly backordered: readonly LineUnits[];
  readonly held: boolean;
  readonly parked: { readonly queue: string; readonly reason: string } | null;
  /** Somebody decided that it goes on: what it was parked for must not park it again. */
  readonly unparked?: true;
  readonly attempts: number;
  /** Attempts since the order last came to rest (backordered, parked): what the bound counts. */
  readonly attemptsInRound: number;
  /** What not to try again in this round; `sku` null: the whole location. */
  readonly excluded: readonly { readonly locationId: string; readonly sku: string | null }[];
  /** Stock effects still owed to locations, in order. */
  readonly pendingStock: readonly PendingStock[];
};

export type Order = { readonly status: 'unplaced' } | PlacedOrder;
