import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../src/event-store/event-store.ts';
import type { SqliteEventStore } from '../src/event-store/sqlite.ts';
import { createGuestReadStore } from '../src/projections/sqlite.ts';
import { type WatchedStores, watchStores } from '../src/watched-stores.ts';
import { collect, events } from './contracts/event-store-examples.ts';
import { createLogFolder, type LogFolder } from './event-store/log-folder.ts';

const SOON_MS = 4_000;

describe('a node whose disk is full', () => {
  let folder: LogFolder;
  let log: SqliteEventStore;
  let watched: WatchedStores;
  let stop: AbortController;
  let running: Promise<void>;

  beforeEach(() => {
    folder = createLogFolder();
    log = folder.open();
    const vault = createGuestReadStore(log);
    watched = watchStores({ eventStore: log, readStore: vault, vault }, {});
    stop = new AbortController();
    running = watched.run(stop.signal);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await folder.remove();
  });

  const until = async (isOk: boolean): Promise<void> => {
    const deadline = performance.now() + SOON_MS;
    while (watched.checks().log?.ok !== isOk) {
      if (performance.now() > deadline) throw new Error(`the log's check is not ${isOk}`);
      await delay(10);
    }
  };

  const append = (stream: string): Promise<unknown> =>
    watched.stores.eventStore.append(stream, 0, events(stream, 0, 40));

  it('is not ready from the first append that fails until one would succeed, and writes no event to find out', async () => {
    await append('order-1');
    await until(true);
    log.db.exec('PRAGMA max_page_count = 1');
    await expect(append('order-2')).rejects.toBeInstanceOf(StoreUnavailable);
    await until(false);
    await delay(1_500);
    expect(watched.checks().log).toEqual({ ok: false, detail: 'the event log takes no appends' });
    log.db.exec('PRAGMA max_page_count = 4294967294');
    await until(true);
    expect(await collect(log.readAll())).toHaveLength(40);
    await append('order-2');
    expect(watched.checks().log?.ok).toBe(true);
  });
});
