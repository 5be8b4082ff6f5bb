import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppendTooLarge, type EventStore, StoreUnavailable } from '../../src/event-store/event-store.ts';
import { createEventStoreDbEventStore } from '../../src/event-store/eventstoredb.ts';
import { UnusableAddress } from '../../src/event-store/unusable-address.ts';
import { verifyLog } from '../../src/event-store/verify.ts';
import { chained, collect, events, idsOf, takeUntil } from '../contracts/event-store-examples.ts';
import type { Peer } from '../peers/eventstoredb.ts';
import { createEventStoreDbWorld, type EventStoreDbWorld } from '../support/eventstoredb-world.ts';

describe('the event log in EventStoreDB', () => {
  let world: EventStoreDbWorld;
  let peer: Peer;
  let store: EventStore;
  let stop: AbortController;

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    peer = await world.startPeer();
    store = world.open(peer.url);
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await world.remove();
  });

  describe('as other clients see it', () => {
    it('holds JSON that the server can browse and project, with our envelope as its metadata', async () => {
      const data = '{"orderId":"7","at":1.50,"lines":[{"sku":"mug","quantity":2}]}';
      const [given] = chained('order-7', 0, [
        { type: 'OrderPlaced', schemaVersion: 2, data, metadata: '{"actor":"k1"}' },
      ]);
      await store.append('order-7', 0, given === undefined ? [] : [given]);
      const client = EventStoreDBClient.connectionString(peer.url);
      const found = [];
      for await (const { event } of client.readStream('order-7')) found.push(event);
      expect(found).toMatchObject([
        {
          id: given?.id,
          type: 'OrderPlaced',
          isJson: true,
          data: { orderId: '7', at: 1.5, lines: [{ sku: 'mug', quantity: 2 }] },
          metadata: { schemaVersion: 2, hash: given?.hash, metadata: { actor: 'k1' } },
        },
      ]);
      await client.dispose();
    });

    it('keeps the text byte for byte, so that hash chains verify', async () => {
      const texts = ['{ "a" : 1.0, "b": 1e3 }', '{"n":9007199254740993}', '{"é":"\\u00e9","a":1,"a":2}'];
      const given = chained(
        'order-1',
        0,
        texts.map((data) => ({ data, metadata: `{"x": ${data}}` })),
      );
      await store.append('order-1', 0, given);
      const found = await collect(store.readStream('order-1'));
      expect(found.map(({ data }) => data)).toEqual(texts);
      expect(await verifyLog(store)).toMatchObject({ events: 3, problemCount: 0 });
    });

    it('delivers what others put into our streams, for the reader to judge', async () => {
      const client = EventStoreDBClient.connectionString(peer.url);
      await client.appendToStream('order-1', jsonEvent({ type: 'Stray', data: { n: 1 } }));
      expect(await collect(store.readStream('order-1'))).toMatchObject([
        { type: 'Stray', schemaVersion: 0, data: '{"n":1}', metadata: '', hash: '', version: 1 },
      ]);
      expect(await verifyLog(store)).toMatchObject({ problems: [{ kind: 'hash-differs', stream: 'order-1' }] });
      await client.dispose();
    });

    it("leaves out the server's own streams, and goes past them", async () => {
      const client = EventStoreDBClient.connectionString(peer.url);
      const own = jsonEvent({ type: '$stats', data: {} });
      await client.appendToStream('$stats-1', own);
      await store.append('order-1', 0, events('order-1', 0, 1));
      await client.appendToStream('$$order-1', jsonEvent({ type: '$metadata', data: {} }));
      expect(await collect(store.readAll())).toHaveLength(1);
      expect(await collect(store.readAll({ direction: 'backwards', limit: 1 }))).toMatchObject([{ stream: 'order-1' }]);
      const batches = store.subscribe({ after: null, signal: stop.signal })[Symbol.asyncIterator]();
      expect(await takeUntil(batches, (_, { caughtUp }) => caughtUp)).toHaveLength(1);
      await client.dispose();
    });
  });

  describe('refuses', () => {
    it.each([
      ['a stream without a name', '', {}],
      ["a name that is the server's", '$order-1', {}],
      ['an id that is no UUID', 'order-1', { id: 'seven' }],
      ['an event without a type', 'order-1', { type: '' }],
    ])('%s', async (_, stream, example) => {
      await expect(store.append(stream, 0, chained(stream, 0, [example]))).rejects.toThrow(TypeError);
      expect(peer.calls('Append')).toBe(0);
    });

    it('an append that is larger than the server allows, and has written nothing', async () => {
      const data = JSON.stringify({ text: 'x'.repeat(600_000) });
      const given = chained('order-1', 0, [{ data }, { data }]);
      await expect(store.append('order-1', 0, given)).rejects.toThrow(AppendTooLarge);
      expect(await collect(store.readStream('order-1'))).toEqual([]);
    });

    it.each([
      ['a position of another kind of log', '0000000000000042'],
      ['a position beyond the end, as after an older log was restored', '9'.repeat(40)],
    ])('to subscribe after %s', async (_, after) => {
      await store.append('order-1', 0, events('order-1', 0, 1));
      const batches = store.subscribe({ after, signal: stop.signal })[Symbol.asyncIterator]();
      await expect(batches.next()).rejects.toThrow(RangeError);
    });
  });

  describe('a subscription', () => {
    it('reads no further than its consumer asks', async () => {
      for (let index = 0; index < 5; index += 1)
        await store.append(`order-${index}`, 0, events(`order-${index}`, 0, 200));
      const request = { after: null, batchSize: 50, signal: stop.signal };
      const batches = world.open(peer.url, { silenceMs: 60_000 }).subscribe(request)[Symbol.asyncIterator]();
      await batches.next();
      const before = peer.calls('Read');
      await store.append('order-9', 0, events('order-9', 0, 1));
      await new Promise((resolve) => setTimeout(resolve, 300));
      // What is read meanwhile is what is new, on behalf of all, and not the 950 events that wait, in 19 batches.
      expect(peer.calls('Read') - before).toBeLessThan(5);
      expect(await takeUntil(batches, (seen) => seen.length >= 951)).toHaveLength(951);
    });

    it('of an idle log asks for its end now and then, and for nothing else', async () => {
      const idle = world.open(peer.url, { silenceMs: 100 });
      await idle.append('order-1', 0, events('order-1', 0, 1));
      const batches = idle.subscribe({ after: null, signal: stop.signal })[Symbol.asyncIterator]();
      await takeUntil(batches, (_, { caughtUp }) => caughtUp);
      const next = batches.next();
      const before = peer.calls('Read');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const looks = peer.calls('Read') - before;
      expect(looks).toBeGreaterThan(2);
      expect(looks).toBeLessThan(14);
      stop.abort();
      await next;
    });

    it('shares one connection to the log with all others', async () => {
      const streams = ['a', 'b', 'c', 'd'];
      const followers = streams.map((name) =>
        store.subscribe({ after: null, streamPrefixes: [`${name}-`], signal: stop.signal })[Symbol.asyncIterator](),
      );
      await Promise.all(followers.map((batches) => takeUntil(batches, (_, { caughtUp }) => caughtUp)));
      for (const name of streams) await store.append(`${name}-1`, 0, events(`${name}-1`, 0, 1));
      const seen = await Promise.all(followers.map((batches) => takeUntil(batches, (all) => all.length > 0)));
      expect(seen.flat().map(({ stream }) => stream)).toEqual(['a-1', 'b-1', 'c-1', 'd-1']);
    });
  });
});

