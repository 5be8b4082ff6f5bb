import type { EventStore } from './event-store.ts';
import { StoreUnavailable } from './event-store.ts';
import { createAppender } from './eventstoredb-append.ts';
import { createConnection } from './eventstoredb-connection.ts';
import { createGather } from './eventstoredb-gather.ts';
import { createReader } from './eventstoredb-read.ts';
import { createSubscribe } from './eventstoredb-subscribe.ts';
import { targetOf } from './eventstoredb-url.ts';
import { createWatcher } from './eventstoredb-watcher.ts';

export type EventStoreDbOptions = {
  /** `esdb://[user:password@]host:port[,host:port]?tls=true&tlsCAFile=…` or `esdb+discover://…`. */
  readonly url: string;
  /** An append without an answer by then has an unknown outcome. */
  readonly appendTimeoutMs?: number;
  /** So long a read may be silent. */
  readonly readTimeoutMs?: number;
  /** So long a read by prefix may find nothing, in a long log, while its server answers other questions. */
  readonly searchMs?: number;
  readonly connectTimeoutMs?: number;
  /** When the log was quiet for so long, it is asked for news without a signal. */
  readonly silenceMs?: number;
  /** Hears of what subscriptions met and mended. */
  readonly onError?: (error: unknown) => void;
};

/** Some hundred million events. */
const LONGEST_SEARCH_MS = 3_600_000;

/** The event log in EventStoreDB: one connection, made when it is first needed. */
export const createEventStoreDbEventStore = (options: EventStoreDbOptions): EventStore => {
  const { appendTimeoutMs = 3_000, readTimeoutMs = 3_000, connectTimeoutMs = 2_000, silenceMs = 1_000 } = options;
  const { searchMs = LONGEST_SEARCH_MS, onError = () => undefined } = options;
  const closer = new AbortController();
  const closing = closer.signal;
  const connection = createConnection({ target: targetOf(options.url), connectTimeoutMs });
  const gather = createGather({ timeoutMs: readTimeoutMs, searchMs });
  const reader = createReader({ connection, gather, timeoutMs: readTimeoutMs, closing });
  const watcher = createWatcher({ connection, reader, silenceMs, connectTimeoutMs, onError, closing });
  const send = createAppender({ connection, reader, timeoutMs: appendTimeoutMs });
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  const append: EventStore['append'] = async (stream, expectedVersion, events) => {
    if (closed) throw new StoreUnavailable('the event log is closed', 'none');
    const appended = send(stream, expectedVersion, events);
    underWay.add(appended);
    try {
      return await appended;
    } finally {
      underWay.delete(appended);
    }
  };

  const close = async (): Promise<void> => {
    closed = true;
    await Promise.allSettled(underWay);
    closer.abort();
    connection.close();
  };

  return Object.freeze({
    append,
    readStream: reader.readStream,
    readAll: reader.readAll,
    subscribe: createSubscribe({ connection, reader, watcher, onError, closing }),
    close,
  });
};
