import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { createEventStoreDbEventStore } from '../../src/event-store/eventstoredb.ts';
import { eventStoreContract } from '../contracts/event-store.ts';
import { createEventStoreDbPeer } from '../peers/eventstoredb.ts';

eventStoreContract('EventStoreDB (its peer)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sourcefold-'));
  const peer = await createEventStoreDbPeer({ file: join(folder, 'peer.db') });
  const opened: EventStore[] = [];
  const open = (): EventStore => {
    const store = createEventStoreDbEventStore({ url: peer.url });
    opened.push(store);
    return store;
  };
  return {
    store: open(),
    reopen: async () => open(),
    cleanup: async () => {
      for (const store of opened) await store.close();
      await peer.stop();
      await rm(folder, { recursive: true });
    },
  };
});
