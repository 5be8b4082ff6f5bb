import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoLocations } from '../../src/application/demo-locations.ts';
import { openingStock } from '../../src/application/demo-network.ts';
import { readOrders } from '../../src/application/import-csv.ts';
import type { PlaceOrderBody } from '../../src/application/import-rows.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { verifyLog } from '../../src/event-store/verify.ts';
import { allProjections } from '../../src/projections/all.ts';
import { createProjector } from '../../src/projections/projector.ts';
import { createReadModels, type ReadModels } from '../../src/projections/read-models.ts';
import { openStores, type Stores } from '../../src/stores.ts';
import { BUILD_MS, type MongoServer, mongoServerMissing, startMongoServer } from '../peers/mongodb-server.ts';
import type { Client } from '../support/api-client.ts';
import { foldLog, halfDone } from '../support/log-laws.ts';
import { type PeerProcess, startPeer } from '../support/peer-process.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const FILE = fileURLToPath(new URL('../../examples/online-retail/online-retail.csv', import.meta.url));
const CHANNEL = 'online-retail';
/** All 236 take the MongoDB of the tests a minute or two. */
const ORDERS = Number(process.env.REAL_ORDERS ?? 40);
const CONCURRENCY = 8;
const PAGE = 1_000;
const LONGEST_PROJECTION_MS = 120_000;

const realOrders = async (): Promise<readonly PlaceOrderBody[]> => {
  const orders: PlaceOrderBody[] = [];
  for await (const item of readOrders(createReadStream(FILE), { channelId: CHANNEL })) {
    if (item.kind === 'order') orders.push(item.order);
    if (orders.length === ORDERS) break;
  }
  return orders;
};

/** What `npm run demo` does, as far as these orders need it; answers what became of each order. */
const runDemo = async (admin: Client): Promise<readonly number[]> => {
  await admin.put(`/v1/channels/${CHANNEL}`, { name: 'Online retail', kind: 'web', market: 'GB', currency: 'GBP' });
  for (const { id, profile } of demoLocations) await admin.put(`/v1/stock-locations/${id}`, profile);
  const orders = await realOrders();
  for (const { locationId, reference, lines } of openingStock(orders.flatMap(({ lines }) => lines)))
    await admin.post(`/v1/stock-locations/${locationId}/receipts`, { reference, lines });
  const left = [...orders];
  const statuses: number[] = [];
  const client = async (): Promise<void> => {
    for (let order = left.shift(); order !== undefined; order = left.shift())
      statuses.push((await admin.post('/v1/orders', order)).status);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  return statuses;
};

type Positions = ReadonlyMap<string, string>;

/** The same events, stream by stream at the same versions, in a log of another kind; answers where there each one stands. */
const copyLog = async (from: EventStore, to: EventStore): Promise<Positions> => {
  const positions = new Map<string, string>();
  for await (const { stream, version, position, ...event } of from.readAll())
    positions.set(position, (await to.append(stream, version - 1, [event])).position);
  return positions;
};

const endOf = async ({ readAll }: EventStore): Promise<string> => {
  const [last] = await Array.fromAsync(readAll({ direction: 'backwards', limit: 1 }));
  return last?.position ?? '';
};

/** Projects all of an embedded log. */
const project = async ({ eventStore, readStore }: Stores): Promise<ReadModels> => {
  const { decode } = createCodec({ newId: () => crypto.randomUUID() });
  const stop = new AbortController();
  const running = createProjector({ eventStore, readStore, decode, projections: allProjections }).run(stop.signal);
  const readModels = createReadModels({ readStore });
  await readModels.reached(null, await endOf(eventStore), LONGEST_PROJECTION_MS);
  stop.abort();
  await running;
  return readModels;
};

/** Each log has positions of its own, and some documents are named by them. */
const translated = <Value>(value: Value, positions: Positions): Value =>
  JSON.parse(JSON.stringify(value).replaceAll(/\d{40}/g, (position) => positions.get(position) ?? position));

const bodiesOf = async (readModels: ReadModels, name: string, positions: Positions): Promise<Map<string, unknown>> => {
  const bodies = new Map<string, unknown>();
  for (let after: { id: string } | undefined; ; ) {
    const { items } = await readModels.find(name, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const { id, body } of items) bodies.set(translated(id, positions), translated(body, positions));
    const last = items.at(-1);
    if (last === undefined) return bodies;
    after = { id: last.id };
  }
};

describe.skipIf(mongoServerMissing !== null)(
  `real orders on EventStoreDB and MongoDB${mongoServerMissing === null ? '' : ` (${mongoServerMissing})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'sourcefold-real-'));
    let peer: PeerProcess;
    let mongo: MongoServer;
    let running: RunningService;
    let statuses: readonly number[];
    let isProjected: boolean;
    let embedded: Stores;
    let positions: Positions;
    let models: { readonly remote: ReadModels; readonly embedded: ReadModels };

    beforeAll(async () => {
      peer = await startPeer(join(folder, 'log.db'));
      mongo = await startMongoServer();
      running = await startService(folder, { eventStoreUrl: peer.url, readStoreUrl: mongo.url });
      statuses = await runDemo(running.admin);
      const { eventStore, readModels } = running.service;
      isProjected = await readModels.reached(null, await endOf(eventStore), LONGEST_PROJECTION_MS);
      embedded = await openStores({ dataDir: join(folder, 'embedded') });
      positions = await copyLog(eventStore, embedded.eventStore);
      models = { remote: readModels, embedded: await project(embedded) };
    }, BUILD_MS + LONGEST_PROJECTION_MS);

    afterAll(async () => {
      await embedded.close();
      await running.stop();
      await mongo.stop();
      await peer.kill();
      rmSync(folder, { recursive: true });
    });

    it('are all placed, and come to rest', async () => {
      expect(statuses).toEqual(Array(ORDERS).fill(201));
      const log = await foldLog(running.service.eventStore);
      expect(log.orders.size).toBe(ORDERS);
      expect([halfDone(log), log.oversold]).toEqual([[], []]);
      expect((await verifyLog(running.service.eventStore)).problems).toEqual([]);
    });

    it('reach every read model', () => {
      expect(isProjected).toBe(true);
    });

    it.each(allProjections.map(({ name }) => name))('make the same %s as in the embedded stores', async (name) => {
      const there = await bodiesOf(models.remote, name, positions);
      const here = await bodiesOf(models.embedded, name, new Map());
      expect([...there.keys()].toSorted()).toEqual([...here.keys()].toSorted());
      for (const [id, body] of here) expect([id, there.get(id)]).toEqual([id, body]);
    });
  },
);
