import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { proveNodes } from './nodes.ts';

proveNodes('SQLite log', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sourcefold-nodes-'));
  return {
    dataDir,
    environment: {},
    openLog: async () => createSqliteEventStore({ file: join(dataDir, 'events.db') }),
    remove: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
});
