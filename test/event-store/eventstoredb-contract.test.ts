import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventStoreDbEventStore } from '../../src/event-store/eventstoredb.ts';
import { eventStoreContract } from '../contracts/event-store.ts';
import { reopened } from '../contracts/reopened.ts';
import { createEventStoreDbPeer } from '../peers/eventstoredb.ts';

eventStoreContract('EventStoreDB (its peer)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sourcefold-'));
  const peer = await createEventStoreDbPeer({ file: join(folder, 'peer.db') });
  return reopened(
    () => createEventStoreDbEventStore({ url: peer.url }),
    async () => {
      await peer.stop();
      await rm(folder, { recursive: true });
    },
  );
});
