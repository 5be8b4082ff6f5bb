import type { ProjectedEvent } from '../domain/event.ts';
import { evolveOrder, initialOrder } from '../domain/order/evolve.ts';
import { nextStep } from '../domain/order/next-step.ts';
import type { OrderEvent, PlacedOrder } from '../domain/order/order.ts';
import { type OrderStatus, orderStatus } from '../domain/order/status.ts';
import type { Instant } from '../domain/values.ts';
import type { Projection } from './projection.ts';

/** The order as its own decisions see it, under the status that channels and operators know. */
export type OrderDocument = Omit<PlacedOrder, 'status'> & {
  readonly status: OrderStatus;
  readonly version: number;
  readonly updatedAt: Instant;
  /** Since when the service has had something to do for it; null: nothing. Should not last. */
  readonly waitingSince: Instant | null;
};

/** The order again, as its own functions take it. */
export const orderOf = (document: OrderDocument): PlacedOrder => {
  const { version: _version, updatedAt: _updatedAt, waitingSince: _waitingSince, ...order } = document;
  return { ...order, status: order.status === 'cancelled' ? 'cancelled' : 'open' };
};

export type DomainOrderEvent = ProjectedEvent & OrderEvent;

/** Streams of stock locations have events with an order's id, too. */
export const isOrderEvent = (event: ProjectedEvent): event is DomainOrderEvent => event.stream.startsWith('order-');

export const orders: Projection<OrderDocument> = {
  name: 'orders',
  version: 3,
  streamPrefixes: ['order-'],
  indexes: [['placedAt'], ['channelId', 'placedAt'], ['status', 'placedAt'], ['waitingSince']],
  ids: (event) => (isOrderEvent(event) ? [event.data.orderId] : []),
  evolve: (document, event) => {
    if (!isOrderEvent(event)) return document;
    const order = evolveOrder(document === null ? initialOrder() : orderOf(document), event);
    if (order.status === 'unplaced') return document;
    return {
      ...order,
      status: orderStatus(order),
      version: event.version,
      updatedAt: event.metadata.recordedAt,
      waitingSince: nextStep(order) === null ? null : event.metadata.recordedAt,
    };
  },
};
