import { randomUUID } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createCodec } from './event-store/codec.ts';
import { relieveLog } from './event-store/sqlite-file.ts';
import { allProjections } from './projections/all.ts';
import { createProjector } from './projections/projector.ts';
import type { QuarantinedEvent } from './projections/quarantine.ts';
import { logFile, openStores } from './stores.ts';

/** What the thread tells: `note` is for the log, `failed` for the log and the metrics. */
export type ProjectorMessage =
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'quarantined'; readonly events: readonly QuarantinedEvent[] };

/** Batches are small and soon forgotten: a large young generation would only cost memory. */
const YOUNG_GENERATION_MB = 24;
const RELIEVE_EVERY_MS = 100;

export type ProjectorThread = { readonly stop: () => Promise<void> };

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
      worker.postMessage('stop');
      await exited;
    },
  };
};

const runInThread = async (dataDir: string): Promise<void> => {
  const stores = openStores({ dataDir });
  const stop = new AbortController();
  const stopRelieving = relieveLog(logFile(dataDir), RELIEVE_EVERY_MS);
  const tell = (message: ProjectorMessage): void => parentPort?.postMessage(message);
  parentPort?.once('message', () => stop.abort());
  const projector = createProjector({
    ...stores,
    decode: createCodec({ newId: randomUUID }).decode,
    projections: allProjections,
    hooks: {
      failed: (error) => tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
      quarantined: (events) => tell({ type: 'quarantined', events }),
    },
  });
  await projector.run(stop.signal);
  stopRelieving();
  await stores.close();
};

if (!isMainThread && typeof workerData?.dataDir === 'string') await runInThread(workerData.dataDir);
