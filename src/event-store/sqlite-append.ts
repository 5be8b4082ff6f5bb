import type { DatabaseSync } from 'node:sqlite';
import {
  type AppendResult,
  GroundsMissing,
  type NewEvent,
  type RecordedEvent,
  StoreUnavailable,
  VersionConflict,
} from './event-store.ts';
import { createBegin } from './sqlite-begin.ts';
import { categoryOf, positionOf } from './sqlite-file.ts';

export type WaitingAppend = {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly events: readonly NewEvent[];
  readonly grounds?: LogGrounds | undefined;
};

/** What events rest on beyond their stream's version: without it they are not written. */
export type LogGrounds = {
  /** Ids of events that must stand in the log before them. */
  readonly after: readonly string[];
  /** Runs inside of the transaction, just before they are written; false refuses them. */
  readonly alongside?: () => boolean;
};

/** What became of one append of a transaction. */
export type Outcome =
  | { readonly status: 'appended'; readonly result: AppendResult }
  | { readonly status: 'refused'; readonly error: Error };

export type Committed = { readonly outcomes: readonly Outcome[]; readonly recorded: readonly RecordedEvent[] };

/** An event with this id stands elsewhere in the log: the caller made one id twice. Nothing was written. */
export class EventIdTaken extends Error {
  readonly id: string;

  constructor(stream: string, id: string) {
    super(`${stream}: the log already holds an event with id ${id}`);
    this.name = 'EventIdTaken';
    this.id = id;
  }
}

type StreamRow = { readonly id: number; readonly category: number; readonly version: number; readonly row: number };

const createStatements = (db: DatabaseSync) => ({
  lastRow: db.prepare('SELECT max(position) AS row FROM events'),
  stream: db.prepare(
    `SELECT s.id, s.category, e.version, e.position FROM streams s
     LEFT JOIN events e ON e.stream = s.id WHERE s.name = ? ORDER BY e.version DESC LIMIT 1`,
  ),
  category: db.prepare('SELECT id FROM categories WHERE name = ?'),
  addCategory: db.prepare('INSERT INTO categories (name) VALUES (?)'),
  addStream: db.prepare('INSERT INTO streams (name, category) VALUES (?, ?)'),
  written: db.prepare('SELECT id, position FROM events WHERE stream = ? AND version > ? ORDER BY version LIMIT ?'),
  addEvent: db.prepare(
    `INSERT INTO events (position, stream, version, category, id, type, schemaVersion, data, metadata, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  ),
  holds: db.prepare('SELECT 1 FROM events WHERE id = ?'),
  removeAfter: db.prepare('DELETE FROM events WHERE position > ?'),
});

/**
 * Commits many appends, and what else is to be written `alongside`, in one transaction. Throws `StoreUnavailable`, and
 * then none of them has an outcome of its own.
 */
export const createCommitter = (
  db: DatabaseSync,
): ((appends: readonly WaitingAppend[], alongside: () => void) => Committed) => {
  const statements = createStatements(db);
  const begin = createBegin(db);

  const findStream = (name: string): StreamRow | null => {
    const row = statements.stream.get(name);
    if (row === undefined) return null;
    return {
      id: Number(row.id),
      category: Number(row.category),
      version: Number(row.version),
      row: Number(row.position),
    };
  };

  const addStream = (name: string): StreamRow => {
    const categoryName = categoryOf(name);
    const known = statements.category.get(categoryName)?.id;
    const category = Number(known ?? statements.addCategory.run(categoryName).lastInsertRowid);
    return { id: Number(statements.addStream.run(name, category).lastInsertRowid), category, version: 0, row: 0 };
  };

  /** The first result again, if just these events stand after the expected version (as EventStoreDB defines it). */
  const repeated = (append: WaitingAppend, stream: StreamRow): AppendResult | null => {
    const { expectedVersion, events } = append;
    const written = statements.written.all(stream.id, expectedVersion, events.length);
    const last = written.at(-1);
    if (last === undefined) return null;
    if (!events.every((event, index) => written[index]?.id === event.id)) return null;
    return { version: expectedVersion + events.length, position: positionOf(Number(last.position)) };
  };

  const record = (append: WaitingAppend, stream: StreamRow, recorded: RecordedEvent[], lastRow: number): Outcome => {
    let row = lastRow;
    let version = stream.version;
    const before = recorded.length;
    for (const event of append.events) {
      const { id, type, schemaVersion, data, metadata, hash } = event;
      row += 1;
      version += 1;
      const added = statements.addEvent.run(
        row,
        stream.id,
        version,
        stream.category,
        id,
        type,
        schemaVersion,
        data,
        metadata,
        hash,
      );
      if (added.changes === 0) {
        statements.removeAfter.run(lastRow);
        recorded.length = before;
        return { status: 'refused', error: new EventIdTaken(append.stream, id) };
      }
      recorded.push({ ...event, stream: append.stream, version, position: positionOf(row) });
    }
    return { status: 'appended', result: { version, position: positionOf(row) } };
  };

  const areMet = (grounds: LogGrounds | undefined): boolean =>
    grounds === undefined ||
    (grounds.after.every((id) => statements.holds.get(id) !== undefined) && grounds.alongside?.() !== false);

  const write = (append: WaitingAppend, recorded: RecordedEvent[], lastRow: number): Outcome => {
    const stream = findStream(append.stream);
    const actual = stream?.version ?? 0;
    if (append.expectedVersion !== actual) {
      const result = stream === null || append.expectedVersion > actual ? null : repeated(append, stream);
      if (result !== null) return { status: 'appended', result };
      return { status: 'refused', error: new VersionConflict(append.stream, append.expectedVersion, actual) };
    }
    if (append.events.length === 0)
      return { status: 'appended', result: { version: actual, position: positionOf(stream?.row ?? 0) } };
    if (!areMet(append.grounds)) return { status: 'refused', error: new GroundsMissing(append.stream) };
    return record(append, stream ?? addStream(append.stream), recorded, lastRow);
  };

  return (appends, alongside) => {
    let outcome: StoreUnavailable['outcome'] = 'none';
    try {
      if (db.isTransaction) db.exec('ROLLBACK');
      begin();
      const firstRow = Number(statements.lastRow.get()?.row);
      const recorded: RecordedEvent[] = [];
      const outcomes = appends.map((append) => write(append, recorded, firstRow + recorded.length));
      alongside();
      outcome = 'unknown';
      db.exec('COMMIT');
      return { outcomes, recorded };
    } catch (cause) {
      // Still inside the transaction: the commit never began, and rolling back leaves no doubt. Otherwise the commit
      // record may have reached the WAL before the failure, and a crash now could bring the transaction back.
      if (db.isTransaction) outcome = 'none';
      rollBack(db);
      // Another thread gets the message, but not the cause.
      const reason = cause instanceof Error ? `: ${cause.message}` : '';
      throw new StoreUnavailable(`the event log could not be written${reason}`, outcome, { cause });
    }
  };
};

const rollBack = (db: DatabaseSync): void => {
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
  } catch {
    // The failure that led here is the one to report; the next transaction rolls back first.
  }
};
