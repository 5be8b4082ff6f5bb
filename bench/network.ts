import { demoLocations } from '../src/application/demo-locations.ts';
import { BENCH_SECRET } from './service.ts';

/** So many locations, spread over the demo network's cities. */
export const locationIds = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `location-${index}`);

const LINES_PER_RECEIPT = 500;

export const send = async (url: string, method: string, path: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${BENCH_SECRET}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
};

/** Locations, one channel, and stock: `stock(locationId index)` names the SKUs there, each with plenty of units. */
export const setUpNetwork = async (
  url: string,
  count: number,
  stock: (index: number) => readonly string[],
): Promise<void> => {
  await send(url, 'PUT', '/v1/channels/web', { name: 'Web', kind: 'web', currency: 'EUR' });
  for (const [index, id] of locationIds(count).entries()) {
    // Nothing but stock limits what a location takes: a full day would turn the rest of the orders away unsourced.
    const profile = { ...demoLocations[index % demoLocations.length]?.profile, capacity: undefined };
    await send(url, 'PUT', `/v1/stock-locations/${id}`, { ...profile, capabilities: ['ship'] });
    const skus = stock(index);
    for (let start = 0; start < skus.length; start += LINES_PER_RECEIPT) {
      const lines = skus.slice(start, start + LINES_PER_RECEIPT).map((sku) => ({ sku, quantity: 1_000_000 }));
      await send(url, 'POST', `/v1/stock-locations/${id}/receipts`, { reference: `opening-${start}`, lines });
    }
  }
};

let orders = 0;

export const orderOf = (skus: readonly string[]) => {
  orders += 1;
  return {
    channelId: 'web',
    channelOrderNumber: `bench-${process.pid}-${orders}`,
    customer: { name: `Customer ${orders}`, email: `customer-${orders}@example.com` },
    destination: { country: 'GB', postcode: 'LS1 1AA', city: 'Leeds', street: `${orders} High Street` },
    method: 'homeDelivery',
    lines: skus.map((sku) => ({ sku, quantity: 1, unitPrice: 1_000 })),
  };
};
