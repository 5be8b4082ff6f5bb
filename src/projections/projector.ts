import { setTimeout } from 'node:timers/promises';
import type { EventStore } from '../event-store/event-store.ts';
import { CHECKPOINTS } from './checkpoints.ts';
import { dropRetired } from './claim.ts';
import type { Decode } from './decode.ts';
import { PROJECTIONS } from './live-collections.ts';
import { pause, pauseAfter } from './pause.ts';
import type { AnyProjection } from './projection.ts';
import { type ProjectorHooks, type RetryRequest, runSession } from './projector-session.ts';
import { loadQuarantine } from './quarantine.ts';
import type { ReadStore } from './read-store.ts';
import type { Retried } from './retry.ts';
import { replaceOutdated } from './upgrade.ts';

const BATCH_SIZE = 500;
const DROP_AFTER_MS = 2_000;

export type ProjectorOptions = {
  readonly eventStore: Pick<EventStore, 'subscribe' | 'readStream' | 'readAll'>;
  readonly readStore: ReadStore;
  readonly decode: Decode;
  readonly projections: readonly AnyProjection[];
  readonly hooks?: ProjectorHooks;
  readonly batchSize?: number;
  readonly dropAfterMs?: number;
  readonly random?: () => number;
};

export type Projector = {
  /** Runs until the signal aborts. Whatever fails is tried again; nothing is skipped. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Applies events from quarantine, between two batches of the running projector, as far as the code can take them. */
  readonly retryQuarantined: () => Promise<Retried>;
};

/** Keeps all read models up to date with the log. Only one may run on a read store at a time. */
export const createProjector = (options: ProjectorOptions): Projector => {
  const { readStore, projections, hooks = {}, batchSize = BATCH_SIZE, random = Math.random } = options;
  const { dropAfterMs = DROP_AFTER_MS } = options;
  const requests: RetryRequest[] = [];

  /** Repeats the task until it ends well, with growing pauses. */
  const persist = async (signal: AbortSignal, task: (succeeded: () => void) => Promise<void>): Promise<void> => {
    let failures = 0;
    const succeeded = (): void => {
      failures = 0;
    };
    while (!signal.aborted) {
      try {
        await task(succeeded);
        return;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        const pauseMs = pauseAfter(failures, random);
        hooks.failed?.(error, pauseMs);
        await pause(pauseMs, signal);
      }
    }
  };

  const prepare = async (): Promise<void> => {
    await readStore.ensure(CHECKPOINTS);
    await readStore.ensure(PROJECTIONS);
    await loadQuarantine(readStore);
  };

  const follow = async (signal: AbortSignal, succeeded: () => void): Promise<void> => {
    while (!signal.aborted) {
      await runSession({ ...options, hooks, batchSize, requests, succeeded, signal });
      // An event log that ends its subscription without a failure must not make this a busy loop.
      await setTimeout(1);
    }
  };

  const replace = async (projection: AnyProjection, signal: AbortSignal): Promise<void> => {
    await replaceOutdated({ ...options, projection, batchSize, hooks, signal });
    await dropRetired(readStore, projection.name, dropAfterMs);
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    await persist(signal, prepare);
    await Promise.all([
      persist(signal, (succeeded) => follow(signal, succeeded)),
      ...projections.map((projection) => persist(signal, () => replace(projection, signal))),
    ]);
    for (const { reject } of requests.splice(0)) reject(new Error('the projector has stopped'));
  };

  const retryQuarantined = (): Promise<Retried> =>
    new Promise((resolve, reject) => {
      requests.push({ resolve, reject });
    });

  return Object.freeze({ run, retryQuarantined });
};
