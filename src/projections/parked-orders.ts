import type { Instant } from '../domain/values.ts';
import type { Projection } from './projection.ts';

/** An order that waits in a queue for somebody's decision. */
export type ParkedOrderDocument = {
  readonly orderId: string;
  readonly channelId: string;
  readonly queue: string;
  readonly reason: string;
  readonly since: Instant;
  /** When it is cancelled if it is parked still; absent: never. */
  readonly cancelAt?: Instant;
};

export const parkedOrders: Projection<ParkedOrderDocument> = {
  name: 'parked-orders',
  version: 2,
  streamPrefixes: ['order-'],
  indexes: [['queue', 'since'], ['channelId', 'since'], ['channelId', 'queue', 'since'], ['since'], ['cancelAt']],
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
