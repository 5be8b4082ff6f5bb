import { setTimeout } from 'node:timers/promises';
import type { Position } from '../domain/values.ts';
import {
  type EventStore,
  type NewEvent,
  type RecordedEvent,
  StoreUnavailable,
  VersionConflict,
} from '../event-store/event-store.ts';
import { MigrationRefused } from './migration.ts';
import { createSettledAppend, type SettledAppend } from './settled-append.ts';

/** One append: well below what servers take at once, and short enough that a kill costs little. */
const MOST_EVENTS = 200;
const MOST_CHARACTERS = 262_144;
const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;
const PROGRESS_EVERY = 1_000;

export type LogMove = {
  readonly from: EventStore;
  readonly to: EventStore;
  /** Called now and then with the number of events that are there by now. */
  readonly onProgress: (events: number) => void;
  readonly signal: AbortSignal;
};

/** What the target has of the source: its first so many events, up to this position of the source. */
export type CommonPast = { readonly events: number; readonly upTo: Position | null };

const placeOf = ({ stream, version }: RecordedEvent): string => `${stream} version ${version}`;

const isSame = (one: RecordedEvent, other: RecordedEvent): boolean =>
  one.stream === other.stream && one.version === other.version && one.id === other.id && one.hash === other.hash;

/** Refuses a target that holds anything but the source's first events, in their order. */
export const findCommonPast = async ({ from, to, onProgress, signal }: LogMove): Promise<CommonPast> => {
  const source = from.readAll()[Symbol.asyncIterator]();
  let common: CommonPast = { events: 0, upTo: null };
  for await (const there of to.readAll()) {
    signal.throwIfAborted();
    const { value: here, done } = await source.next();
    if (done === true)
      throw new MigrationRefused(
        `The target goes on behind the source: its event ${common.events + 1} is ${placeOf(there)}. Has a service run on it already?`,
      );
    if (!isSame(here, there))
      throw new MigrationRefused(
        `The target holds other data: its event ${common.events + 1} is ${placeOf(there)}, the source's is ${placeOf(here)}.`,
      );
    common = { events: common.events + 1, upTo: here.position };
    if (common.events % PROGRESS_EVERY === 0) onProgress(common.events);
  }
  await source.return?.();
  onProgress(common.events);
  return common;
};

/** Events that follow each other in one stream go in one append; the order across streams stays what it was. */
async function* runsOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<readonly RecordedEvent[], void> {
  let run: RecordedEvent[] = [];
  let characters = 0;
  for await (const event of events) {
    const size = event.data.length + event.metadata.length;
    const isFull = run.length >= MOST_EVENTS || characters + size > MOST_CHARACTERS;
    if (run.length > 0 && (isFull || run[0]?.stream !== event.stream)) {
      yield run;
      run = [];
      characters = 0;
    }
    run.push(event);
    characters += size;
  }
  if (run.length > 0) yield run;
}

const toNew = ({ id, type, schemaVersion, data, metadata, hash }: RecordedEvent): NewEvent => ({
  id,
  type,
  schemaVersion,
  data,
  metadata,
  hash,
});

/** Appends the run where it stood in the source, waiting for a target that is away for a while, as after a failover. */
const appendRun = async (append: SettledAppend, run: readonly RecordedEvent[], signal: AbortSignal): Promise<void> => {
  const [first] = run;
  if (first === undefined) return;
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await append(first.stream, first.version - 1, run.map(toNew), { after: [], documents: [] });
      return;
    } catch (error) {
      if (error instanceof VersionConflict)
        throw new MigrationRefused(`Somebody else writes to the target: ${error.message}.`, { cause: error });
      if (!(error instanceof StoreUnavailable)) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new MigrationRefused(`The target does not take ${placeOf(first)}: ${reason}.`, { cause: error });
      }
      if (performance.now() > deadline) throw error;
    }
    await setTimeout(PAUSE_MS, undefined, { signal });
  }
};

/**
 * Appends everything that stands behind the common past, with the same ids, versions and hashes. One append at a time: only so the
 * order across streams is the source's. Repeating it after a kill is safe, since what is there is found to be.
 */
export const copyLog = async (
  { from, to, onProgress, signal }: LogMove,
  { events, upTo }: CommonPast,
): Promise<void> => {
  const append = createSettledAppend(to, undefined);
  let done = events;
  for await (const run of runsOf(from.readAll({ after: upTo }))) {
    signal.throwIfAborted();
    await appendRun(append, run, signal);
    done += run.length;
    onProgress(done);
  }
};