describe('the connection string of EventStoreDB', () => {
  it('is refused when it is none, without repeating the password that it may hold', () => {
    const open = () => createEventStoreDbEventStore({ url: 'esdb://admin:s3cret@host:port?tls=perhaps' });
    expect(open).toThrow(UnusableAddress);
    expect(open).not.toThrow(/s3cret/);
  });

  it.each(['a:0', 'a:65536', 'a:99999999', 'a:2113,b:99999999'])(
    'is refused with a port that cannot be: %s',
    (hosts) => {
      const open = () => createEventStoreDbEventStore({ url: `esdb://${hosts}?tls=false` });
      expect(open).toThrow(UnusableAddress);
      expect(open).toThrow(/^no such port: /);
      expect(open).not.toThrow(/99999999/);
    },
  );

  it('has its password in no warning either', () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    createEventStoreDbEventStore({ url: 'esdb://admin:s3cret@host:2113?tls=true&nonsense=1' });
    expect(warned.mock.calls.length).toBeGreaterThan(0);
    expect(JSON.stringify(warned.mock.calls)).not.toContain('s3cret');
    warned.mockRestore();
  });

  it('must not ask for another node than the leader', () => {
    const url = 'esdb://a:2113,b:2113?nodePreference=follower';
    expect(() => createEventStoreDbEventStore({ url })).toThrow(/leader/);
  });

  it('must name files that are there', () => {
    expect(() => createEventStoreDbEventStore({ url: 'esdb://a:2113?tlsCAFile=/no/such/file.pem' })).toThrow(
      /^tlsCAFile cannot be read: ENOENT.*file\.pem/,
    );
    const none = fileURLToPath(import.meta.url);
    expect(() => createEventStoreDbEventStore({ url: `esdb://a:2113?tlsCAFile=${none}` })).toThrow(
      /^not certificates and keys in PEM: \S+eventstoredb\.test\.ts/,
    );
  });

  it('may ask for no verification wherever it says so, and is then taken at its word without a warning', () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    for (const options of ['tlsVerifyCert=false', 'tls=true&tlsVerifyCert=false', 'tlsverifycert=false&tls=true'])
      createEventStoreDbEventStore({ url: `esdb://admin:s3cret@host:2113?${options}` });
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });
});

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

