import type { Position } from '../domain/values.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { type Arrival, applyEvents, arrivalOf } from './apply.ts';
import type { Claim } from './claim.ts';
import type { Decode } from './decode.ts';
import type { Quarantine, QuarantinedEvent } from './quarantine.ts';
import type { ReadStore } from './read-store.ts';
import { advanceCheckpoints, openTargets, prefixesOf, type Target } from './target.ts';

export type Build = {
  readonly targets: readonly Target[];
  /** Reads the log on, up to and including the position (null: to its end), into every target. */
  readonly advanceTo: (position: Position | null) => Promise<void>;
  readonly position: () => Position | null;
};

export type BuildOptions = {
  readonly eventStore: Pick<EventStore, 'readAll'>;
  readonly readStore: ReadStore;
  readonly decode: Decode;
  readonly quarantine: Quarantine;
  readonly claims: readonly Claim[];
  readonly batchSize: number;
  readonly onBatch: (events: number, position: Position) => void;
  readonly onQuarantined: (events: readonly QuarantinedEvent[]) => void;
  readonly signal: AbortSignal;
};

/** Fills new collections from the log, all in one pass over it. */
export const createBuild = async (options: BuildOptions): Promise<Build> => {
  const { eventStore, readStore, decode, quarantine, claims, batchSize, signal } = options;
  const targets = await openTargets(readStore, claims, batchSize);
  const streamPrefixes = prefixesOf(targets);
  let reached: Position | null = null;

  const apply = async (batch: readonly Arrival[], position: Position): Promise<void> => {
    signal.throwIfAborted();
    const applied = await applyEvents(batch, { targets, quarantine });
    if (applied.quarantined.length > 0) options.onQuarantined(applied.quarantined);
    await advanceCheckpoints(readStore, targets, position);
    reached = position;
    options.onBatch(batch.length, position);
  };

  const advanceTo = async (limit: Position | null): Promise<void> => {
    if (limit !== null && reached !== null && limit <= reached) return;
    let batch: Arrival[] = [];
    let last = reached;
    for await (const recorded of eventStore.readAll({ after: reached, streamPrefixes })) {
      if (limit !== null && recorded.position > limit) break;
      batch.push(arrivalOf(recorded, decode));
      last = recorded.position;
      if (batch.length < batchSize) continue;
      await apply(batch, last);
      batch = [];
    }
    const end = limit ?? last;
    if (end !== null && end !== reached) await apply(batch, end);
  };

  return { targets, advanceTo, position: () => reached };
};
