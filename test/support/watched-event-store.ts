import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { DependentAppend } from '../../src/application/dependent-append.ts';
import {
  type AppendResult,
  type EventStore,
  GroundsMissing,
  type NewEvent,
  StoreUnavailable,
} from '../../src/event-store/event-store.ts';
import type { ReadStore } from '../../src/projections/read-store.ts';

export type Fault =
  /** Nothing is written, and the caller knows it. */
  | 'refused'
  /** Nothing is written, but the caller cannot know. */
  | 'lost'
  /** Everything is written, but the caller cannot know. */
  | 'unanswered';

export type Append = {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly events: readonly NewEvent[];
};

export type WatchedEventStore = EventStore & {
  /** Appends on grounds, as a store can do whose log and vault share their transactions. */
  readonly appendOn: DependentAppend;
  readonly appends: readonly Append[];
  /** How many events were read from streams. */
  readonly eventsRead: () => number;
  /** What becomes of the next appends, in order. */
  readonly fail: (...faults: readonly Fault[]) => void;
  /** Runs once, just before the next append reaches the log. */
  readonly beforeAppend: (act: () => Promise<unknown>) => void;
  /** Runs once, right after the next stream was read. */
  readonly afterRead: (act: () => Promise<unknown>) => void;
};

/** A log whose answers take a while, as a real one's do, which counts what it is asked and fails as told. */
export const watchEventStore = (inner: EventStore, vault?: ReadStore): WatchedEventStore => {
  const appends: Append[] = [];
  const faults: Fault[] = [];
  const acts: (() => Promise<unknown>)[] = [];
  const actsAfterRead: (() => Promise<unknown>)[] = [];
  let eventsRead = 0;

  const watched = async (append: Append, write: () => Promise<AppendResult>): Promise<AppendResult> => {
    appends.push(append);
    await acts.shift()?.();
    await nextTurn();
    const fault = faults.shift();
    if (fault === 'refused') throw new StoreUnavailable('the disk is full', 'none');
    if (fault === 'lost') throw new StoreUnavailable('the line went dead', 'unknown');
    const appended = await write();
    if (fault === 'unanswered') throw new StoreUnavailable('the line went dead', 'unknown');
    return appended;
  };

  const areMet = async ({ after, documents }: Parameters<DependentAppend>[3]): Promise<boolean> => {
    const ids = new Set((await Array.fromAsync(inner.readAll())).map(({ id }) => id));
    if (!after.every((id) => ids.has(id))) return false;
    for (const { collection, ...document } of documents) {
      await vault?.write(collection, [document]);
      const stored = (await vault?.get(collection, [document.id]))?.get(document.id);
      if (!isDeepStrictEqual(stored?.body, document.body)) return false;
    }
    return true;
  };

  return {
    ...inner,
    appends,
    eventsRead: () => eventsRead,
    fail: (...next) => void faults.push(...next),
    beforeAppend: (act) => void acts.push(act),
    afterRead: (act) => void actsAfterRead.push(act),
    append: (stream, expectedVersion, events) =>
      watched({ stream, expectedVersion, events }, () => inner.append(stream, expectedVersion, events)),
    appendOn: (stream, expectedVersion, events, grounds) =>
      watched({ stream, expectedVersion, events }, async () => {
        if (!(await areMet(grounds))) throw new GroundsMissing(stream);
        return inner.append(stream, expectedVersion, events);
      }),
    async *readStream(stream, options) {
      await nextTurn();
      for await (const event of inner.readStream(stream, options)) {
        eventsRead += 1;
        yield event;
      }
      await actsAfterRead.shift()?.();
    },
  };
};
