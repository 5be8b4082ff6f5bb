import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EventStore } from '../../src/event-store/event-store.ts';
import {
  createSqliteEventStore,
  type SqliteEventStore,
  type SqliteEventStoreOptions,
} from '../../src/event-store/sqlite.ts';
import { fill } from '../contracts/event-store-examples.ts';

export type LogFolder = {
  readonly file: string;
  readonly open: (options?: Partial<SqliteEventStoreOptions>) => SqliteEventStore;
  /** Changes the file as somebody would who has got hold of it. */
  readonly tamper: (sql: string) => void;
  readonly remove: () => Promise<void>;
};

/** A folder for one log, closed and removed at the test's end. */
export const createLogFolder = (): LogFolder => {
  const folder = mkdtempSync(join(tmpdir(), 'sourcefold-'));
  const file = join(folder, 'events.db');
  const opened: EventStore[] = [];
  return {
    file,
    open: (options = {}) => {
      const store = createSqliteEventStore({ file, ...options });
      opened.push(store);
      return store;
    },
    tamper: (sql) => {
      const db = new DatabaseSync(file);
      db.exec(sql);
      db.close();
    },
    remove: async () => {
      for (const store of opened) await store.close();
      rmSync(folder, { recursive: true });
    },
  };
};

/** One whose log has three events, and is closed. */
export const createFilledLogFolder = async (): Promise<LogFolder> => {
  const folder = createLogFolder();
  const store = folder.open();
  await fill(store, 'order-1', 3);
  await store.close();
  return folder;
};
