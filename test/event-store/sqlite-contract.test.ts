import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { eventStoreContract } from '../contracts/event-store.ts';
import { reopened } from '../contracts/reopened.ts';

eventStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sourcefold-'));
  return reopened(
    () => createSqliteEventStore({ file: join(folder, 'events.db') }),
    async () => {
      await rm(folder, { recursive: true });
    },
  );
});
