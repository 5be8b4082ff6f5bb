import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createCodec } from './event-store/codec.ts';
import { allProjections } from './projections/all.ts';
import { createProjector } from './projections/projector.ts';
import type { QuarantinedEvent } from './projections/quarantine.ts';
import type { Retried } from './projections/retry.ts';
import { openStores } from './stores.ts';

/** What the thread tells: `note` is for the log, `failed` for the log and the metrics. */
export type ProjectorMessage =
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'quarantined'; readonly events: readonly QuarantinedEvent[] };

type Retry =
  | { readonly type: 'retried'; readonly retried: Retried }
  | { readonly type: 'notRetried'; readonly message: string };

/** Batches are small and soon forgotten: a large young generation would only cost memory. */
const YOUNG_GENERATION_MB = 24;
/** Its work survives an end at any moment, so a thread that does not stop is ended. */
const LONGEST_STOP_MS = 5_000;

export type ProjectorThread = {
  readonly stop: () => Promise<void>;
  /** Applies quarantined events, as far as this release can take them. Rejects when the thread has ended. */
  readonly retryQuarantined: () => Promise<Retried>;
};

type Request = 'stop' | 'retry';

/**
 * Runs the projector in a thread of its own, with its own connections: folding read models and writing them takes
 * nothing from the thread that answers requests. `onExit` is called when the thread dies unasked.
 */
export const startProjectorThread = (options: {
  readonly dataDir: string;
  readonly onMessage: (message: ProjectorMessage) => void;
  readonly onExit: (error: Error | null) => void;
}): ProjectorThread => {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { dataDir: options.dataDir },
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  let failure: Error | null = null;
  let stopping = false;
  let retries: { resolve: (retried: Retried) => void; reject: (error: Error) => void }[] = [];
  const rejectRetries = (message: string): void => {
    for (const { reject } of retries) reject(new Error(message));
    retries = [];
  };
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      resolve();
      rejectRetries('the projector has ended');
      if (!stopping) options.onExit(failure);
    });
  });
  worker.on('message', (message: ProjectorMessage | Retry) => {
    if (message.type === 'retried') retries.shift()?.resolve(message.retried);
    else if (message.type === 'notRetried') retries.shift()?.reject(new Error(message.message));
    else options.onMessage(message);
  });
  worker.on('error', (error: Error) => {
    failure = error;
  });
  const ask = (request: Request): void => worker.postMessage(request);
  return {
    stop: async () => {
      stopping = true;
      ask('stop');
      await Promise.race([exited, setTimeout(LONGEST_STOP_MS, undefined, { ref: false })]);
      await worker.terminate();
    },
    retryQuarantined: () => {
      if (failure !== null) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        retries.push({ resolve, reject });
        ask('retry');
      });
    },
  };
};

const runInThread = async (dataDir: string): Promise<void> => {
  const stores = openStores({ dataDir });
  const stop = new AbortController();
  const tell = (message: ProjectorMessage): void => parentPort?.postMessage(message);
  const projector = createProjector({
    ...stores,
    decode: createCodec({ newId: randomUUID }).decode,
    projections: allProjections,
    hooks: {
      failed: (error) => tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
      quarantined: (events) => tell({ type: 'quarantined', events }),
    },
  });
  const answer = (message: Retry): void => parentPort?.postMessage(message);
  parentPort?.on('message', (request: Request) => {
    if (request === 'stop') return stop.abort();
    projector.retryQuarantined().then(
      (retried) => answer({ type: 'retried', retried }),
      (error: unknown) =>
        answer({ type: 'notRetried', message: error instanceof Error ? error.message : String(error) }),
    );
  });
  await projector.run(stop.signal);
  await stores.close();
  parentPort?.close();
};

if (!isMainThread && typeof workerData?.dataDir === 'string') await runInThread(workerData.dataDir);
