import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { eventStoreContract } from '../contracts/event-store.ts';

eventStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sourcefold-'));
  const opened: EventStore[] = [];
  const open = (): EventStore => {
    const store = createSqliteEventStore({ file: join(folder, 'events.db') });
    opened.push(store);
    return store;
  };
  return {
    store: open(),
    reopen: async () => open(),
    cleanup: async () => {
      for (const store of opened) await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
