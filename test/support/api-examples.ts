import type { z } from 'zod';
import { inventoryItem, orderAnswer } from '../../src/api/answers.ts';
import type { locationProfile, newOrder } from '../../src/api/schemas.ts';
import type { Answer, Client } from './api-client.ts';

export type Order = z.output<typeof orderAnswer>;
type OrderRequest = z.input<typeof newOrder>;

/** Two teapots for London, from the channel `web-uk`. */
export const orderRequest = (channelOrderNumber: string, overrides: Partial<OrderRequest> = {}): OrderRequest => ({
  channelId: 'web-uk',
  channelOrderNumber,
  destination: { country: 'GB', postcode: 'SW1A 1AA' },
  method: 'homeDelivery',
  lines: [{ sku: 'teapot', quantity: 2, unitPrice: 1_250 }],
  ...overrides,
});

export const locationRequest = (
  overrides: Partial<z.input<typeof locationProfile>> = {},
): z.input<typeof locationProfile> => ({
  name: 'Leeds warehouse',
  kind: 'warehouse',
  address: { country: 'GB', postcode: 'LS1 4AP', latitude: 53.8, longitude: -1.55 },
  timeZone: 'Europe/London',
  capabilities: ['ship', 'returns'],
  costs: { perParcel: 350, perUnit: 20 },
  ...overrides,
});

/** Channels and locations, and so many teapots at each location. */
export const setUp = async (admin: Client, teapots: Readonly<Record<string, number>>): Promise<void> => {
  await admin.put('/v1/channels/web-uk', { name: 'Web shop UK', kind: 'web', currency: 'GBP' });
  await admin.put('/v1/channels/web-de', { name: 'Web shop DE', kind: 'web', currency: 'EUR' });
  for (const [locationId, quantity] of Object.entries(teapots)) {
    await admin.put(`/v1/stock-locations/${locationId}`, locationRequest({ name: locationId }));
    if (quantity > 0) await receive(admin, locationId, quantity);
  }
};

let receipts = 0;

export const receive = (admin: Client, locationId: string, quantity: number, sku = 'teapot'): Promise<Answer> => {
  receipts += 1;
  const lines = [{ sku, quantity }];
  return admin.post(`/v1/stock-locations/${locationId}/receipts`, { reference: `R-${receipts}`, lines });
};

export const place = async (client: Client, number: string, overrides?: Partial<OrderRequest>): Promise<Order> =>
  (await client.post('/v1/orders', orderRequest(number, overrides))).as(orderAnswer);

export const readOrder = async (client: Client, { orderId }: Pick<Order, 'orderId'>): Promise<Order> =>
  (await client.get(`/v1/orders/${orderId}`)).as(orderAnswer);

/** The path of the order's fulfilment that is not over, with a stage. */
export const fulfilmentPath = ({ orderId, fulfilments }: Order, stage: string, locationId?: string): string => {
  const live = fulfilments.filter(({ status }) => status !== 'rejected' && status !== 'cancelled');
  const found = live.find((one) => locationId === undefined || one.locationId === locationId);
  if (found === undefined) throw new Error(`order ${orderId} has no fulfilment`);
  return `/v1/orders/${orderId}/fulfilments/${found.fulfilmentId}/${stage}`;
};

/** On hand, reserved and available of a SKU, by location. */
export const stockOf = async (client: Client, sku = 'teapot'): Promise<Record<string, readonly number[]>> => {
  const items = (await client.get(`/v1/inventory?sku=${encodeURIComponent(sku)}&limit=200`)).items(inventoryItem);
  return Object.fromEntries(
    items.map(({ locationId, onHand, reserved, available }) => [locationId, [onHand, reserved, available]]),
  );
};

/** Waits until it is so: for what follows from the log. */
export const eventually = async <Value>(
  read: () => Promise<Value>,
  isSo: (value: Value) => boolean,
): Promise<Value> => {
  const until = performance.now() + 5_000;
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
    if (performance.now() > until) throw new Error(`still not so: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
