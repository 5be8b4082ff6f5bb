import type { DomainEvent } from '../domain/event.ts';
import { reservationInDoubt } from '../domain/order/next-step.ts';
import { orderStream } from '../domain/order/order.ts';
import { restockedSkus } from '../domain/stock-location/restocked.ts';
import type { Position, SkuQuantity } from '../domain/values.ts';
import type { Codec } from '../event-store/codec.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';
import { metadataSchema } from '../event-store/schemas.ts';
import type { ReservationInDoubt, StepContext } from './fulfilment-process.ts';

type Newest = Pick<RecordedEvent, 'id' | 'version' | 'metadata'>;

/** What a batch of events asks of the fulfilment process: a small part of the events, so that these need not be kept. */
export type DueWork = {
  /** The orders that something happened to, each once, with the newest event of theirs. */
  readonly orders: readonly (Newest & { readonly orderId: string })[];
  readonly inDoubt: readonly {
    readonly reservation: ReservationInDoubt;
    readonly reserved: readonly SkuQuantity[] | null;
    readonly cause: StepContext;
  }[];
  /** Orders that have begun to wait, or are let go on: what they wait for may have come before that. */
  readonly reconsidered: readonly Reconsidered[];
  readonly freed: readonly Freed[];
};

/** `skus`: what it waits for; null: what it waited for before. */
export type Reconsidered = {
  readonly orderId: string;
  readonly skus: readonly string[] | null;
  readonly cause: StepContext;
};

/** Units of SKUs; all that a location holds; a place among the fulfilments of its day. */
type WhatCameFree = { readonly skus: readonly string[] } | { readonly stockOf: string } | { readonly placeAt: string };

export type Freed = WhatCameFree & { readonly position: Position; readonly cause: StepContext };

/** Reads no more events than it must: what cannot be read asks for nothing. */
export const dueWorkOf = (events: readonly RecordedEvent[], decode: Codec['decode']): DueWork => {
  const read = (recorded: RecordedEvent): readonly DomainEvent[] => {
    const decoded = decode(recorded);
    return decoded.ok ? [decoded.event] : [];
  };
  const others = events.filter(({ type }) => !OF_THEIR_ORDER_ALONE.has(type)).flatMap(read);
  return {
    orders: newestOfOrders(events),
    inDoubt: others.flatMap((event) => {
      const reservation = reservationInDoubt(event);
      const reserved = event.type === 'StockReserved' ? event.data.lines : null;
      return reservation === null ? [] : [{ reservation, reserved, cause: causedBy(event) }];
    }),
    reconsidered: others.flatMap(reconsideredAfter),
    freed: others.flatMap((event) =>
      freedBy(event).map((what) => ({ ...what, position: event.position, cause: causedBy(event) })),
    ),
  };
};

export const causedBy = ({ id, metadata }: Pick<DomainEvent, 'id' | 'metadata'>): StepContext => ({
  actor: 'system:fulfilment',
  channel: metadata.channel,
  correlationId: metadata.correlationId,
  causationId: id,
});

/** The same of an event that was not read for the rest of it: most orders are at rest by the time they are looked at. */
export const causedByNewest = ({ id, metadata }: Newest): StepContext =>
  causedBy({ id, metadata: metadataSchema.parse(JSON.parse(metadata)) });

const newestOfOrders = (events: readonly RecordedEvent[]): DueWork['orders'] => {
  const prefix = orderStream('');
  const newest = new Map<string, Newest>();
  for (const { stream, id, version, metadata } of events)
    if (stream.startsWith(prefix)) newest.set(stream.slice(prefix.length), { id, version, metadata });
  return [...newest].map(([orderId, event]) => ({ orderId, ...event }));
};

/** What every order goes through: it frees no stock and puts no reservation in doubt, so most of it need not be read. */
const OF_THEIR_ORDER_ALONE: ReadonlySet<string> = new Set<DomainEvent['type']>([
  'OrderPlaced',
  'SourcingDecided',
  'FulfilmentReserved',
]);

const reconsideredAfter = (event: DomainEvent): readonly Reconsidered[] => {
  switch (event.type) {
    case 'OrderBackordered':
      return [{ orderId: event.data.orderId, skus: event.data.lines.map(({ sku }) => sku), cause: causedBy(event) }];
    case 'OrderReleased':
    case 'OrderUnparked':
      return [{ orderId: event.data.orderId, skus: null, cause: causedBy(event) }];
    default:
      return [];
  }
};

const freedBy = (event: DomainEvent): readonly WhatCameFree[] => {
  switch (event.type) {
    case 'StockReceived':
    case 'StockAdjusted':
    case 'StockCounted': {
      const skus = restockedSkus(event);
      return skus.length === 0 ? [] : [{ skus }];
    }
    case 'ReservationReleased': {
      const { locationId, lines, load } = event.data;
      const skus = lines.map(({ sku }) => sku);
      return load === undefined ? [{ skus }] : [{ skus }, { placeAt: locationId }];
    }
    case 'SafetyStockSet':
      return [{ skus: [event.data.sku] }];
    case 'LocationResumed':
    case 'LocationProfileChanged':
      return [{ stockOf: event.data.locationId }];
    default:
      return [];
  }
};
