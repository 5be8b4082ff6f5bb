import type { DatabaseSync } from 'node:sqlite';
import { type AppendResult, type EventStore, type NewEvent, StoreUnavailable } from './event-store.ts';
import { createCommitter, type LogGrounds, type Outcome, type WaitingAppend } from './sqlite-append.ts';
import { openLogFile } from './sqlite-file.ts';
import { createReader } from './sqlite-read.ts';
import { createSubscriptions } from './sqlite-subscribe.ts';

/** Bounds of one transaction, so that others get the thread's time between two of them. */
const MOST_EVENTS = 1_024;
const MOST_CHARACTERS = 4_194_304;

type Waiter = WaitingAppend & {
  readonly settle: (outcome: Outcome) => void;
};

export type SqliteEventStoreOptions = {
  readonly file: string;
  readonly open?: (file: string) => DatabaseSync;
};

/** Work of another store on the same file: it runs inside the next transaction, and is answered after its commit. */
type Guest = { readonly work: () => void; readonly settle: (error: StoreUnavailable | null) => void };

export type SqliteEventStore = Omit<EventStore, 'append'> & {
  readonly append: (
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
    grounds?: LogGrounds,
  ) => Promise<AppendResult>;
  readonly db: DatabaseSync;
  /** Runs the work inside the next transaction, so that one sync to disk serves the log and its guest. */
  readonly join: <Answer>(work: () => Answer) => Promise<Answer>;
};

/** What is wrong with an append whatever the log holds: it must not reach a transaction that others share. */
const faultOf = (stream: string, expectedVersion: number, events: readonly NewEvent[]): string | null => {
  if (stream === '') return 'a stream needs a name';
  if (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0) return `no version: ${expectedVersion}`;
  const malformed = events.find(
    ({ id, type, schemaVersion, data, metadata, hash }) =>
      !Number.isSafeInteger(schemaVersion) || [id, type, data, metadata, hash].some((text) => typeof text !== 'string'),
  );
  return malformed === undefined ? null : `event ${malformed.id} has a field of the wrong type`;
};

const sizeOf = ({ events }: WaitingAppend): number =>
  events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);

/** The event log in one SQLite file. Any number of store objects and processes may have it open. */
export const createSqliteEventStore = (options: SqliteEventStoreOptions): SqliteEventStore => {
  const { file, open = openLogFile } = options;
  const db = open(file);
  const commit = createCommitter(db);
  const reader = createReader(db);
  const subscriptions = createSubscriptions(db, reader);
  let queue: Waiter[] = [];
  let guests: Guest[] = [];
  let scheduled = false;
  let closed = false;

  const takeBatch = (): readonly Waiter[] => {
    let count = 0;
    let events = 0;
    let characters = 0;
    for (const waiter of queue) {
      events += waiter.events.length;
      characters += sizeOf(waiter);
      if (count > 0 && (events > MOST_EVENTS || characters > MOST_CHARACTERS)) break;
      count += 1;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    return batch;
  };

  const commitBatch = (): void => {
    const batch = takeBatch();
    const joined = guests;
    guests = [];
    try {
      const { outcomes, recorded } = commit(batch, () => {
        for (const { work } of joined) work();
      });
      subscriptions.committed(recorded);
      for (const { settle } of joined) settle(null);
      for (const [index, outcome] of outcomes.entries()) batch[index]?.settle(outcome);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      for (const { settle } of joined) settle(error);
      for (const { settle } of batch) settle({ status: 'refused', error });
    }
  };

  const isWaiting = (): boolean => queue.length > 0 || guests.length > 0;

  const flush = (): void => {
    scheduled = false;
    if (isWaiting()) commitBatch();
    if (isWaiting()) schedule();
  };

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  };

  const append: SqliteEventStore['append'] = (stream, expectedVersion, events, grounds) => {
    if (closed) return Promise.reject(new StoreUnavailable('the event log is closed', 'none'));
    const fault = faultOf(stream, expectedVersion, events);
    if (fault !== null) return Promise.reject(new TypeError(fault));
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void =>
        outcome.status === 'appended' ? resolve(outcome.result) : reject(outcome.error);
      queue.push({ stream, expectedVersion, events, grounds, settle });
      schedule();
    });
  };

  const join: SqliteEventStore['join'] = (work) => {
    if (closed) return Promise.reject(new StoreUnavailable('the event log is closed', 'none'));
    return new Promise((resolve, reject) => {
      let answer: { readonly value: ReturnType<typeof work> } | null = null;
      const settle: Guest['settle'] = (error) =>
        answer === null || error !== null ? reject(error) : resolve(answer.value);
      guests.push({
        work: () => {
          answer = { value: work() };
        },
        settle,
      });
      schedule();
    });
  };

  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    while (isWaiting()) commitBatch();
    subscriptions.close();
    db.close();
  };

  return Object.freeze({
    db,
    join,
    append,
    readStream: reader.readStream,
    readAll: reader.readAll,
    subscribe: subscriptions.subscribe,
    close,
  });
};
