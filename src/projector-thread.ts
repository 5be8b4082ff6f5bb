import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fenced, type HolderProcess, LeaseLost, underLease } from './application/lease.ts';
import type { StoreSettings } from './config.ts';
import { createAbridgedDecode } from './event-store/abridged-decode.ts';
import { createCodec } from './event-store/codec.ts';
import { hasEnded, thisProcess } from './process-identity.ts';
import { allProjections } from './projections/all.ts';
import { createProjector } from './projections/projector.ts';
import type { QuarantinedEvent } from './projections/quarantine.ts';
import { answerRetries } from './projections/retry-requests.ts';
import { openStores } from './stores.ts';

/** What the thread tells: whether it projects or stands by; `failed` is for the log and the metrics. */
export type ProjectorMessage =
  | { readonly type: 'projecting'; readonly isHere: boolean }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'quarantined'; readonly events: readonly QuarantinedEvent[] };

/** Batches are small and soon forgotten: a large young generation would only cost memory. */
const YOUNG_GENERATION_MB = 12;
/** Its work survives an end at any moment, so a thread that does not stop is ended. */
const LONGEST_STOP_MS = 5_000;

export type ProjectorThread = { readonly stop: () => Promise<void> };

const STOP = 'stop';

type ThreadData = { readonly projectorOn: StoreSettings; readonly holder: HolderProcess };

/** Of all nodes on the same stores, one projects; the others stand by. */
const LEASE = 'projector';

/**
 * Runs the projector in a thread of its own, with its own connections: folding read models and writing them takes
 * nothing from the thread that answers requests. `onExit` is called when the thread dies unasked.
 */
export const startProjectorThread = (options: {
  readonly stores: StoreSettings;
  readonly onMessage: (message: ProjectorMessage) => void;
  readonly onExit: (error: Error | null) => void;
}): ProjectorThread => {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: threadData(options.stores),
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  let failure: Error | null = null;
  let stopping = false;
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      resolve();
      if (!stopping) options.onExit(failure);
    });
  });
  worker.on('message', options.onMessage);
  worker.on('error', (error: Error) => {
    failure = error;
  });
  return {
    stop: async () => {
      stopping = true;
      worker.postMessage(STOP);
      await Promise.race([exited, setTimeout(LONGEST_STOP_MS, undefined, { ref: false })]);
      await worker.terminate();
    },
  };
};

const threadData = ({ dataDir, eventStoreUrl, readStoreUrl }: StoreSettings): ThreadData => ({
  projectorOn: { dataDir, eventStoreUrl, readStoreUrl },
  holder: thisProcess(),
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const runInThread = async ({ projectorOn, holder }: ThreadData): Promise<void> => {
  const stop = new AbortController();
  const tell = (message: ProjectorMessage): void => parentPort?.postMessage(message);
  const failed = (error: unknown): void => {
    // A node without time for its lease leaves it to another one, or takes it again: nothing is wrong with that.
    if (!(error instanceof LeaseLost)) tell({ type: 'failed', message: messageOf(error) });
  };
  const stores = await openStores(projectorOn, { onError: failed });
  parentPort?.on('message', (message) => {
    if (message === STOP) stop.abort();
  });
  const lease = {
    store: stores.readStore,
    name: LEASE,
    process: holder,
    hasEnded: hasEnded(holder),
    newId: randomUUID,
    onError: failed,
    signal: stop.signal,
  };
  tell({ type: 'projecting', isHere: false });
  await underLease(lease, async (term) => {
    const readStore = fenced(stores.readStore, LEASE, term);
    const projector = createProjector({
      ...stores,
      readStore,
      decode: createAbridgedDecode(createCodec({ newId: randomUUID }).decode),
      projections: allProjections,
      hooks: { failed, quarantined: (events) => tell({ type: 'quarantined', events }) },
    });
    tell({ type: 'projecting', isHere: true });
    await Promise.all([
      projector.run(term.signal),
      answerRetries({ readStore, retry: projector.retryQuarantined, onError: failed, signal: term.signal }),
    ]);
    tell({ type: 'projecting', isHere: false });
  });
  await stores.close();
  parentPort?.close();
};

// Not awaited: a thread that is ended while its module still waits may take the whole process with it.
if (!isMainThread && workerData?.projectorOn !== undefined) void runInThread(workerData);
