import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { EventStore } from './event-store/event-store.ts';
import { createSqliteEventStore } from './event-store/sqlite.ts';
import type { ReadStore } from './projections/read-store.ts';
import { createSqliteReadStore } from './projections/sqlite.ts';

export type Stores = {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  /** Customer keys, secrets and idempotent answers: small, not rebuildable, synced to disk at every write. */
  readonly vault: ReadStore;
  readonly close: () => Promise<void>;
};

type Location = Pick<Config, 'dataDir'>;

/** The one place that knows the adapters. */
export const openStores = ({ dataDir }: Location): Stores => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const eventStore = createSqliteEventStore({ file: join(dataDir, 'events.db') });
  const readStore = createSqliteReadStore({ file: join(dataDir, 'read-models.db') });
  const vault = createSqliteReadStore({ file: join(dataDir, 'vault.db'), synchronous: 'FULL' });
  return {
    eventStore,
    readStore,
    vault,
    close: async () => {
      await eventStore.close();
      await readStore.close();
      await vault.close();
    },
  };
};
