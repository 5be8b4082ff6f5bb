import type { Position } from '../domain/values.ts';

/** An event as it is handed to the log. Text, not objects, so that what is hashed is what is stored. */
export type NewEvent = {
  /** UUID. Repeating an append with the same ids and expected version succeeds without a second write. */
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** JSON text. */
  readonly data: string;
  /** JSON text. */
  readonly metadata: string;
  /** SHA-256 (hex) over the previous event's hash and this event: see `hash-chain.ts`. */
  readonly hash: string;
};

export type RecordedEvent = NewEvent & {
  readonly stream: string;
  /** The stream's version with this event in it: the first event has version 1. */
  readonly version: number;
  readonly position: Position;
};

export type AppendResult = { readonly version: number; readonly position: Position };

export type ReadStreamOptions = {
  /** Forwards: events after this version (default 0). Backwards: events up to and including it (default: the newest). */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
};

export type ReadAllOptions = {
  /** Events after this position; `null` or absent: from the first (backwards: from the newest). */
  readonly after?: Position | null;
  readonly direction?: 'forwards' | 'backwards';
  /** Only events of streams whose names begin with one of these. Absent: all. */
  readonly streamPrefixes?: readonly string[];
  readonly limit?: number;
  /** Aborts when nobody waits any more: the read then fails. A search through a long log may take longer than anybody waits. */
  readonly signal?: AbortSignal;
};

export type SubscribeOptions = {
  readonly after: Position | null;
  readonly streamPrefixes?: readonly string[];
  /** At most so many events in one batch (default 1,000). */
  readonly batchSize?: number;
  readonly signal: AbortSignal;
};

export type EventBatch = {
  /** In commit order; may be empty when only the position moved or the log's end was reached. */
  readonly events: readonly RecordedEvent[];
  /** Everything up to here has been delivered: what a subscriber stores once it has handled the batch. */
  readonly position: Position | null;
  /** True when the log held nothing newer as the batch was read. */
  readonly caughtUp: boolean;
};

/**
 * The event log. There is no way to append without an expected version.
 *
 * - `append` rejects with `VersionConflict`, `AppendTooLarge` or `StoreUnavailable`; resolves only when the events are durable.
 * - A position that is none of this log's is a `RangeError`, wherever it is given.
 * - `subscribe` delivers every event after a position, first the past, then live, in commit order, one batch at a
 *   time (the next batch is read when the consumer asks for it). It ends when the signal aborts; any failure throws.
 */
export type EventStore = {
  readonly append: (stream: string, expectedVersion: number, events: readonly NewEvent[]) => Promise<AppendResult>;
  readonly readStream: (stream: string, options?: ReadStreamOptions) => AsyncIterable<RecordedEvent>;
  readonly readAll: (options?: ReadAllOptions) => AsyncIterable<RecordedEvent>;
  readonly subscribe: (options: SubscribeOptions) => AsyncIterable<EventBatch>;
  readonly close: () => Promise<void>;
};

/** The stream is not at the expected version. Nothing was written. */
export class VersionConflict extends Error {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly actualVersion: number;

  constructor(stream: string, expectedVersion: number, actualVersion: number) {
    super(`${stream} is at version ${actualVersion}, not ${expectedVersion}`);
    this.name = 'VersionConflict';
    this.stream = stream;
    this.expectedVersion = expectedVersion;
    this.actualVersion = actualVersion;
  }
}

/** The log does not hold what the events would rest on. Nothing was written. */
export class GroundsMissing extends Error {
  readonly stream: string;

  constructor(stream: string) {
    super(`what the events for ${stream} rest on is missing`);
    this.name = 'GroundsMissing';
    this.stream = stream;
  }
}

/** The store takes no append of this size. Nothing was written; repeating it will not help. */
export class AppendTooLarge extends Error {
  constructor(stream: string, options?: ErrorOptions) {
    super(`${stream}: the append is larger than the event log allows`, options);
    this.name = 'AppendTooLarge';
  }
}

/** The store did not answer. `outcome` says whether the write may have happened: `unknown` is settled by repeating it. */
export class StoreUnavailable extends Error {
  readonly outcome: 'none' | 'unknown';

  constructor(message: string, outcome: 'none' | 'unknown', options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreUnavailable';
    this.outcome = outcome;
  }
}
