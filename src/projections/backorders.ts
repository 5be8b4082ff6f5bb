import type { ProjectedEvent } from '../domain/event.ts';
import type { LineUnits } from '../domain/order/order.ts';
import type { Instant, Quantity } from '../domain/values.ts';
import type { Projection } from './projection.ts';
import { unitsOf } from './units-by-sku.ts';

/** What one order still waits for of one SKU, all its lines of that SKU together. */
export type BackorderDocument = {
  readonly orderId: string;
  readonly channelId: string;
  readonly sku: string;
  readonly quantity: Quantity;
  readonly since: Instant;
  /** When what then still waits is cancelled; absent: never. */
  readonly cancelAt?: Instant;
};

const backorderId = (orderId: string, sku: string): string => `${orderId}/${sku}`;

type Change = { readonly orderId: string; readonly units: readonly LineUnits[] };

const changeOf = (event: ProjectedEvent): Change | null => {
  switch (event.type) {
    case 'OrderBackordered':
      return { orderId: event.data.orderId, units: event.data.lines };
    case 'SourcingDecided':
    case 'LinesCancelled':
      return { orderId: event.data.orderId, units: event.data.fromBackorder };
    default:
      return null;
  }
};

export const backorders: Projection<BackorderDocument> = {
  name: 'backorders',
  version: 2,
  streamPrefixes: ['order-'],
  indexes: [['sku', 'since'], ['channelId', 'since'], ['since'], ['cancelAt']],
  ids: (event) => {
    const change = changeOf(event);
    if (change === null) return [];
    return [...new Set(change.units.map(({ sku }) => backorderId(change.orderId, sku)))];
  },
  evolve: (document, event, id) => {
    const change = changeOf(event);
    if (change === null) return document;
    const { orderId, units } = change;
    const sku = id.slice(backorderId(orderId, '').length);
    const quantity = unitsOf(units, sku);
    if (event.type !== 'OrderBackordered') {
      if (document === null || document.quantity <= quantity) return null;
      return { ...document, quantity: document.quantity - quantity };
    }
    const { channelId, cancelAt } = event.data;
    const until = cancelAt === undefined ? {} : { cancelAt };
    if (document !== null) return { ...document, quantity: document.quantity + quantity, ...until };
    if (quantity === 0) return null;
    return { orderId, channelId, sku, quantity, since: event.metadata.recordedAt, ...until };
  },
};
