import type { DomainEvent } from '../domain/event.ts';
import { reservationInDoubt } from '../domain/order/next-step.ts';
import { orderStream } from '../domain/order/order.ts';
import type { SkuQuantity } from '../domain/values.ts';
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
  /** Events that may have made units available. */
  readonly freeing: readonly DomainEvent[];
};

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
    freeing: others.filter(mayFree),
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

const nobodys = (): readonly string[] => ['any'];

const mayFree = (event: DomainEvent): boolean => freedSkus(event, nobodys).length > 0;

/** SKUs of which the event may have made units available. A new backorder counts: stock may have come just before it. */
export const freedSkus = (event: DomainEvent, skusAt: (locationId: string) => readonly string[]): readonly string[] => {
  switch (event.type) {
    case 'StockReceived':
    case 'ReservationReleased':
      return event.data.lines.map(({ sku }) => sku);
    case 'StockAdjusted':
    case 'StockCounted':
      return event.data.lines.filter(({ delta }) => delta > 0).map(({ sku }) => sku);
    case 'SafetyStockSet':
      return [event.data.sku];
    case 'LocationResumed':
    case 'LocationProfileChanged':
      return skusAt(event.data.locationId);
    case 'OrderBackordered':
      return event.data.lines.map(({ sku }) => sku);
    default:
      return [];
  }
};
