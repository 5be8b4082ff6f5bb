import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventBatch, RecordedEvent, SubscribeOptions } from './event-store.ts';
import { positionOf, rowOf } from './sqlite-file.ts';
import { type Reader, streamFilter } from './sqlite-read.ts';
import { createTail } from './sqlite-tail.ts';

const POLL_MS = 10;
const BATCH_SIZE = 1_000;

export type Subscriptions = {
  readonly subscribe: (options: SubscribeOptions) => AsyncIterable<EventBatch>;
  /** Hands on what this store has just committed. */
  readonly committed: (events: readonly RecordedEvent[]) => void;
  /** Ends every subscription. */
  readonly close: () => void;
};

export type SubscriptionsOptions = {
  /** This store commits through another connection, and says so a moment later by `committed`. */
  readonly commitsElsewhere?: boolean;
};

export const createSubscriptions = (
  db: DatabaseSync,
  reader: Reader,
  { commitsElsewhere = false }: SubscriptionsOptions = {},
): Subscriptions => {
  const dataVersion = db.prepare('PRAGMA data_version');
  const tail = createTail();
  const waiting = new Set<() => void>();
  /** How far each subscriber has come. */
  const cursors = new Set<{ row: number }>();
  let closed = false;
  let polling: NodeJS.Timeout | null = null;
  let seenDataVersion: unknown = null;
  /** With `commitsElsewhere`: a row that may be our own; if it is, it will have been handed over by the next poll. */
  let suspectRow = 0;
  /** Counts the times that another process was found to have written. */
  let foreignWrites = 0;

  const wakeAll = (): void => {
    const woken = [...waiting];
    waiting.clear();
    for (const wake of woken) wake();
  };

  const poll = (): void => {
    if (waiting.size === 0 && polling !== null) {
      clearInterval(polling);
      polling = null;
      return;
    }
    if (suspectRow > tail.last()) noteForeignWrite();
    suspectRow = 0;
    const found = readDataVersion();
    if (found === seenDataVersion) return;
    seenDataVersion = found;
    if (commitsElsewhere) suspectRow = lastRowOrAll();
    else noteForeignWrite();
  };

  const noteForeignWrite = (): void => {
    foreignWrites += 1;
    wakeAll();
  };

  /** A failure counts as news, so that the subscribers' own reads meet it and report it. */
  const lastRowOrAll = (): number => {
    try {
      return reader.lastRow();
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  };

  /** A failure counts as a change, so that the subscribers' own reads meet it and report it. */
  const readDataVersion = (): unknown => {
    try {
      return dataVersion.get()?.data_version;
    } catch (error) {
      return error;
    }
  };

  const news = (): Promise<void> => {
    polling ??= setInterval(poll, POLL_MS).unref();
    return new Promise((resolve) => {
      waiting.add(resolve);
    });
  };

  const releaseTaken = (): void => {
    let least = Number.POSITIVE_INFINITY;
    for (const { row } of cursors) least = Math.min(least, row);
    tail.release(least);
  };

  async function* subscribe(options: SubscribeOptions): AsyncGenerator<EventBatch, void> {
    const { streamPrefixes, batchSize = BATCH_SIZE, signal } = options;
    const wanted = streamFilter(streamPrefixes);
    const cursor = { row: rowOf(options.after) };
    let readAt = -1;
    /** The log's end as it was when it was last read from disk. */
    let end = 0;
    let saidCaughtUp = false;
    cursors.add(cursor);
    signal.addEventListener('abort', wakeAll);
    try {
      while (!signal.aborted && !closed) {
        const { row: before } = cursor;
        let page = tail.take(before, batchSize, wanted);
        let last = Math.max(tail.last(), end);
        const fromDisk = page === null && (readAt !== foreignWrites || before < last);
        if (fromDisk) {
          readAt = foreignWrites;
          last = reader.lastRow();
          end = last;
          if (before > last)
            throw new RangeError(`position ${positionOf(before)} lies beyond the log's end ${positionOf(last)}`);
          page = reader.page({ after: before, upTo: last, limit: batchSize, streamPrefixes });
        }
        if (page === null) {
          await news();
          continue;
        }
        const { end: row } = page;
        cursor.row = row;
        releaseTaken();
        const caughtUp = row >= last && readAt === foreignWrites;
        if (page.events.length > 0 || row > before || (caughtUp && !saidCaughtUp)) {
          saidCaughtUp = caughtUp;
          yield { events: page.events, position: row === 0 ? null : positionOf(row), caughtUp };
        }
        if (fromDisk && !caughtUp) await nextTurn();
      }
    } finally {
      cursors.delete(cursor);
      releaseTaken();
      signal.removeEventListener('abort', wakeAll);
    }
  }

  const committed = (events: readonly RecordedEvent[]): void => {
    const first = events[0];
    // Who subscribes later begins with a read from disk.
    if (first === undefined || cursors.size === 0) return;
    tail.push(rowOf(first.position), events);
    wakeAll();
  };

  const close = (): void => {
    closed = true;
    if (polling !== null) clearInterval(polling);
    wakeAll();
  };

  return Object.freeze({ subscribe, committed, close });
};
