import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Grounds } from './application/dependent-append.ts';
import {
  type AppendResult,
  GroundsMissing,
  type NewEvent,
  StoreUnavailable,
  VersionConflict,
} from './event-store/event-store.ts';
import { createSqliteEventStore } from './event-store/sqlite.ts';
import type { CollectionSpec, Write } from './projections/read-store.ts';
import { createGuestReadStore } from './projections/sqlite.ts';

/** What the writer's thread is asked to do. */
export type WriterRequest = { readonly id: number } & (
  | {
      readonly do: 'append';
      readonly stream: string;
      readonly expectedVersion: number;
      readonly events: readonly NewEvent[];
      readonly grounds?: Grounds;
    }
  | { readonly do: 'ensure'; readonly spec: CollectionSpec }
  | { readonly do: 'write'; readonly collection: string; readonly writes: readonly Write[] }
  | { readonly do: 'drop'; readonly collection: string }
  | { readonly do: 'close' }
);

/** An error as it crosses between threads: what the caller needs to make the same one again. */
export type WriterError =
  | {
      readonly name: 'VersionConflict';
      readonly stream: string;
      readonly expectedVersion: number;
      readonly actualVersion: number;
    }
  | { readonly name: 'GroundsMissing'; readonly stream: string }
  | { readonly name: 'StoreUnavailable'; readonly message: string; readonly outcome: 'none' | 'unknown' }
  | { readonly name: 'RangeError' | 'Error'; readonly message: string };

/** Sent in the order in which the requests were carried out: appends, in that of the log. */
export type WriterReply = { readonly id: number } & (
  | { readonly ok: true; readonly answer: AppendResult | readonly string[] | null }
  | { readonly ok: false; readonly error: WriterError }
);

const errorOf = (error: unknown): WriterError => {
  if (error instanceof VersionConflict) {
    const { stream, expectedVersion, actualVersion } = error;
    return { name: 'VersionConflict', stream, expectedVersion, actualVersion };
  }
  if (error instanceof GroundsMissing) return { name: 'GroundsMissing', stream: error.stream };
  if (error instanceof StoreUnavailable)
    return { name: 'StoreUnavailable', message: error.message, outcome: error.outcome };
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof StoreUnavailable) return errorOf(cause);
  const name = error instanceof RangeError ? 'RangeError' : 'Error';
  return { name, message: error instanceof Error ? error.message : String(error) };
};

/** The body of the thread: the log and its guest, in the file's only writing connection of this process. */
const serve = (file: string): void => {
  const log = createSqliteEventStore({ file });
  const documents = createGuestReadStore(log);
  let replies: WriterReply[] = [];

  const reply = (one: WriterReply): void => {
    if (replies.length === 0) {
      // Ticks run once all that this commit settled has been said: one message for all.
      process.nextTick(() => {
        parentPort?.postMessage(replies);
        replies = [];
      });
    }
    replies.push(one);
  };

  const append = ({ stream, expectedVersion, events, grounds }: Extract<WriterRequest, { do: 'append' }>) => {
    if (grounds === undefined) return log.append(stream, expectedVersion, events);
    const alongside = () =>
      grounds.documents.every(({ collection, ...document }) => documents.establish(collection, document));
    return log.append(stream, expectedVersion, events, { after: grounds.after, alongside });
  };

  const run = async (request: WriterRequest): Promise<AppendResult | readonly string[] | null> => {
    switch (request.do) {
      case 'append':
        return append(request);
      case 'write':
        return documents.write(request.collection, request.writes);
      case 'ensure':
        return documents.ensure(request.spec).then(() => null);
      case 'drop':
        return documents.drop(request.collection).then(() => null);
      case 'close':
        return log.close().then(() => null);
    }
  };

  parentPort?.on('message', (requests: readonly WriterRequest[]) => {
    for (const request of requests) {
      run(request).then(
        (answer) => reply({ id: request.id, ok: true, answer }),
        (error: unknown) => reply({ id: request.id, ok: false, error: errorOf(error) }),
      );
      if (request.do === 'close') parentPort?.unref();
    }
  });
};

if (!isMainThread && typeof workerData?.sqliteWriterFile === 'string') serve(workerData.sqliteWriterFile);
