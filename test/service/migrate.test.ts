import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Sealed } from '../../src/domain/order/order.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { createEventStoreDbEventStore } from '../../src/event-store/eventstoredb.ts';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { verifyLog } from '../../src/event-store/verify.ts';
import { collect } from '../contracts/event-store-examples.ts';
import { BUILD_MS, mongoServerMissing, startMongoServer } from '../peers/mongodb-server.ts';
import { orderRequest, place, readOrder, setUp } from '../support/api-examples.ts';
import { type PeerProcess, startPeer } from '../support/peer-process.ts';
import { type RunningService, startService } from '../support/running-service.ts';

/** Enough that the copy takes long enough to be killed in. */
const ORDERS = 150;
const customers = ['Ann Example', 'Bob Example', 'Cem Example'];
const KEY = { 'idempotency-key': 'before the move' };

type Ended = { readonly code: number | null; readonly output: string };

const begin = (...args: readonly string[]) => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts', 'migrate', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code ?? null, output }));
  return { child, ended };
};

const sourcefoldMigrate = (...args: readonly string[]): Promise<Ended> => begin(...args).ended;

const inLog = async (store: EventStore): Promise<number> => {
  for await (const _ of store.readAll({ direction: 'backwards', limit: 1 })) return (await verifyLog(store)).events;
  return 0;
};

/** Whose orders the service can open, in clear. */
const customersIn = async ({ service }: RunningService): Promise<readonly string[]> => {
  const names = new Set<string>();
  for await (const { type, data } of service.eventStore.readAll({ streamPrefixes: ['order-'] })) {
    if (type !== 'OrderPlaced') continue;
    const { personal } = JSON.parse(data) as { readonly personal: Sealed };
    const opened = await service.personalData.unseal(personal);
    if (opened?.customer?.name !== undefined) names.add(opened.customer.name);
  }
  return [...names].toSorted();
};

