import { DatabaseSync } from 'node:sqlite';
import type { Position } from '../domain/values.ts';
import { StoreUnavailable } from './event-store.ts';
import { makePrivate } from './private-file.ts';

const SCHEMA_VERSION = 1;
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Streams and categories are named once and referred to by number: a name is longer than all other keys together.
 * `position` is the row id, so the index on `category` alone is ordered by (category, position).
 */
const schema = `
  CREATE TABLE IF NOT EXISTS categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    category INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    version INTEGER NOT NULL,
    category INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    schemaVersion INTEGER NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (stream, version)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_by_category ON events (category);
`;

/** The part of a stream's name up to and including its first `-`; the whole name where there is none. */
export const categoryOf = (name: string): string => {
  const dash = name.indexOf('-');
  return dash === -1 ? name : name.slice(0, dash + 1);
};

const POSITION_DIGITS = 16;

export const positionOf = (row: number): Position => String(row).padStart(POSITION_DIGITS, '0');

export const rowOf = (position: Position | null | undefined): number => {
  if (position === null || position === undefined) return 0;
  if (!/^\d{16}$/.test(position)) throw new RangeError(`not a position of this log: ${position}`);
  return Number(position);
};

/** Positions of this log have no gaps: what `verifyLog` needs to notice a missing event that nothing follows in its stream. */
export const isNextPosition = (previous: Position | null, next: Position): boolean =>
  rowOf(next) === rowOf(previous) + 1;

/** The file is a whole database, but no event log that this release can use. Nothing in it was changed. */
export class LogFileRefused extends Error {
  constructor(file: string, why: string) {
    super(`${file} is no event log that can be used: ${why}. See that DATA_DIR names the right folder.`);
    this.name = 'LogFileRefused';
  }
}

const TABLES = ['categories', 'events', 'streams'];

/** Looks before anything is changed: in one transaction, since another process may be about to create the log. */
const assertOurs = (db: DatabaseSync, file: string): void => {
  db.exec('BEGIN');
  const format = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  const rows = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  db.exec('COMMIT');
  const tables = new Set(rows.map(({ name }) => name));
  if (format > SCHEMA_VERSION)
    throw new LogFileRefused(file, `it has format ${format}, and this release reads format ${SCHEMA_VERSION}`);
  if (format === 0 && tables.size > 0) throw new LogFileRefused(file, "it holds another program's tables");
  if (format > 0 && !TABLES.every((table) => tables.has(table)))
    throw new LogFileRefused(file, 'some of its tables are gone, so it is to be restored from a backup');
};

const createSchema = (db: DatabaseSync): void => {
  db.exec('BEGIN IMMEDIATE');
  try {
    const found = Number(db.prepare('PRAGMA user_version').get()?.user_version);
    if (found < SCHEMA_VERSION) db.exec(`${schema}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
};

/** Opens the log's file, creating it where it is missing. */
export const openLogFile = (file: string, busyTimeoutMs = BUSY_TIMEOUT_MS): DatabaseSync => {
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs, open: false });
  try {
    makePrivate(file);
    db.open();
    assertOurs(db, file);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -4096');
    // A checkpoint copies the WAL's distinct pages into the file, and whoever commits waits for it. Few pages: many
    // stops, the same hot pages copied each time. Many: one long stop, unless somebody copies pages meanwhile
    // (`sqlite-relief.ts`). The size limit cuts back a WAL that grew while some other process held a long read.
    db.exec('PRAGMA wal_autocheckpoint = 8192; PRAGMA journal_size_limit = 67108864');
    createSchema(db);
    return db;
  } catch (cause) {
    if (db.isOpen) db.close();
    if (cause instanceof LogFileRefused) throw cause;
    throw new StoreUnavailable(`the event log ${file} cannot be opened`, 'none', { cause });
  }
};
