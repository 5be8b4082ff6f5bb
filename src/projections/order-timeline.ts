import type { OrderEvent } from '../domain/order/order.ts';
import type { Instant, Position } from '../domain/values.ts';
import type { DomainOrderEvent } from './orders.ts';
import type { Document } from './projection.ts';
import { summaryOf } from './timeline-summary.ts';

/** One thing that happened to an order: what, when, by whom, and what caused it. */
export type TimelineEntry = {
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

/** What is worth showing: without the sealed personal data, and without the bulk of the sourcing record. */
const shown = (event: OrderEvent): Document => {
  if (event.type === 'OrderPlaced') {
    const { orderId: _orderId, personal: _personal, contentDigest: _contentDigest, ...placed } = event.data;
    return placed;
  }
  if (event.type === 'SourcingDecided') {
    const { orderId: _orderId, record, ...decided } = event.data;
    const passes = record.passes.map(({ route, objective, bound, proven, runnerUp }) => ({
      route,
      objective,
      bound,
      proven,
      runnerUp,
    }));
    return { ...decided, policy: record.policy, passes };
  }
  const { orderId: _orderId, ...data } = event.data;
  return data;
};

/**
 * An event as the timeline shows it. The timeline of one order is short and its stream is at hand, so it is folded when
 * somebody asks: storing it would double what the read store writes for every order (ADR 4).
 */
export const timelineEntry = (event: DomainOrderEvent): TimelineEntry => {
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
};