describe('sourcefold migrate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sourcefold-migrate-'));
  const dataDir = join(folder, 'data');
  let service: RunningService;
  let orderIds: readonly string[];
  let keptAnswer: string;
  let peers = 0;

  const startEmptyPeer = async (): Promise<PeerProcess> => {
    peers += 1;
    const peer = await startPeer(join(folder, `peer-${peers}.db`));
    onTestFinished(() => peer.kill());
    return peer;
  };

  const copyOfSource = (name: string): string => {
    const copy = join(folder, name);
    mkdirSync(copy);
    copyFileSync(join(dataDir, 'events.db'), join(copy, 'events.db'));
    return copy;
  };

  beforeAll(async () => {
    service = await startService(dataDir);
    await setUp(service.admin, { leeds: 500 });
    const numbers = Array.from({ length: ORDERS }, (_, number) => number);
    const placeOne = (number: number) => {
      const name = customers[number % customers.length] ?? '';
      return place(service.admin, `M-${number}`, { customer: { name, email: `${name.slice(0, 3)}@example.com` } });
    };
    orderIds = (await Promise.all(numbers.map(placeOne))).map(({ orderId }) => orderId);
    keptAnswer = (await service.admin.post('/v1/orders', orderRequest('M-kept'), KEY)).text;
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses a folder on which a service runs, and leaves the target empty', async () => {
    const peer = await startEmptyPeer();
    const { code, output } = await sourcefoldMigrate('--from', `sqlite:${dataDir}`, '--to', peer.url);
    expect(code).toBe(2);
    expect(output).toMatch(/events\.db is in use\. Stop every service/);
    const target = createEventStoreDbEventStore({ url: peer.url });
    expect(await inLog(target)).toBe(0);
    await target.close();
  });

  it('moves orders, keys and kept answers so that a service goes on there, though it is killed again and again', async () => {
    await service.stop();
    const peer = await startEmptyPeer();
    const args = ['--from', `sqlite:${dataDir}`, '--to', peer.url];
    const target = createEventStoreDbEventStore({ url: peer.url });
    const killedAt: number[] = [];
    for (let kill = 0; kill < 5; kill++) {
      const before = await inLog(target);
      const { child, ended } = begin(...args);
      while (child.exitCode === null && (await inLog(target)) <= before) await delay(5);
      child.kill('SIGKILL');
      await ended;
      killedAt.push(await inLog(target));
    }
    const { code, output } = await sourcefoldMigrate(...args);
    expect(output).toMatch(/in the same order, with the same digest/);
    expect(code).toBe(0);

    const here = createSqliteEventStore({ file: join(dataDir, 'events.db') });
    const total = await inLog(here);
    for (const events of killedAt) expect(events).toBeLessThan(total);
    const plain = async (store: EventStore) => (await collect(store.readAll())).map(({ position, ...event }) => event);
    expect(await plain(target)).toEqual(await plain(here));
    await here.close();
    await target.close();

    rmSync(join(dataDir, 'read-models.db'));
    expect(output).toContain(`Move ${join(dataDir, 'read-models.db')} away`);
    const moved = await startService(dataDir, { eventStoreUrl: peer.url });
    for (const orderId of orderIds.slice(0, 10))
      expect((await readOrder(moved.admin, { orderId })).status).toBe('allocated');
    expect((await moved.admin.post('/v1/orders', orderRequest('M-kept'), KEY)).text).toBe(keptAnswer);
    expect((await place(moved.admin, 'M-after')).status).toBe('allocated');
    expect(moved.errors).toEqual([]);
    await moved.stop();
    const again = await sourcefoldMigrate(...args);
    expect(again.output).toMatch(/A service has run on the target already/);
    expect(again.code).toBe(2);
  }, 120_000);

  it('goes back into a new folder with the keys of the old one, and not without them', async () => {
    const copy = copyOfSource('with-vault');
    const peer = await startEmptyPeer();
    expect((await sourcefoldMigrate('--from', `sqlite:${copy}`, '--to', peer.url)).code).toBe(0);
    const home = join(folder, 'new-home');
    const back = ['--from', peer.url, '--to', `sqlite:${home}`];
    const keyless = await sourcefoldMigrate(...back);
    expect(keyless).toMatchObject({
      code: 2,
      output: expect.stringMatching(/There is no .*vault\.db.*Say with --vault/),
    });
    const strange = join(folder, 'strange');
    await (await startService(strange, { eventStoreUrl: (await startEmptyPeer()).url })).stop();
    const wrong = await sourcefoldMigrate(...back, '--vault', `sqlite:${strange}`);
    expect(wrong).toMatchObject({
      code: 2,
      output: expect.stringMatching(/vault has no key of the first 151 sealed orders/),
    });
    const { code, output } = await sourcefoldMigrate(...back, '--vault', `sqlite:${copy}`);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/2 secrets, 4 customer-keys/) });
    expect(output).not.toContain('read-models.db');
    const returned = await startService(home);
    expect(await customersIn(returned)).toEqual(customers);
    await returned.stop();
  }, 60_000);

  it('leaves nothing behind in either folder when the server does not answer', async () => {
    const copy = copyOfSource('backup');
    const home = join(folder, 'not-made');
    const url = 'esdb://127.0.0.1:1?tls=false';
    const away = expect.stringMatching(/^A store did not answer/m);
    expect(await sourcefoldMigrate('--from', `sqlite:${copy}`, '--to', url)).toMatchObject({ code: 2, output: away });
    expect(readdirSync(copy)).toEqual(['events.db']);
    const back = ['--from', url, '--to', `sqlite:${home}`, '--vault', 'mongodb://127.0.0.1:1/none'];
    expect(await sourcefoldMigrate(...back)).toMatchObject({ code: 2, output: away });
    expect(existsSync(home)).toBe(false);
  }, 60_000);

  it('says where to go on from when the target dies, and goes on there', async () => {
    const copy = copyOfSource('dying');
    const peer = await startEmptyPeer();
    const args = ['--from', `sqlite:${copy}`, '--to', peer.url];
    await peer.kill();
    const away = await sourcefoldMigrate(...args);
    expect(away).toMatchObject({ code: 2, output: expect.stringMatching(/did not answer: .*Run it again to go on/) });
    await peer.restart();
    expect((await sourcefoldMigrate(...args)).code).toBe(0);
  }, 60_000);

  it('does not repeat a password in what it prints', async () => {
    const copy = copyOfSource('secretive');
    const peer = await startEmptyPeer();
    const url = peer.url.replace('//', '//admin:hunter2@');
    const { code, output } = await sourcefoldMigrate('--from', `sqlite:${copy}`, '--to', url);
    expect(code).toBe(0);
    expect(output).toContain('EVENT_STORE_URL=esdb://…@127.0.0.1');
    expect(output).not.toContain('hunter2');
  });

  it.each([
    [
      ['--from', 'sqlite:nowhere-at-all', '--to', 'esdb://127.0.0.1:1?tls=false'],
      /There is no event log in nowhere-at-all/,
    ],
    [['--from', 'esdb://a:1', '--to', 'esdb://b:1'], /One of --from and --to is sqlite:DATA_DIR/],
    [['--from', 'sqlite:a', '--to', 'mongodb://b'], /EVENT_STORE_URL: must begin with esdb/],
    [['--from', 'sqlite:a', '--to', 'esdb://b', '--vault', 'vault.db'], /--vault is mongodb:.*, or sqlite:FOLDER/],
  ])('says in a sentence what is wrong with %j', async (args, sentence) => {
    const { code, output } = await sourcefoldMigrate(...args);
    expect(output).toMatch(sentence);
    expect(code).toBe(2);
  });

  it.skipIf(mongoServerMissing !== null)(
    `moves there and back with keys in MongoDB, and opens personal data on both ends (${mongoServerMissing ?? 'mongo-java-server'})`,
    async () => {
      const mongo = await startMongoServer();
      onTestFinished(mongo.stop);
      const copy = copyOfSource('to-mongodb');
      const peer = await startEmptyPeer();
      const readStoreUrl = `${mongo.url}/moved`;
      const there = await sourcefoldMigrate('--from', `sqlite:${copy}`, '--to', peer.url, '--vault', readStoreUrl);
      expect(there).toMatchObject({
        code: 0,
        output: expect.stringMatching(/Vault: 2 secrets, 4 customer-keys, 1 idem/),
      });
      const moved = await startService(join(folder, 'unused'), { eventStoreUrl: peer.url, readStoreUrl });
      expect(await customersIn(moved)).toEqual(customers);
      expect((await moved.admin.post('/v1/orders', orderRequest('M-kept'), KEY)).text).toBe(keptAnswer);
      expect(moved.errors).toEqual([]);
      await moved.stop();
      const home = join(folder, 'home');
      const back = await sourcefoldMigrate('--from', peer.url, '--to', `sqlite:${home}`, '--vault', readStoreUrl);
      expect(back).toMatchObject({ code: 0 });
      const returned = await startService(home);
      expect(await customersIn(returned)).toEqual(customers);
      expect((await returned.admin.post('/v1/orders', orderRequest('M-kept'), KEY)).text).toBe(keptAnswer);
      await returned.stop();
    },
    BUILD_MS,
  );
});
