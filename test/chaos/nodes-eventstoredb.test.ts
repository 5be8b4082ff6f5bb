import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventStoreDbEventStore } from '../../src/event-store/eventstoredb.ts';
import { startPeer } from '../support/peer-process.ts';
import { proveNodes } from './nodes.ts';

proveNodes('EventStoreDB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sourcefold-esdb-'));
  const peer = await startPeer(join(folder, 'log.db'));
  return {
    dataDir: join(folder, 'data'),
    environment: { EVENT_STORE_URL: peer.url },
    openLog: async () => createEventStoreDbEventStore({ url: peer.url }),
    remove: async () => {
      await peer.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
