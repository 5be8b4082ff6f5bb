import type { Instant } from '../domain/values.ts';
import type { Projection } from './projection.ts';

/** An order that waits in a queue for somebody's decision. */
export type ParkedOrderDocument = {
  readonly orderId: string;
  readonly channelId: string;
  readonly queue: string;
  readonly reason: string;
  readonly since: Instant;
};

export const parkedOrders: Projection<ParkedOrderDocument> = {
  name: 'parked-orders',
  version: 1,
  streamPrefixes: ['order-'],
  indexes: [['queue', 'since'], ['channelId', 'since'], ['since']],
  ids: (event) => {
    switch (event.type) {
      case 'OrderParked':
      case 'OrderUnparked':
      case 'OrderCancelled':
        return [event.data.orderId];
      default:
        return [];
    }
  },
  evolve: (document, event) => {
    switch (event.type) {
      case 'OrderParked':
        return { ...event.data, since: event.metadata.recordedAt };
      case 'OrderUnparked':
      case 'OrderCancelled':
        return null;
      default:
        return document;
    }
  },
};
