import type { Fulfilment, LineUnits, PlacedOrder } from './order.ts';
import { liveFulfilments } from './units.ts';

export const orderStatuses = [
  'placed',
  'allocated',
  'partlyAllocated',
  'backordered',
  'parked',
  'held',
  'inProgress',
  'completed',
  'cancelled',
] as const;

export type OrderStatus = (typeof orderStatuses)[number];

const sum = (lines: readonly { readonly quantity: number }[]): number =>
  lines.reduce((total, { quantity }) => total + quantity, 0);

const unitsIn = (fulfilments: readonly Fulfilment[], statuses: readonly string[]): number =>
  sum(fulfilments.filter(({ status }) => statuses.includes(status)).flatMap(({ lines }) => lines));

/** One word for where an order stands, as channels and operators know it. */
export const orderStatus = (order: PlacedOrder): OrderStatus => {
  if (order.status === 'cancelled') return 'cancelled';
  const wanted = order.lines.reduce((total, { quantity, cancelled }) => total + quantity - cancelled, 0);
  const live = liveFulfilments(order);
  if (unitsIn(live, ['delivered']) === wanted) return 'completed';
  if (order.held) return 'held';
  if (order.parked !== null) return 'parked';
  if (live.some(({ status }) => status !== 'planned' && status !== 'reserved')) return 'inProgress';
  const reserved = unitsIn(live, ['reserved']);
  if (reserved === wanted) return 'allocated';
  if (reserved > 0) return 'partlyAllocated';
  return sum(order.backordered) === wanted ? 'backordered' : 'placed';
};

export type OrderAnswer = {
  readonly orderId: string;
  readonly channelId: string;
  readonly channelOrderNumber: string;
  readonly status: OrderStatus;
  readonly version: number;
  readonly position: string;
  readonly placedAt: string;
  readonly method: string;
  readonly priority?: number;
  readonly deliverBy?: string;
  readonly currency: string | null;
  readonly lines: PlacedOrder['lines'];
  readonly fulfilments: readonly Fulfilment[];
  readonly backordered: readonly LineUnits[];
};

/** How every answer and every list shows an order. */
export const orderAnswer = (order: PlacedOrder, version: number, position: string): OrderAnswer => ({
  orderId: order.orderId,
  channelId: order.channelId,
  channelOrderNumber: order.channelOrderNumber,
  status: orderStatus(order),
  version,
  position,
  placedAt: order.placedAt,
  method: order.method,
  ...(order.priority === undefined ? {} : { priority: order.priority }),
  ...(order.deliverBy === undefined ? {} : { deliverBy: order.deliverBy }),
  currency: order.currency,
  lines: order.lines,
  fulfilments: order.fulfilments,
  backordered: order.backordered,
});
