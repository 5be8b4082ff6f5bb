import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventStore, type NewEvent, StoreUnavailable } from '../../src/event-store/event-store.ts';

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
  readonly appends: readonly Append[];
  /** How many events were read from streams. */
  readonly eventsRead: () => number;
  /** What becomes of the next appends, in order. */
  readonly fail: (...faults: readonly Fault[]) => void;
  /** Runs once, just before the next append reaches the log. */
  readonly beforeAppend: (act: () => Promise<unknown>) => void;
};

/** A log whose answers take a while, as a real one's do, which counts what it is asked and fails as told. */
export const watchEventStore = (inner: EventStore): WatchedEventStore => {
  const appends: Append[] = [];
  const faults: Fault[] = [];
  const acts: (() => Promise<unknown>)[] = [];
  let eventsRead = 0;

  return {
    ...inner,
    appends,
    eventsRead: () => eventsRead,
    fail: (...next) => void faults.push(...next),
    beforeAppend: (act) => void acts.push(act),
    append: async (stream, expectedVersion, events) => {
      appends.push({ stream, expectedVersion, events });
      await acts.shift()?.();
      await nextTurn();
      const fault = faults.shift();
      if (fault === 'refused') throw new StoreUnavailable('the disk is full', 'none');
      if (fault === 'lost') throw new StoreUnavailable('the line went dead', 'unknown');
      const appended = await inner.append(stream, expectedVersion, events);
      if (fault === 'unanswered') throw new StoreUnavailable('the line went dead', 'unknown');
      return appended;
    },
    async *readStream(stream, options) {
      await nextTurn();
      for await (const event of inner.readStream(stream, options)) {
        eventsRead += 1;
        yield event;
      }
    },
  };
};
