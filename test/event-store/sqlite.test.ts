import { statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventBatch, EventStore } from '../../src/event-store/event-store.ts';
import { EventIdTaken } from '../../src/event-store/sqlite-append.ts';
import { openLogFile } from '../../src/event-store/sqlite-file.ts';
import { chained, collect, events, fill, idsOf, takeUntil } from '../contracts/event-store-examples.ts';
import { createLogFolder, type LogFolder } from './log-folder.ts';

describe('the SQLite event log', () => {
  let folder: LogFolder;
  let stop: AbortController;

  beforeEach(() => {
    folder = createLogFolder();
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await folder.remove();
  });

  const subscribe = (store: EventStore, after: string | null = null): AsyncIterator<EventBatch> =>
    store.subscribe({ after, signal: stop.signal })[Symbol.asyncIterator]();

  /** Opens the log with an eye on its statements. */
  const openWatched = () => {
    const statements: string[] = [];
    const store = folder.open({
      open: (file) => {
        const db = openLogFile(file);
        const exec = db.exec.bind(db);
        db.exec = (sql) => {
          statements.push(sql);
          exec(sql);
        };
        return db;
      },
    });
    return { store, statements };
  };

  describe('one transaction', () => {
    it('commits all appends that wait at a moment, whatever becomes of each', async () => {
      const { store, statements } = openWatched();
      const results = await Promise.allSettled(
        Array.from({ length: 200 }, (_, index) =>
          store.append(`order-${index}`, index === 7 ? 1 : 0, events(`order-${index}`, 0, 2)),
        ),
      );
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
      expect(statements).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
    });

    it('appends to one stream at successive versions', async () => {
      const { store, statements } = openWatched();
      const answers = await Promise.all(
        [0, 2, 4].map((version) => store.append('order-1', version, events('order-1', version, 2))),
      );
      expect(answers.map(({ version }) => version)).toEqual([2, 4, 6]);
      expect(statements).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
    });

    it('holds a bounded number of events, so that a flood of appends takes several', async () => {
      const { store, statements } = openWatched();
      await Promise.all(
        Array.from({ length: 300 }, (_, index) => store.append(`order-${index}`, 0, events('o', 0, 10))),
      );
      expect(statements.filter((sql) => sql === 'COMMIT')).toHaveLength(3);
      expect(await collect(store.readAll())).toHaveLength(3_000);
    });

    it('is handed to every subscriber as one batch of the very same objects', async () => {
      const store = folder.open();
      const both = [subscribe(store), subscribe(store)];
      for (const batches of both) await takeUntil(batches, (_, { caughtUp }) => caughtUp);
      const next = Promise.all(both.map((batches) => batches.next()));
      await Promise.all([0, 1, 2].map((index) => store.append(`order-${index}`, 0, events('o', 0, 2))));
      const [one, two] = (await next).map(({ value }): EventBatch => value);
      expect(one?.events).toHaveLength(6);
      expect(one?.caughtUp).toBe(true);
      for (const [index, event] of (one?.events ?? []).entries()) expect(two?.events[index]).toBe(event);
      expect(one?.events).toEqual(await collect(store.readAll()));
    });
  });

  it('refuses a malformed event, and harms no append that waits with it', async () => {
    const store = folder.open();
    const [refused, accepted] = await Promise.allSettled([
      store.append('order-1', 0, chained('order-1', 0, [{}, { schemaVersion: 1.5 }])),
      store.append('order-2', 0, events('order-2', 0, 1)),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { name: 'TypeError' } });
    expect(accepted).toMatchObject({ status: 'fulfilled' });
    expect(await collect(store.readStream('order-1'))).toEqual([]);
  });

  it('tells a waiting subscriber at once how far it has passed the streams of others', async () => {
    const store = folder.open();
    const batches = store.subscribe({ after: null, streamPrefixes: ['order-'], signal: stop.signal });
    const iterator = batches[Symbol.asyncIterator]();
    await iterator.next();
    const next = iterator.next();
    const { position } = await store.append('channel-1', 0, events('channel-1', 0, 2));
    expect(await next).toEqual({ done: false, value: { events: [], position, caughtUp: true } });
  });

  it('waits for the disk at every commit', () => {
    const db = openLogFile(folder.file);
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
  });

  describe('event ids', () => {
    it('refuses an id that stands elsewhere in the log, and harms no other append', async () => {
      const store = folder.open();
      const [taken] = await Promise.all([
        store.append('order-1', 0, chained('order-1', 0, [{ id: 'a' }])),
        expect(store.append('order-2', 0, chained('order-2', 0, [{}, { id: 'a' }]))).rejects.toThrow(EventIdTaken),
        store.append('order-3', 0, events('order-3', 0, 2)),
        store.append('order-2', 0, events('order-2', 0, 1)),
      ]);
      const found = await collect(store.readAll());
      expect(found.map(({ stream, version }) => `${stream}@${version}`)).toEqual([
        'order-1@1',
        'order-3@1',
        'order-3@2',
        'order-2@1',
      ]);
      expect(found.map(({ position }) => Number(position))).toEqual([1, 2, 3, 4]);
      await expect(store.append('order-1', 1, chained('order-1', 1, [{ id: 'a' }]))).rejects.toThrow(EventIdTaken);
      expect(taken).toMatchObject({ version: 1 });
    });

    it('refuses one id twice in one append', async () => {
      const store = folder.open();
      await expect(store.append('order-1', 0, chained('order-1', 0, [{ id: 'a' }, { id: 'a' }]))).rejects.toThrow(
        'id a',
      );
      expect(await collect(store.readAll())).toEqual([]);
    });
  });

  describe('several store objects on one file', () => {
    it('see what the others append, live and in commit order', async () => {
      const [one, two] = [folder.open(), folder.open()];
      const batches = subscribe(two);
      await takeUntil(batches, (_, { caughtUp }) => caughtUp);
      const seen = takeUntil(batches, (all) => all.length >= 60);
      for (let index = 0; index < 20; index += 1) {
        await one.append(`order-${index}`, 0, events('o', 0, 2));
        await two.append(`stockLocation-${index}`, 0, events('s', 0, 1));
      }
      expect(await seen).toEqual(await collect(one.readAll()));
    });

    it('see what another appends while nothing is appended here', async () => {
      const [one, two] = [folder.open(), folder.open()];
      const batches = subscribe(two);
      await takeUntil(batches, (_, { caughtUp }) => caughtUp);
      await one.append('order-1', 0, events('order-1', 0, 1));
      expect(await takeUntil(batches, (all) => all.length > 0)).toHaveLength(1);
      await one.append('order-1', 1, events('order-1', 1, 1));
      expect(await takeUntil(batches, (all) => all.length > 0)).toHaveLength(1);
    });

    it('conflict as one would', async () => {
      const [one, two] = [folder.open(), folder.open()];
      const given = events('order-1', 0, 2);
      await one.append('order-1', 0, given);
      await expect(two.append('order-1', 0, events('order-1', 0, 1))).rejects.toMatchObject({ actualVersion: 2 });
      expect(await two.append('order-1', 0, given)).toMatchObject({ version: 2 });
      await two.append('order-1', 2, events('order-1', 2, 1));
      await expect(one.append('order-1', 2, events('order-1', 2, 1))).rejects.toMatchObject({ actualVersion: 3 });
    });
  });

  it('refuses to follow a log that ends before the given position', async () => {
    const store = folder.open();
    await fill(store, 'order-1', 3);
    await expect(subscribe(store, '0000000000000004').next()).rejects.toThrow("beyond the log's end");
    expect(await subscribe(store, '0000000000000003').next()).toMatchObject({ value: { events: [], caughtUp: true } });
  });

  it.each(['3', '-000000000000001', 'abc'])('refuses %s, which is no position', async (after) => {
    const store = folder.open();
    await expect(subscribe(store, after).next()).rejects.toThrow(RangeError);
    await expect(collect(store.readAll({ after }))).rejects.toThrow(RangeError);
  });

  it('reads the streams of very many categories', async () => {
    const store = folder.open();
    const names = Array.from({ length: 40 }, (_, index) => `kind${index}-1`);
    await Promise.all(names.map((name) => store.append(name, 0, events(name, 0, 1))));
    expect(await collect(store.readAll({ streamPrefixes: ['kind'] }))).toHaveLength(40);
    const few = await collect(store.readAll({ streamPrefixes: ['kind3', 'none'] }));
    expect(few.map(({ stream }) => stream)).toEqual(names.filter((name) => name.startsWith('kind3')));
  });

  it('keeps the write-ahead log small and removes it when closed', async () => {
    const store = folder.open();
    const data = JSON.stringify('x'.repeat(1_000_000));
    for (let version = 0; version < 90; version += 1)
      await store.append('order-1', version, chained('order-1', version, [{ data }]));
    expect(statSync(folder.file).size).toBeGreaterThan(60_000_000);
    expect(statSync(`${folder.file}-wal`).size).toBeLessThan(40_000_000);
    await store.close();
    expect(statSync(`${folder.file}-wal`, { throwIfNoEntry: false })).toBeUndefined();
    expect(idsOf(await collect(folder.open().readStream('order-1', { from: 89 })))).toHaveLength(1);
  });

  it('refuses a file of a later format', async () => {
    await folder.open().close();
    folder.tamper('PRAGMA user_version = 2');
    expect(() => folder.open()).toThrow('format 2');
  });
});
