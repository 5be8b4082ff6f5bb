import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { type DryRun, type DryRunResult, decideDryRun } from './application/dry-run.ts';

/** What the thread answers to one job, in the order of the jobs. */
type Answer = { readonly result: DryRunResult } | { readonly error: string };

export type SourcingThread = {
  readonly dryRun: (job: DryRun) => Promise<DryRunResult>;
  readonly stop: () => Promise<void>;
};

type Waiting = { readonly resolve: (result: DryRunResult) => void; readonly reject: (reason: unknown) => void };

/**
 * Decides what nobody waits for in the thread that answers requests: a dry run may be of any size. The thread is started
 * by the first job; one that dies fails the jobs it had, and the next job starts another.
 */
export const createSourcingThread = (): SourcingThread => {
  let worker: Worker | null = null;
  let waiting: Waiting[] = [];

  const failAll = (error: Error): void => {
    const failed = waiting;
    waiting = [];
    worker = null;
    for (const { reject } of failed) reject(error);
  };

  const start = (): Worker => {
    const started = new Worker(new URL(import.meta.url));
    started.unref();
    started.on('message', (answer: Answer) => {
      const job = waiting.shift();
      if ('result' in answer) job?.resolve(answer.result);
      else job?.reject(new Error(answer.error));
    });
    started.on('error', failAll);
    started.on('exit', () => {
      if (worker === started) failAll(new Error('the sourcing thread ended'));
    });
    return started;
  };

  return {
    dryRun: (job) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        waiting.push({ resolve, reject });
        worker.postMessage(job);
      }),
    stop: async () => {
      const running = worker;
      worker = null;
      await running?.terminate();
    },
  };
};

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  port.on('message', (job: DryRun) => {
    try {
      port.postMessage({ result: decideDryRun(job) } satisfies Answer);
    } catch (error) {
      port.postMessage({ error: error instanceof Error ? error.message : String(error) } satisfies Answer);
    }
  });
}
