import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroundsMissing, StoreUnavailable, VersionConflict } from '../src/event-store/event-store.ts';
import { ReadStoreUnavailable } from '../src/projections/read-store.ts';
import { createSqliteReadStore } from '../src/projections/sqlite.ts';
import { createThreadedStores, type ThreadedStores } from '../src/sqlite-threaded.ts';
import { eventStoreContract } from './contracts/event-store.ts';
import { collect, events, takeUntil } from './contracts/event-store-examples.ts';
import { readStoreContract } from './contracts/read-store.ts';

const never = new AbortController().signal;

eventStoreContract('SQLite with a writing thread', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sourcefold-'));
  const opened: ThreadedStores[] = [];
  const open = () => {
    const stores = createThreadedStores(join(folder, 'events.db'));
    opened.push(stores);
    return stores.eventStore;
  };
  return {
    store: open(),
    reopen: async () => open(),
    cleanup: async () => {
      for (const { eventStore } of opened) await eventStore.close();
      await rm(folder, { recursive: true });
    },
  };
});

readStoreContract('documents in the file of a log with a writing thread', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sourcefold-'));
  const file = join(folder, 'events.db');
  const { eventStore, documents } = createThreadedStores(file);
  return {
    // The log's owner closes the file.
    store: { ...documents, close: eventStore.close },
    another: async () => createSqliteReadStore({ file }),
    remove: async () => {
      await eventStore.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('the SQLite log with a writing thread', () => {
  let folder: string;
  let stores: ThreadedStores;
  let thread: Worker;
  const stream = 'order-1';
  const key = (id: string) => ({ id, position: '0', body: { id } });
  const open = (): ThreadedStores => createThreadedStores(join(folder, 'events.db'));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sourcefold-'));
    const started = once(process, 'worker');
    stores = open();
    thread = (await started)[0];
    await stores.documents.ensure({ name: 'keys', indexes: [] });
  });
  afterEach(async () => {
    await stores.eventStore.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('does all that it was asked before it closes, however often it is told to', async () => {
    const { eventStore, documents } = stores;
    const appends = Array.from({ length: 40 }, (_, index) => eventStore.append(`order-${index}`, 0, events('o', 0, 3)));
    const write = documents.write('keys', [key('a'), key('b')]);
    await Promise.all([eventStore.close(), eventStore.close()]);
    expect(await Promise.all(appends)).toHaveLength(40);
    expect(await write).toEqual([]);
    await expect(documents.write('keys', [key('c')])).rejects.toThrow(ReadStoreUnavailable);
    stores = open();
    expect(await collect(stores.eventStore.readAll())).toHaveLength(120);
    expect([...(await stores.documents.get('keys', ['a', 'b', 'c'])).keys()]).toEqual(['a', 'b']);
  });

  it('writes an append and the documents asked for with it in one transaction', async () => {
    const { eventStore, documents } = stores;
    const asked = [eventStore.append(stream, 0, events(stream, 0, 1)), documents.write('keys', [key('a')])];
    await Promise.all(asked);
    await expect(eventStore.append(stream, 0, events(stream, 0, 1))).rejects.toMatchObject({ actualVersion: 1 });
    expect(await documents.write('keys', [key('a')])).toEqual(['a']);
  });

  it('writes events and the documents that they need together, or neither', async () => {
    const { appendOn, documents, eventStore } = stores;
    const on = (id: string, value: string, streamName = stream) =>
      appendOn(streamName, 0, events(streamName, 0, 1), {
        after: [],
        documents: [{ collection: 'keys', id, position: '0', body: { value } }],
      });
    expect((await on('a', 'mine')).version).toBe(1);
    expect((await documents.get('keys', ['a'])).get('a')?.body).toEqual({ value: 'mine' });
    expect((await on('a', 'mine', 'order-2')).version).toBe(1);
    await expect(on('a', 'theirs', 'order-3')).rejects.toThrow(GroundsMissing);
    await expect(on('b', 'mine')).rejects.toThrow(VersionConflict);
    expect((await documents.get('keys', ['b'])).size).toBe(0);
    expect(await collect(eventStore.readAll())).toHaveLength(2);
  });

  it('says what may have been written and what was not, once its thread has died', async () => {
    const { eventStore, documents } = stores;
    await eventStore.append(stream, 0, events(stream, 0, 1));
    const underWay = eventStore.append(stream, 1, events(stream, 1, 1));
    const writing = documents.write('keys', [key('a')]);
    const ended = once(thread, 'exit');
    const failures = [
      expect(underWay).rejects.toMatchObject({
        name: 'StoreUnavailable',
        outcome: 'unknown',
        message: expect.stringContaining('has ended'),
      }),
      expect(writing).rejects.toThrow(ReadStoreUnavailable),
    ];
    void thread.terminate();
    await Promise.all([...failures, ended]);
    const late = eventStore.append(stream, 1, events(stream, 1, 1));
    await expect(late).rejects.toMatchObject({
      name: 'StoreUnavailable',
      outcome: 'none',
      message: expect.stringContaining('has ended'),
    });
    expect((await collect(eventStore.readStream(stream))).length).toBeGreaterThan(0);
  });

  it('goes on with another thread, and writes what was in doubt once', async () => {
    const { eventStore } = stores;
    const seen = takeUntil(
      eventStore.subscribe({ after: null, signal: never })[Symbol.asyncIterator](),
      (all) => all.length >= 3,
    );
    const [first, second, third] = events(stream, 0, 3).map((event) => [event]);
    await eventStore.append(stream, 0, first ?? []);
    const doubtful = eventStore.append(stream, 1, second ?? []);
    const died = expect(doubtful).rejects.toMatchObject({ outcome: 'unknown' });
    await thread.terminate();
    await died;
    await expect(eventStore.append(stream, 1, second ?? [])).rejects.toMatchObject({ outcome: 'none' });
    await delay(1_500);
    expect((await eventStore.append(stream, 1, second ?? [])).version).toBe(2);
    expect((await eventStore.append(stream, 2, third ?? [])).version).toBe(3);
    expect((await seen).map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('closes its files and ends its subscriptions though its thread has died', async () => {
    const { eventStore } = stores;
    const ended = takeUntil(eventStore.subscribe({ after: null, signal: never })[Symbol.asyncIterator](), () => false);
    await thread.terminate();
    await eventStore.close();
    expect(await ended).toEqual([]);
    await expect(collect(eventStore.readAll())).rejects.toThrow(StoreUnavailable);
  });

  it('is unavailable, and says why, when its thread cannot open the file', async () => {
    await stores.eventStore.close();
    stores = open();
    await rm(folder, { recursive: true });
    const asked = stores.eventStore.append(stream, 0, events(stream, 0, 1));
    await expect(asked).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringMatching(/writer failed: the event log \S+ cannot be opened: ENOENT: no such file/),
    });
  });
});
