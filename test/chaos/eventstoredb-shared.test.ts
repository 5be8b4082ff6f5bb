import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { createEventStoreDbEventStore } from '../../src/event-store/eventstoredb.ts';
import { eventStoreContract } from '../contracts/event-store.ts';
import { events, fill } from '../contracts/event-store-examples.ts';
import { reopened } from '../contracts/reopened.ts';
import { type PeerProcess, startPeer } from '../support/peer-process.ts';

const PAUSE_MS = 20;

/** As `npm run test:contracts` meets it: a server of its own, with a past, that others write to meanwhile. */
describe('an EventStoreDB that is shared with another application', () => {
  const stop = new AbortController();
  let folder: string;
  let peer: PeerProcess;
  let other: EventStore;
  let writing: Promise<void>;

  const writeUntilStopped = async (): Promise<void> => {
    for (let version = 0; !stop.signal.aborted; version += 2) {
      await other.append('invoice-1', version, events('invoice-1', version, 2));
      await delay(PAUSE_MS);
    }
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sourcefold-'));
    peer = await startPeer(join(folder, 'peer.db'));
    other = createEventStoreDbEventStore({ url: peer.url });
    await fill(other, 'customer-1', 3_000);
    writing = writeUntilStopped();
  });
  afterAll(async () => {
    stop.abort();
    await writing;
    await other.close();
    await peer.kill();
    await rm(folder, { recursive: true });
  });

  eventStoreContract('EventStoreDB (its peer, shared)', async () =>
    reopened(() => createEventStoreDbEventStore({ url: peer.url })),
  );
});
