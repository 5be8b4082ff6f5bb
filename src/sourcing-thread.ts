import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { type DryRun, type DryRunResult, decideDryRun } from './application/dry-run.ts';
import { type Explained, type Explaining, explainHere } from './application/explaining.ts';

type Job = { readonly dryRun: DryRun } | { readonly explain: Explaining };

/** What the thread answers to one job, in the order of the jobs. */
type Answer = { readonly decided: DryRunResult } | { readonly explained: Explained } | { readonly error: string };

export type SourcingThread = {
  readonly dryRun: (job: DryRun) => Promise<DryRunResult>;
  readonly explain: (job: Explaining) => Promise<Explained>;
  readonly stop: () => Promise<void>;
};

type Waiting = { readonly resolve: (answer: Answer) => void; readonly reject: (reason: unknown) => void };

/**
 * Decides and explains what nobody waits for in the thread that answers requests: it may be of any size. The thread is
 * started by the first job; one that dies fails the jobs it had, and the next job starts another.
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
    started.on('message', (answer: Answer) => waiting.shift()?.resolve(answer));
    started.on('error', failAll);
    started.on('exit', () => {
      if (worker === started) failAll(new Error('the sourcing thread ended'));
    });
    return started;
  };

  const ask = (job: Job): Promise<Answer> =>
    new Promise((resolve, reject) => {
      worker ??= start();
      waiting.push({ resolve, reject });
      worker.postMessage(job);
    });

  return {
    dryRun: async (job) => {
      const answer = await ask({ dryRun: job });
      if ('decided' in answer) return answer.decided;
      throw new Error('error' in answer ? answer.error : 'the sourcing thread answered something else');
    },
    explain: async (job) => {
      const answer = await ask({ explain: job });
      if ('explained' in answer) return answer.explained;
      throw new Error('error' in answer ? answer.error : 'the sourcing thread answered something else');
    },
    stop: async () => {
      const running = worker;
      worker = null;
      await running?.terminate();
    },
  };
};

const answerTo = (job: Job): Answer => {
  try {
    return 'dryRun' in job ? { decided: decideDryRun(job.dryRun) } : { explained: explainHere(job.explain) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
};

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  port.on('message', (job: Job) => port.postMessage(answerTo(job)));
}
