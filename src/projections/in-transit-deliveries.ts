import type { LineUnits } from '../domain/order/order.ts';
import type { Instant } from '../domain/values.ts';
import type { Projection } from './projection.ts';

/** A parcel on its way to the customer. */
export type DeliveryDocument = {
  readonly orderId: string;
  readonly fulfilmentId: string;
  readonly channelId: string;
  readonly locationId: string;
  readonly country: string;
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly dispatchedAt: Instant;
  readonly lines: readonly LineUnits[];
};

export const inTransitDeliveries: Projection<DeliveryDocument> = {
  name: 'in-transit-deliveries',
  version: 1,
  streamPrefixes: ['order-'],
  indexes: [
    ['dispatchedAt'],
    ['channelId', 'dispatchedAt'],
    ['locationId', 'dispatchedAt'],
    ['country', 'dispatchedAt'],
    ['carrier', 'dispatchedAt'],
  ],
  ids: (event) =>
    event.type === 'FulfilmentDispatched' || event.type === 'FulfilmentDelivered' ? [event.data.fulfilmentId] : [],
  evolve: (document, event) => {
    switch (event.type) {
      case 'FulfilmentDispatched':
        return { ...event.data, dispatchedAt: event.metadata.recordedAt };
      case 'FulfilmentDelivered':
        return null;
      default:
        return document;
    }
  },
};