describe('EventStoreDB behind TLS', () => {
  let world: EventStoreDbWorld;
  let folder: string;
  let certificate: string;
  let peer: Peer;

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-'));
    if (!hasOpenssl) return;
    certificate = join(folder, 'certificate.pem');
    const key = join(folder, 'key.pem');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      certificate,
    ];
    execFileSync('openssl', ['req', '-x509', '-days', '1', ...made, ...subject], { stdio: 'ignore' });
    const tls = { key: readFileSync(key), certificate: readFileSync(certificate) };
    peer = await world.startPeer({ tls, login: { username: 'orders', password: 'p@ss word' } });
  });
  afterEach(async () => {
    await world.remove();
    rmSync(folder, { recursive: true });
  });

  const reason = hasOpenssl ? '' : ' (skipped: no openssl here)';
  const urlWith = (login: string, more = `&tlsCAFile=${encodeURIComponent(certificate)}`): string =>
    `esdb://${login}127.0.0.1:${peer.port}?tls=true${more}`;

  it.skipIf(!hasOpenssl)(`is written and followed with the credentials of the connection string${reason}`, async () => {
    const store = world.open(urlWith('orders:p%40ss%20word@'));
    const given = events('order-1', 0, 2);
    await store.append('order-1', 0, given);
    const stop = new AbortController();
    const batches = store.subscribe({ after: null, signal: stop.signal })[Symbol.asyncIterator]();
    expect(idsOf(await takeUntil(batches, (_, { caughtUp }) => caughtUp))).toEqual(idsOf(given));
    stop.abort();
  });

  it.skipIf(!hasOpenssl).each([
    ['the wrong password', 'orders:wrong@'],
    ['no login', ''],
  ])(`is unavailable with %s, and nothing was written${reason}`, async (_, login) => {
    const refused = world.open(urlWith(login)).append('order-1', 0, events('order-1', 0, 1));
    await expect(refused).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(refused).rejects.toMatchObject({ outcome: 'none' });
    await expect(refused).rejects.not.toThrow(/wrong/);
  });

  it.skipIf(!hasOpenssl)(`is unavailable when its certificate is not trusted${reason}`, async () => {
    const refused = world.open(urlWith('orders:p%40ss%20word@', '')).append('order-1', 0, events('order-1', 0, 1));
    await expect(refused).rejects.toMatchObject({ outcome: 'none', message: expect.stringMatching(/certificate/i) });
  });

  it.skipIf(!hasOpenssl)(
    `is believed whoever it is with tlsVerifyCert=false, as by other clients${reason}`,
    async () => {
      const store = world.open(urlWith('orders:p%40ss%20word@', '&tlsVerifyCert=false'));
      expect(await store.append('order-1', 0, events('order-1', 0, 1))).toMatchObject({ version: 1 });
      const elsewhere = `esdb://orders:p%40ss%20word@localhost:${peer.port}?tlsVerifyCert=false`;
      expect(await collect(world.open(elsewhere).readStream('order-1'))).toHaveLength(1);
    },
  );
});
