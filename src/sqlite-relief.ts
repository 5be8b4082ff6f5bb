import { DatabaseSync } from 'node:sqlite';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const EVERY_MS = 250;
const HEAP_MB = 16;

/**
 * Copies what a busy SQLite file's write-ahead log holds into the file itself, in a thread of its own that keeps nobody
 * from reading or writing. Otherwise the commit that fills the log would have to do it all, while everybody waits.
 */
export const startRelief = (files: readonly string[]): { readonly stop: () => Promise<void> } => {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { reliefFiles: files },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 2 },
  });
  // Without it all goes on: commits then copy by themselves. Unheard, its failure would end the process.
  worker.on('error', () => undefined);
  worker.unref();
  return { stop: async () => void (await worker.terminate()) };
};

const relieve = (files: readonly string[]): void => {
  const open = files.map((file) => new DatabaseSync(file, { timeout: 0 }));
  setInterval(() => {
    for (const db of open) {
      try {
        db.exec('PRAGMA wal_checkpoint(PASSIVE)');
      } catch {
        // Busy, or in trouble: those who use the file will meet that themselves, and say so.
      }
    }
  }, EVERY_MS);
};

if (!isMainThread && Array.isArray(workerData?.reliefFiles)) relieve(workerData.reliefFiles);
