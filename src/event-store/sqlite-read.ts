import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadAllOptions, ReadStreamOptions, RecordedEvent } from './event-store.ts';
import { StoreUnavailable } from './event-store.ts';
import { categoryOf, positionOf, rowOf } from './sqlite-file.ts';

const PAGE_SIZE = 500;
const SMALLEST_PAGE = 20;
/** Above so many categories, reading everything and leaving out the rest is no slower than merging them. */
const MERGED_CATEGORIES = 16;

const columns = 's.name, e.version, e.position, e.id, e.type, e.schemaVersion, e.data, e.metadata, e.hash' as const;
const from = 'FROM events e CROSS JOIN streams s ON s.id = e.stream' as const;

type Row = readonly SQLOutputValue[];

const toEvent = ([stream, version, row, id, type, schemaVersion, data, metadata, hash]: Row): RecordedEvent => ({
  id: String(id),
  type: String(type),
  schemaVersion: Number(schemaVersion),
  data: String(data),
  metadata: String(metadata),
  hash: String(hash),
  stream: String(stream),
  version: Number(version),
  position: positionOf(Number(row)),
});

/** Rows come as lists: as objects with names, a page of events takes a third longer. */
const prepareList = (db: DatabaseSync, sql: string): StatementSync => {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
};

const eventsOf = (rows: readonly unknown[]): readonly RecordedEvent[] => rows.map((row) => toEvent(row as Row));

export type StreamFilter = (stream: string) => boolean;

export const streamFilter = (prefixes: readonly string[] | undefined): StreamFilter =>
  prefixes === undefined ? () => true : (stream) => prefixes.some((prefix) => stream.startsWith(prefix));

/** A part of the log: the events in it that were asked for, and the row up to which it was searched. */
export type Page = { readonly events: readonly RecordedEvent[]; readonly end: number };

export type PageRequest = {
  /** Exclusive. */
  readonly after: number;
  /** Inclusive. */
  readonly upTo: number;
  readonly limit: number;
  readonly streamPrefixes?: readonly string[] | undefined;
  readonly backwards?: boolean;
};

export type Reader = {
  readonly lastRow: () => number;
  /** One page of the rows in (after, upTo], from the side that the direction says. */
  readonly page: (request: PageRequest) => Page;
  readonly readStream: (stream: string, options?: ReadStreamOptions) => AsyncIterable<RecordedEvent>;
  readonly readAll: (options?: ReadAllOptions) => AsyncIterable<RecordedEvent>;
};

const unavailable = (cause: unknown): StoreUnavailable =>
  new StoreUnavailable('the event log could not be read', 'none', { cause });

export const createReader = (db: DatabaseSync): Reader => {
  const last = db.prepare('SELECT max(position) AS row FROM events');
  const categories = db.prepare('SELECT id, name FROM categories');
  const streamForwards = prepareList(
    db,
    `SELECT ${columns} FROM streams s CROSS JOIN events e ON e.stream = s.id
     WHERE s.name = ? AND e.version > ? ORDER BY e.version LIMIT ?`,
  );
  const streamBackwards = prepareList(
    db,
    `SELECT ${columns} FROM streams s CROSS JOIN events e ON e.stream = s.id
     WHERE s.name = ? AND e.version <= ? ORDER BY e.version DESC LIMIT ?`,
  );
  const pageStatements = new Map<string, StatementSync>();

  /** Merges the categories in order of position; each is read from its index only as far as the page reaches. */
  const pageStatement = (categoryCount: number, backwards: boolean): StatementSync => {
    const key = `${categoryCount}${backwards}`;
    const known = pageStatements.get(key);
    if (known !== undefined) return known;
    const range = `SELECT ${columns} ${from} WHERE e.position > ?1 AND e.position <= ?2`;
    const parts = Array.from({ length: categoryCount }, (_, index) => `${range} AND e.category = ?${index + 4}`);
    const selection = parts.length === 0 ? range : parts.join(' UNION ALL ');
    const made = prepareList(db, `${selection} ORDER BY 3 ${backwards ? 'DESC' : 'ASC'} LIMIT ?3`);
    pageStatements.set(key, made);
    return made;
  };

  const categoriesOf = (prefixes: readonly string[]): readonly number[] =>
    categories
      .all()
      .filter(({ name }) => prefixes.some((prefix) => String(name).startsWith(categoryOf(prefix))))
      .map(({ id }) => Number(id));

  const page = ({ after, upTo, limit, streamPrefixes, backwards = false }: PageRequest): Page => {
    try {
      const matching = streamPrefixes === undefined ? [] : categoriesOf(streamPrefixes);
      const end = backwards ? after : upTo;
      if (streamPrefixes !== undefined && matching.length === 0) return { events: [], end };
      const merged = matching.length > MERGED_CATEGORIES ? [] : matching;
      const events = eventsOf(pageStatement(merged.length, backwards).all(after, upTo, limit, ...merged));
      const wanted = streamFilter(streamPrefixes);
      const farthest = events.length < limit ? end : Number(events.at(-1)?.position) - (backwards ? 1 : 0);
      return {
        events: streamPrefixes === undefined ? events : events.filter(({ stream }) => wanted(stream)),
        end: farthest,
      };
    } catch (cause) {
      throw unavailable(cause);
    }
  };

  const lastRow = (): number => {
    try {
      return Number(last.get()?.row);
    } catch (cause) {
      throw unavailable(cause);
    }
  };

  async function* readAll(options: ReadAllOptions = {}): AsyncGenerator<RecordedEvent, void> {
    const { direction = 'forwards', streamPrefixes, limit = Number.POSITIVE_INFINITY } = options;
    const backwards = direction === 'backwards';
    const start = options.after ?? null;
    // Backwards, "after" a position in the order of reading is before it in the log.
    let after = backwards ? 0 : rowOf(start);
    let upTo = backwards && start !== null ? rowOf(start) - 1 : lastRow();
    let left = limit;
    while (left > 0 && after < upTo) {
      if (options.signal?.aborted === true) throw new StoreUnavailable('the read was given up', 'none');
      const { events, end } = page({
        after,
        upTo,
        limit: Math.max(SMALLEST_PAGE, Math.min(PAGE_SIZE, left)),
        streamPrefixes,
        backwards,
      });
      for (const event of events.length > left ? events.slice(0, left) : events) yield event;
      left -= events.length;
      if (backwards) upTo = end;
      else after = end;
      // A long read must not keep others from their turn.
      if (after < upTo) await nextTurn();
    }
  }

  const streamPage = (stream: string, backwards: boolean, version: number, limit: number): readonly RecordedEvent[] => {
    try {
      return eventsOf((backwards ? streamBackwards : streamForwards).all(stream, version, limit));
    } catch (cause) {
      throw unavailable(cause);
    }
  };

  async function* readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent, void> {
    const { direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options;
    const backwards = direction === 'backwards';
    let version = options.from ?? (backwards ? Number.MAX_SAFE_INTEGER : 0);
    let left = limit;
    while (left > 0) {
      const size = Math.min(PAGE_SIZE, left);
      const events = streamPage(stream, backwards, version, size);
      yield* events;
      left -= events.length;
      const reached = events.at(-1)?.version;
      if (reached === undefined || events.length < size) return;
      version = backwards ? reached - 1 : reached;
      await nextTurn();
    }
  }

  return Object.freeze({ lastRow, page, readStream, readAll });
};
