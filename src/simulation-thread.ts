import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { v7 as uuidV7 } from 'uuid';
import { HistoryUnreadable, type RunSimulation, simulateHere } from './application/simulation/run.ts';
import type { Period, SimulationResult, Variant } from './application/simulation/simulation.ts';
import type { StoreSettings } from './config.ts';
import { createCodec } from './event-store/codec.ts';
import { openStores } from './stores.ts';

type Job = { readonly simulateOn: StoreSettings; readonly variants: readonly Variant[]; readonly period: Period };

type Message =
  | { readonly progress: number }
  | { readonly result: SimulationResult }
  /** Errors lose their class on the way. */
  | { readonly unreadable: string };

/** Each simulation runs in a thread of its own, with its own connections, and takes nothing from requests but processor time. */
export const simulateInThread =
  ({ dataDir, eventStoreUrl, readStoreUrl }: StoreSettings): RunSimulation =>
  (variants, period, { onProgress, signal }) =>
    new Promise((resolve, reject) => {
      const job: Job = { simulateOn: { dataDir, eventStoreUrl, readStoreUrl }, variants, period };
      const worker = new Worker(new URL(import.meta.url), { workerData: job });
      worker.unref();
      const end = (): void => void worker.terminate().catch(reject);
      signal.addEventListener('abort', end, { once: true });
      worker.on('message', (message: Message) => {
        if ('progress' in message) onProgress(message.progress);
        else if ('result' in message) resolve(message.result);
        else reject(new HistoryUnreadable(message.unreadable));
      });
      worker.once('error', reject);
      worker.once('exit', () => {
        signal.removeEventListener('abort', end);
        reject(new Error('the simulation ended without a result'));
      });
    });

const run = async ({ simulateOn, variants, period }: Job): Promise<void> => {
  const stores = await openStores(simulateOn);
  const tell = (message: Message): void => parentPort?.postMessage(message);
  try {
    const simulate = simulateHere({ ...stores, codec: createCodec({ newId: uuidV7 }) });
    const { signal } = new AbortController();
    tell({ result: await simulate(variants, period, { onProgress: (progress) => tell({ progress }), signal }) });
  } catch (error) {
    if (!(error instanceof HistoryUnreadable)) throw error;
    tell({ unreadable: error.message });
  } finally {
    await stores.close();
  }
};

/** Other threads' entry points import this file, too. */
const isJob = (data: unknown): data is Job => typeof data === 'object' && data !== null && 'simulateOn' in data;

// Not awaited: a thread that is ended while its module still waits may take the whole process with it.
if (!isMainThread && isJob(workerData)) void run(workerData);
