import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventStore, StoreUnavailable } from '../../src/event-store/event-store.ts';
import { openLogFile } from '../../src/event-store/sqlite-file.ts';
import { collect, events, idsOf, takeUntil } from '../contracts/event-store-examples.ts';
import { createLogFolder, type LogFolder } from './log-folder.ts';

describe('the SQLite event log under faults', () => {
  let folder: LogFolder;

  beforeEach(() => {
    folder = createLogFolder();
  });
  afterEach(() => folder.remove());

  /** Opens the log with the connection in hand, so that a test can break it. */
  const openBroken = () => {
    let connection: DatabaseSync | null = null;
    const store = folder.open({
      open: (file) => {
        connection = openLogFile(file, 20);
        return connection;
      },
    });
    if (connection === null) throw new Error('not opened');
    const db: DatabaseSync = connection;
    return { store, db };
  };

  const appendThree = (store: EventStore) =>
    Promise.allSettled([1, 2, 3].map((index) => store.append(`order-${index}`, 0, events('o', 0, 2))));

  const expectAllUnavailable = (results: readonly PromiseSettledResult<unknown>[], outcome: 'none' | 'unknown') => {
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { outcome } });
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StoreUnavailable);
    }
  };

  it('is unavailable to all who wait while another holds the file, writes nothing, and works again after', async () => {
    const { store } = openBroken();
    const other = new DatabaseSync(folder.file);
    other.exec('BEGIN IMMEDIATE');
    expectAllUnavailable(await appendThree(store), 'none');
    other.exec('ROLLBACK');
    other.close();
    expect(await collect(store.readAll())).toEqual([]);
    expect((await appendThree(store)).map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
  });

  it('is unavailable to all who wait when the file is full, writes nothing, and works again after', async () => {
    const { store, db } = openBroken();
    db.exec('PRAGMA max_page_count = 10');
    const waiting = Array.from({ length: 60 }, (_, index) => store.append(`order-${index}`, 0, events('o', 0, 10)));
    expectAllUnavailable(await Promise.allSettled(waiting), 'none');
    db.exec('PRAGMA max_page_count = 4294967294');
    expect(await collect(store.readAll())).toEqual([]);
    expect((await appendThree(store)).map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
  });

  /** Makes the next COMMIT fail after or before it took effect, leaving no transaction open. */
  const failCommit = (db: DatabaseSync, instead: 'COMMIT' | 'ROLLBACK') => {
    const exec = db.exec.bind(db);
    db.exec = (sql) => {
      if (sql !== 'COMMIT') return exec(sql);
      db.exec = exec;
      exec(instead);
      throw new Error('disk I/O error');
    };
  };

  it.each(['COMMIT', 'ROLLBACK'] as const)(
    'settles the doubt of a failed commit (in truth a %s) when repeated',
    async (truth) => {
      const { store, db } = openBroken();
      const given = events('order-1', 0, 2);
      failCommit(db, truth);
      expectAllUnavailable(await Promise.allSettled([store.append('order-1', 0, given)]), 'unknown');
      expect(await store.append('order-1', 0, given)).toMatchObject({ version: 2 });
      expect(idsOf(await collect(store.readAll()))).toEqual(idsOf(given));
    },
  );

  it('delivers to subscribers what a commit wrote that seemed to have failed', async () => {
    const { store, db } = openBroken();
    const stop = new AbortController();
    const batches = store.subscribe({ after: null, signal: stop.signal })[Symbol.asyncIterator]();
    await takeUntil(batches, (_, { caughtUp }) => caughtUp);
    failCommit(db, 'COMMIT');
    await Promise.allSettled([store.append('order-1', 0, events('order-1', 0, 2))]);
    await store.append('order-2', 0, events('order-2', 0, 1));
    const seen = await takeUntil(batches, (all) => all.length >= 3);
    expect(seen.map(({ stream }) => stream)).toEqual(['order-1', 'order-1', 'order-2']);
    stop.abort();
  });

  it('reports a commit that was refused while the transaction stands as having written nothing', async () => {
    const { store, db } = openBroken();
    const exec = db.exec.bind(db);
    db.exec = (sql) => {
      if (sql !== 'COMMIT') return exec(sql);
      db.exec = exec;
      throw new Error('database is locked');
    };
    expectAllUnavailable(await appendThree(store), 'none');
    expect(await collect(store.readAll())).toEqual([]);
    expect((await appendThree(store)).map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
  });

  it('fails subscriptions, reads and appends when the file is damaged', async () => {
    const { store } = openBroken();
    const batches = store.subscribe({ after: null, signal: new AbortController().signal })[Symbol.asyncIterator]();
    await batches.next();
    const next = batches.next();
    folder.tamper('DROP TABLE events');
    await expect(next).rejects.toThrow(StoreUnavailable);
    await expect(collect(store.readAll())).rejects.toThrow(StoreUnavailable);
    await expect(collect(store.readStream('order-1'))).rejects.toThrow(StoreUnavailable);
    await expect(store.append('order-1', 0, events('o', 0, 1))).rejects.toThrow(StoreUnavailable);
  });
});
