import type { OrderEvent } from '../domain/order/order.ts';
import type { Instant, Position } from '../domain/values.ts';
import { isOrderEvent } from './orders.ts';
import type { Document, Projection } from './projection.ts';
import { summaryOf } from './timeline-summary.ts';

/** One thing that happened to an order: what, when, by whom, and what caused it. */
export type TimelineDocument = {
  readonly orderId: string;
  readonly version: number;
  readonly position: Position;
  readonly at: Instant;
  readonly type: OrderEvent['type'];
  readonly actor: string;
  readonly causationId: string;
  readonly correlationId: string;
  readonly summary: string;
  readonly data: Document;
};

const VERSION_DIGITS = 10;

/** What is worth showing: without the sealed personal data, and without the bulk of the sourcing record. */
const shown = (event: OrderEvent): Document => {
  if (event.type === 'OrderPlaced') {
    const { orderId: _orderId, personal: _personal, contentDigest: _contentDigest, ...placed } = event.data;
    return placed;
  }
  if (event.type === 'SourcingDecided') {
    const { orderId: _orderId, record, ...decided } = event.data;
    const { policy, objective, bound, proven, runnerUp } = record;
    return { ...decided, policy, objective, bound, proven, runnerUp };
  }
  const { orderId: _orderId, ...data } = event.data;
  return data;
};

export const orderTimeline: Projection<TimelineDocument> = {
  name: 'order-timeline',
  version: 1,
  streamPrefixes: ['order-'],
  indexes: [['orderId']],
  writeOnce: true,
  ids: (event) =>
    isOrderEvent(event) ? [`${event.data.orderId}/${String(event.version).padStart(VERSION_DIGITS, '0')}`] : [],
  evolve: (document, event) => {
    if (!isOrderEvent(event)) return document;
    const { recordedAt, actor, causationId, correlationId } = event.metadata;
    return {
      orderId: event.data.orderId,
      version: event.version,
      position: event.position,
      at: recordedAt,
      type: event.type,
      actor,
      causationId,
      correlationId,
      summary: summaryOf(event),
      data: shown(event),
    };
  },
};
