import { Worker } from 'node:worker_threads';
import type { DependentAppend, Grounds } from './application/dependent-append.ts';
import { BriefMap } from './event-store/brief-map.ts';
import {
  type AppendResult,
  type EventStore,
  GroundsMissing,
  type NewEvent,
  type RecordedEvent,
  StoreUnavailable,
  VersionConflict,
} from './event-store/event-store.ts';
import { openLogFile, positionOf, rowOf } from './event-store/sqlite-file.ts';
import { createReader } from './event-store/sqlite-read.ts';
import { createSubscriptions } from './event-store/sqlite-subscribe.ts';
import { type ReadStore, ReadStoreUnavailable } from './projections/read-store.ts';
import { createGuestReadStore } from './projections/sqlite.ts';
import type { WriterError, WriterReply, WriterRequest } from './sqlite-writer.ts';

type Asked = WriterRequest extends infer Request
  ? Request extends { id: number }
    ? Omit<Request, 'id'>
    : never
  : never;

type Waiting = {
  readonly asked: Asked;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
};

type AskedAppend = Extract<Asked, { do: 'append' }>;

/** What the thread is sent is written and forgotten. */
const YOUNG_GENERATION_MB = 8;
/** More are sent on before the turn is over: the thread need not wait until all of them are decided. */
const REQUESTS_AT_ONCE = 12;
/** How long after its thread has died another one is started. */
const RESTART_MS = 500;

export type ThreadedStores = {
  readonly eventStore: EventStore;
  readonly documents: ReadStore;
  readonly appendOn: DependentAppend;
};

/**
 * The SQLite event log, and documents in the same file, with a thread that does all the writing: a sync to disk takes
 * longer than deciding, and here nobody waits for it but those whose events it makes durable. Reads, and the hand-over
 * of own events to subscribers, stay in the caller's thread.
 */
export const createThreadedStores = (file: string): ThreadedStores => {
  const db = openLogFile(file);
  const reader = createReader(db);
  const subscriptions = createSubscriptions(db, reader, { commitsElsewhere: true });
  const waiting = new BriefMap<number, Waiting>();
  let requests: WriterRequest[] = [];
  let lastId = 0;
  /** The newest row that was handed over. */
  let lastRow = 0;
  let isClosed = false;
  let worker: Worker | null = null;
  let restarting: NodeJS.Timeout | null = null;
  /** Why there is no thread. */
  let ended = "the log's writer has ended";

  const ask = (asked: Asked): Promise<unknown> => {
    if (isClosed || worker === null) return Promise.reject(new StoreUnavailable(ended, 'none'));
    lastId += 1;
    const request: WriterRequest = { ...asked, id: lastId };
    if (requests.length === 0) setImmediate(post);
    requests.push(request);
    if (requests.length >= REQUESTS_AT_ONCE) post();
    return new Promise((resolve, reject) => waiting.set(request.id, { asked, resolve, reject }));
  };

  const post = (): void => {
    if (requests.length === 0) return;
    worker?.postMessage(requests);
    requests = [];
  };

  /** Subscribers get own events without a read; those that a repeated append finds written already, they have. */
  const handOver = ({ stream, expectedVersion, events }: AskedAppend, { position }: AppendResult): void => {
    const endRow = rowOf(position);
    if (endRow <= lastRow) return;
    lastRow = endRow;
    const firstRow = endRow - events.length + 1;
    const recorded = events.map((event, index): RecordedEvent => {
      return { ...event, stream, version: expectedVersion + index + 1, position: positionOf(firstRow + index) };
    });
    subscriptions.committed(recorded);
  };

  const receive = (replies: readonly WriterReply[]): void => {
    for (const reply of replies) {
      const asker = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (!reply.ok) asker?.reject(errorFrom(reply.error));
      else if (asker !== undefined) {
        if (asker.asked.do === 'append') handOver(asker.asked, reply.answer as AppendResult);
        asker.resolve(reply.answer);
      }
    }
  };

  /** The thread is gone: what it was asked may have been done, and nothing can be written until there is another one. */
  const fail = (reason: string): void => {
    worker = null;
    ended = reason;
    requests = [];
    for (const { reject } of waiting.values()) reject(new StoreUnavailable(reason, 'unknown'));
    waiting.clear();
    if (!isClosed) restarting ??= setTimeout(start, RESTART_MS).unref();
  };

  const start = (): void => {
    restarting = null;
    if (isClosed) return;
    const started = new Worker(new URL('./sqlite-writer.ts', import.meta.url), {
      workerData: { sqliteWriterFile: file },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    started.on('message', receive);
    started.on('error', (error) => fail(`the log's writer failed: ${inWords(error)}`));
    // After a failure it has been told of already, and why.
    started.on('exit', () => worker === started && fail("the log's writer has ended"));
    worker = started;
  };
  start();

  const append = async (
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
    grounds?: Grounds,
  ): Promise<AppendResult> => {
    const asked = { do: 'append', stream, expectedVersion, events } as const;
    return (await ask(grounds === undefined ? asked : { ...asked, grounds })) as AppendResult;
  };

  const end = async (): Promise<void> => {
    try {
      const closed = worker === null ? undefined : ask({ do: 'close' });
      isClosed = true;
      ended = 'the event log is closed';
      await closed;
    } finally {
      if (restarting !== null) clearTimeout(restarting);
      subscriptions.close();
      await worker?.terminate();
      db.close();
    }
  };
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= end();
    return closing;
  };

  const local = createGuestReadStore({ db, join: () => Promise.reject(new Error('this connection only reads')) });
  const write = async (asked: Asked): Promise<unknown> => {
    try {
      return await ask(asked);
    } catch (cause) {
      if (cause instanceof RangeError) throw cause;
      throw new ReadStoreUnavailable('the documents could not be written', { cause });
    }
  };
  return {
    appendOn: append,
    eventStore: {
      append: (stream, expectedVersion, events) => append(stream, expectedVersion, events),
      readStream: reader.readStream,
      readAll: reader.readAll,
      subscribe: subscriptions.subscribe,
      close,
    },
    documents: {
      ...local,
      ensure: async (spec) => void (await write({ do: 'ensure', spec })),
      write: async (collection, writes) => (await write({ do: 'write', collection, writes })) as readonly string[],
      drop: async (collection) => void (await write({ do: 'drop', collection })),
    },
  };
};

const inWords = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

const errorFrom = (error: WriterError): Error => {
  switch (error.name) {
    case 'VersionConflict':
      return new VersionConflict(error.stream, error.expectedVersion, error.actualVersion);
    case 'GroundsMissing':
      return new GroundsMissing(error.stream);
    case 'StoreUnavailable':
      return new StoreUnavailable(error.message, error.outcome);
    case 'RangeError':
      return new RangeError(error.message);
    case 'Error':
      return new Error(error.message);
  }
};
