import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { demoLocations } from '../src/application/demo-locations.ts';
import type { CommandContext } from '../src/application/execute.ts';
import type { OrderRequest } from '../src/application/order-request.ts';
import { placeOrder } from '../src/application/place-order.ts';
import type { Service } from '../src/application/service.ts';
import { stableShare } from '../src/application/stable-hash.ts';
import { readConfig } from '../src/config.ts';
import { channelStream } from '../src/domain/channel.ts';
import type { OrderCommand } from '../src/domain/order/decide.ts';
import { orderStream } from '../src/domain/order/order.ts';
import { stockLocationStream } from '../src/domain/stock-location/stock-location.ts';
import type { OrderDocument } from '../src/projections/orders.ts';
import { startServer } from '../src/server.ts';
import { locationIds } from './network.ts';

const LOCATIONS = 50;
const SKUS = 200;
const CHANNEL = { name: 'Web', kind: 'web', currency: 'EUR' } as const;
const CARRIED = 0.3;
const MOST_OPENING_UNITS = 6;
const MOST_UNITS_RECEIVED = 10;
const AT_A_TIME = 16;
const ORDERS_PER_RECEIPT = 250;
const QUIET_MS = 150;
const PROJECTED_WITHIN_MS = 60_000;
const CANCELLED = 0.03;
const REJECTED = 0.01;
const DAY_MS = 86_400_000;

const ids = locationIds(LOCATIONS);
const skus = Array.from({ length: SKUS }, (_, index) => `SKU-${index}`);

const pick = <Item>(items: readonly Item[], seed: string): Item => {
  const item = items[Math.floor(stableShare(seed) * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
};

/** Mostly one line, some two to four; every second order with a day that was promised. */
const orderRequest = (number: number): OrderRequest => {
  const { address } = pick(demoLocations, `destination ${number}`).profile;
  const count = stableShare(`lines ${number}`) < 0.55 ? 1 : 2 + Math.floor(3 * stableShare(`more ${number}`));
  const wanted = new Set(Array.from({ length: count }, (_, line) => pick(skus, `sku ${number} ${line}`)));
  return {
    channelId: 'web',
    channelOrderNumber: `past-${number}`,
    destination: {
      country: address.country,
      postcode: address.postcode,
      latitude: address.latitude,
      longitude: address.longitude,
    },
    method: 'homeDelivery',
    ...(number % 2 === 0 ? {} : { deliverBy: new Date(Date.now() + 3 * DAY_MS).toISOString().slice(0, 10) }),
    lines: [...wanted].map((sku) => ({
      sku,
      quantity: 1 + Math.floor(2 * stableShare(`units ${number} ${sku}`)),
      unitPrice: 500 + Math.floor(5_000 * stableShare(`price ${sku}`)),
    })),
  };
};

/**
 * A log as a busy season leaves it: orders sourced as they came against stock that runs short, receipts in between that
 * fill what waits, customers who cancel and stores that reject.
 */
export const livePastOrders = async (dataDir: string, orders: number): Promise<readonly OrderDocument[]> => {
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error', DRAIN_MS: '0' });
  const { service, stop } = await startServer(config, pino({ level: 'error' }));
  await openNetwork(service);
  for (let first = 0; first < orders; first += ORDERS_PER_RECEIPT) {
    await receive(service, first);
    await atRest(service);
    await placeAll(service, first, Math.min(orders, first + ORDERS_PER_RECEIPT));
  }
  await atRest(service);
  const read = await allOrders(service);
  await stop();
  return read;
};

const context = (service: Service): CommandContext => {
  const commandId = service.newId();
  return { actor: 'bench', channel: 'web', commandId, correlationId: commandId, causationId: commandId };
};

const openNetwork = async (service: Service): Promise<void> => {
  await service.channels.execute(
    channelStream('web'),
    { type: 'DefineChannel', data: { channelId: 'web', profile: CHANNEL } },
    context(service),
  );
  for (const [index, locationId] of ids.entries()) {
    const profile = demoLocations[index % demoLocations.length]?.profile;
    if (profile === undefined) continue;
    const { capacity: _unlimited, ...rest } = profile;
    await service.locations.execute(
      stockLocationStream(locationId),
      { type: 'DefineLocation', data: { locationId, profile: rest } },
      context(service),
    );
    const lines = skus.flatMap((sku) =>
      stableShare(`carries ${locationId} ${sku}`) < CARRIED
        ? [{ sku, quantity: 1 + Math.floor(MOST_OPENING_UNITS * stableShare(`opening ${locationId} ${sku}`)) }]
        : [],
    );
    await service.locations.execute(
      stockLocationStream(locationId),
      { type: 'ReceiveStock', data: { locationId, reference: 'opening', lines } },
      context(service),
    );
  }
};

const receive = async (service: Service, number: number): Promise<void> => {
  const locationId = pick(ids, `receiving ${number}`);
  const some = skus.filter((sku) => stableShare(`received ${number} ${sku}`) < 0.3);
  const lines = some.map((sku) => ({
    sku,
    quantity: 1 + Math.floor(MOST_UNITS_RECEIVED * stableShare(`units in ${number} ${sku}`)),
  }));
  await service.locations.execute(
    stockLocationStream(locationId),
    { type: 'ReceiveStock', data: { locationId, reference: `receipt-${number}`, lines } },
    context(service),
  );
};

const liveThrough = async (service: Service, number: number): Promise<void> => {
  const { order } = await placeOrder(orderRequest(number), CHANNEL, {
    service,
    context: context(service),
    respondAsync: false,
  });
  const act = async (command: OrderCommand): Promise<void> => {
    const cause = context(service);
    await service.orders.execute(orderStream(order.orderId), command, cause);
    await service.process.advance(order.orderId, cause);
  };
  const fate = stableShare(`fate ${number}`);
  const reserved = order.fulfilments.find(({ status }) => status === 'reserved');
  if (fate < CANCELLED) {
    await act({ type: 'CancelOrder', data: { orderId: order.orderId, reason: 'customer' } });
  } else if (fate < CANCELLED + REJECTED && reserved !== undefined) {
    const { fulfilmentId } = reserved;
    const at = service.now().toISOString();
    await act({ type: 'RejectFulfilment', data: { orderId: order.orderId, fulfilmentId, reason: 'damaged', at } });
  }
};

const placeAll = async (service: Service, first: number, end: number): Promise<void> => {
  let next = first;
  const work = async (): Promise<void> => {
    while (next < end) await liveThrough(service, next++);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
};

const endOf = async ({ eventStore }: Service): Promise<string> => {
  for await (const { position } of eventStore.readAll({ direction: 'backwards', limit: 1 })) return position;
  return '';
};

/** Until nothing has been recorded for a while: months pass here in seconds, and stock that comes goes to those who wait. */
const atRest = async (service: Service): Promise<void> => {
  for (let before = '', now = await endOf(service); before !== now; before = now, now = await endOf(service))
    await setTimeout(QUIET_MS);
};

const allOrders = async (service: Service): Promise<readonly OrderDocument[]> => {
  await service.readModels.reached('orders', await endOf(service), PROJECTED_WITHIN_MS);
  const { items } = await service.readModels.find('orders', { limit: Number.MAX_SAFE_INTEGER });
  return items.map(({ body }) => body as OrderDocument);
};
