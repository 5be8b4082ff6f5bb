import type { Position } from '../domain/values.ts';

export type Scalar = string | number | boolean;

/** A stored document: `body` is plain JSON; `position` is where in the log its newest event stands. */
export type Stored = {
  readonly id: string;
  readonly position: Position;
  readonly body: Readonly<Record<string, unknown>>;
};

/** `body: null` deletes. Applied only where the stored document has no position or a smaller one. */
export type Write = {
  readonly id: string;
  readonly position: Position;
  readonly body: Readonly<Record<string, unknown>> | null;
  /** What the writer knows to stand there; null: nothing. A hint that changes the cost and nothing else. */
  readonly before?: Stored | null;
};

export type Query = {
  /** Top-level body fields and the values they must equal. */
  readonly equals?: Readonly<Record<string, Scalar>>;
  /** Top-level body field to sort by; ties, and no field at all, sort by id. A document without it is not found. */
  readonly orderBy?: string;
  readonly descending?: boolean;
  /** Exclusive start: the last document of the page before (its `orderBy` value and its id). */
  readonly after?: { readonly value?: Scalar; readonly id: string };
  /** Inclusive bounds on the `orderBy` field. */
  readonly from?: Scalar;
  readonly to?: Scalar;
  readonly limit: number;
};

/** A collection (lower case: `orders@2`) and what it is queried by: each index lists body fields in order. */
export type CollectionSpec = { readonly name: string; readonly indexes: readonly (readonly string[])[] };

/**
 * Where read models, checkpoints and other documents live.
 *
 * `write` answers the ids that were left as they were, because the stored position is as new or newer: redelivery
 * changes nothing, and a write at one fixed position is an insert-if-absent. A collection must be ensured before it is
 * written; reading one that is not there finds nothing.
 */
export type ReadStore = {
  /** Creates the collection and its indexes where they are missing. */
  readonly ensure: (spec: CollectionSpec) => Promise<void>;
  readonly get: (collection: string, ids: readonly string[]) => Promise<ReadonlyMap<string, Stored>>;
  readonly find: (collection: string, query: Query) => Promise<readonly Stored[]>;
  readonly write: (collection: string, writes: readonly Write[]) => Promise<readonly string[]>;
  readonly drop: (collection: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The read store did not answer, or not in time. */
export class ReadStoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReadStoreUnavailable';
  }
}
