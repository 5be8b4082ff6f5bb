import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AppendResult,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
  StoreUnavailable,
} from '../../src/event-store/event-store.ts';
import { createEventStoreDbEventStore, type EventStoreDbOptions } from '../../src/event-store/eventstoredb.ts';
import { createEventStoreDbPeer, type Peer, type PeerOptions } from '../peers/eventstoredb.ts';

export type EventStoreDbWorld = {
  readonly file: string;
  readonly startPeer: (options?: Partial<PeerOptions>) => Promise<Peer>;
  readonly open: (url: string, options?: Partial<EventStoreDbOptions>) => EventStore;
  readonly remove: () => Promise<void>;
};

/** A folder with peers and the stores that are connected to them, all gone at the test's end. */
export const createEventStoreDbWorld = async (): Promise<EventStoreDbWorld> => {
  const folder = await mkdtemp(join(tmpdir(), 'sourcefold-'));
  const file = join(folder, 'peer.db');
  const peers: Peer[] = [];
  const stores: EventStore[] = [];
  return {
    file,
    startPeer: async (options = {}) => {
      const peer = await createEventStoreDbPeer({ file, ...options });
      peers.push(peer);
      return peer;
    },
    open: (url, options = {}) => {
      const store = createEventStoreDbEventStore({ url, ...options });
      stores.push(store);
      return store;
    },
    remove: async () => {
      for (const store of stores) await store.close();
      for (const peer of peers) await peer.stop();
      await rm(folder, { recursive: true });
    },
  };
};

/** What the promise brings, or a failure that says what did not come in time. */
export const within = async <T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> => {
  const timer = new AbortController();
  const late = delay(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${what}: not within ${milliseconds} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
};

/** Repeats an append for as long as nobody knows whether it was written, as the application does. */
export const settle = async (
  store: EventStore,
  stream: string,
  expectedVersion: number,
  given: readonly NewEvent[],
): Promise<AppendResult> => {
  for (;;) {
    try {
      return await store.append(stream, expectedVersion, given);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await delay(100);
    }
  }
};

/** A subscriber who notes what comes, and whom one can wait for. */
export type Follower = {
  readonly seen: readonly RecordedEvent[];
  readonly batches: () => number;
  readonly hasSeen: (count: number) => Promise<void>;
  readonly hasCaughtUp: () => Promise<void>;
};

export const follow = (store: EventStore, signal: AbortSignal, streamPrefixes?: readonly string[]): Follower => {
  const seen: RecordedEvent[] = [];
  let batches = 0;
  let caughtUp = false;
  let failure: unknown = null;
  const run = async (): Promise<void> => {
    const request = { after: null, signal, ...(streamPrefixes === undefined ? {} : { streamPrefixes }) };
    for await (const batch of store.subscribe(request)) {
      batches += 1;
      seen.push(...batch.events);
      caughtUp = batch.caughtUp;
    }
  };
  run().catch((error: unknown) => {
    failure = error;
  });
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition() && !signal.aborted) {
      if (failure !== null) throw failure;
      await delay(5);
    }
  };
  return {
    seen,
    batches: () => batches,
    hasSeen: (count) => until(() => seen.length >= count),
    hasCaughtUp: () => until(() => caughtUp),
  };
};
