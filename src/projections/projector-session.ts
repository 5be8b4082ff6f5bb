import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Position } from '../domain/values.ts';
import type { EventBatch, EventStore } from '../event-store/event-store.ts';
import { applyEvents, arrivalOf } from './apply.ts';
import type { Decode } from './decode.ts';
import { changeLive, freshCollection, readLive } from './live-collections.ts';
import type { AnyProjection } from './projection.ts';
import { loadQuarantine, type Quarantine, type QuarantinedEvent } from './quarantine.ts';
import type { ReadStore } from './read-store.ts';
import { type Retried, retryQuarantined } from './retry.ts';
import { advanceCheckpoints, earliestCheckpoint, openTargets, prefixesOf, type Target } from './target.ts';
import { withTicks } from './ticks.ts';

const WRITES_AT_ONCE = 250;
/** After a batch of many events the next one is let grow: documents that change often are then written less often. */
const MANY_EVENTS = 40;
const GATHER_MS = 12;
const TICK_MS = 100;
const IDLE_CHECKPOINT_MS = 500;

/** For logs and metrics. */
export type ProjectorHooks = {
  readonly applied?: (batch: AppliedBatch) => void;
  readonly quarantined?: (events: readonly QuarantinedEvent[]) => void;
  readonly failed?: (error: unknown, retryInMs: number) => void;
};

export type AppliedBatch = {
  readonly events: number;
  readonly written: number;
  readonly milliseconds: number;
  readonly position: Position;
  readonly caughtUp: boolean;
};

export type RetryRequest = {
  readonly resolve: (retried: Retried) => void;
  readonly reject: (error: unknown) => void;
};

export type SessionOptions = {
  readonly eventStore: Pick<EventStore, 'subscribe' | 'readStream'>;
  readonly readStore: ReadStore;
  readonly decode: Decode;
  readonly projections: readonly AnyProjection[];
  readonly hooks: ProjectorHooks;
  readonly batchSize: number;
  readonly requests: RetryRequest[];
  /** Called whenever something went well. */
  readonly succeeded: () => void;
  readonly signal: AbortSignal;
};

/**
 * One subscription for all read models, from the checkpoint that is furthest behind; each takes only what is new to it.
 * Ends when another collection has become the live one of some read model, and the next session goes on with that.
 */
export const runSession = async (options: SessionOptions): Promise<void> => {
  const { eventStore, readStore, projections, batchSize } = options;
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const collections = await openCollections(readStore, projections);
  const targets = await openTargets(readStore, collections, WRITES_AT_ONCE);
  const work = createWork(options, targets, await loadQuarantine(readStore));
  const streamPrefixes = prefixesOf(targets);
  const isCurrent = createLiveCheck(readStore, projections, targets);
  const batches =
    targets.length === 0
      ? silenceUntil(signal)
      : eventStore.subscribe({ after: earliestCheckpoint(targets), streamPrefixes, batchSize, signal });
  for await (const batch of withTicks(batches, TICK_MS)) {
    try {
      if (batch === null) await work.idle();
      else await work.handle(batch);
      await work.serveRequests();
      if (!(await isCurrent())) ending.abort();
    } catch (error) {
      ending.abort();
      throw error;
    }
    if (ending.signal.aborted) return;
  }
};

async function* silenceUntil(signal: AbortSignal): AsyncGenerator<EventBatch, void> {
  yield { events: [], position: null, caughtUp: false };
  if (!signal.aborted) await once(signal, 'abort');
}

type Opened = { readonly projection: AnyProjection; readonly collection: string };

/** The live collections that this version of each projection may write; the first one is made here. */
const openCollections = async (
  readStore: ReadStore,
  projections: readonly AnyProjection[],
): Promise<readonly Opened[]> => {
  const live = await readLive(
    readStore,
    projections.map(({ name }) => name),
  );
  const opened: Opened[] = [];
  for (const projection of projections) {
    const { name, version, indexes } = projection;
    const seen = live.get(name);
    if (seen === undefined || (seen.collection !== null && seen.version !== version)) continue;
    const collection = seen.collection ?? freshCollection(name, version, seen);
    await readStore.ensure({ name: collection, indexes });
    const change = { collection, version };
    if (seen.collection !== null || (await changeLive(readStore, name, seen, change)) !== null)
      opened.push({ projection, collection });
  }
  return opened;
};

/** Answers, at most every so often, whether the targets still are the live collections. */
const createLiveCheck = (
  readStore: ReadStore,
  projections: readonly AnyProjection[],
  targets: readonly Target[],
): (() => Promise<boolean>) => {
  const mine = new Map(targets.map(({ projection, collection }) => [projection.name, collection]));
  const names = projections.map(({ name }) => name);
  let checkedAt = performance.now();
  return async () => {
    if (performance.now() - checkedAt < TICK_MS) return true;
    checkedAt = performance.now();
    const live = await readLive(readStore, names);
    return projections.every(({ name, version }) => {
      const { collection, version: liveVersion } = live.get(name) ?? { collection: null, version };
      return (liveVersion === version ? collection : undefined) === mine.get(name);
    });
  };
};

const createWork = (
  { eventStore, readStore, decode, hooks, requests, succeeded }: SessionOptions,
  targets: readonly Target[],
  quarantine: Quarantine,
) => {
  let seen: Position | null = null;
  let savedAt = Number.NEGATIVE_INFINITY;

  const save = async (position: Position): Promise<void> => {
    await advanceCheckpoints(readStore, targets, position);
    savedAt = performance.now();
    seen = null;
  };

  const handle = async ({ events, position, caughtUp }: EventBatch): Promise<void> => {
    if (position === null) return;
    if (events.length === 0) {
      seen = position;
      return idle();
    }
    const startedAt = performance.now();
    const arrivals = events.map((recorded) => arrivalOf(recorded, decode));
    const applied = await applyEvents(arrivals, { targets, quarantine });
    await save(position);
    succeeded();
    if (applied.quarantined.length > 0) hooks.quarantined?.(applied.quarantined);
    const milliseconds = performance.now() - startedAt;
    hooks.applied?.({ events: events.length, written: applied.written, milliseconds, position, caughtUp });
    if (caughtUp && events.length >= MANY_EVENTS) await setTimeout(GATHER_MS);
  };

  /** Saves a position that moved although nothing happened that read models want to know. */
  const idle = async (): Promise<void> => {
    succeeded();
    if (seen !== null && performance.now() - savedAt >= IDLE_CHECKPOINT_MS) await save(seen);
  };

  const serveRequests = async (): Promise<void> => {
    for (const { resolve, reject } of requests.splice(0)) {
      try {
        resolve(await retryQuarantined({ eventStore, targets, decode, quarantine }));
      } catch (error) {
        reject(error);
        throw error;
      }
    }
  };

  return { handle, idle, serveRequests };
};
