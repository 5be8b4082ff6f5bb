import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { EventStore } from './event-store/event-store.ts';
import { createSqliteEventStore } from './event-store/sqlite.ts';
import type { ReadStore } from './projections/read-store.ts';
import { createGuestReadStore, createSqliteReadStore } from './projections/sqlite.ts';
import { startRelief } from './sqlite-relief.ts';
import { createThreadedStores } from './sqlite-threaded.ts';

export type Stores = {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  /** Customer keys, secrets, idempotent answers: small, not rebuildable. They share the log's file, its syncs and backups. */
  readonly vault: ReadStore;
  readonly close: () => Promise<void>;
};

const readModelsFile = (dataDir: string): string => join(dataDir, 'read-models.db');

export const logFile = (dataDir: string): string => join(dataDir, 'events.db');

type Location = Pick<Config, 'dataDir'>;

/** The one place that knows the adapters: for commands that do one thing and end. */
export const openStores = ({ dataDir }: Location): Stores => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const eventStore = createSqliteEventStore({ file: logFile(dataDir) });
  const readStore = createSqliteReadStore({ file: readModelsFile(dataDir) });
  return {
    eventStore,
    readStore,
    vault: createGuestReadStore(eventStore),
    close: async () => {
      await eventStore.close();
      await readStore.close();
    },
  };
};

/** The same for a service under load: a thread of its own writes the log. */
export const openServingStores = ({ dataDir }: Location): Stores => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // First what can fail without leaving a thread behind.
  const readStore = createSqliteReadStore({ file: readModelsFile(dataDir) });
  const { eventStore, documents } = createThreadedStores(logFile(dataDir));
  const relief = startRelief([logFile(dataDir), readModelsFile(dataDir)]);
  return {
    eventStore,
    readStore,
    vault: documents,
    close: async () => {
      await relief.stop();
      await eventStore.close();
      await readStore.close();
    },
  };
};
