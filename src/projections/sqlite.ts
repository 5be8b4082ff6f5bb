import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makePrivate } from '../event-store/private-file.ts';
import {
  type CollectionSpec,
  type Query,
  type ReadStore,
  ReadStoreUnavailable,
  type Stored,
  type Write,
} from './read-store.ts';
import { columnSchemaOf, findStatement, indexedFields, indexSchemaOf, tableOf, tableSchemaOf } from './sqlite-query.ts';
import { createTransactions, type Transact } from './sqlite-transactions.ts';
import { createWriter, type WriteOne } from './sqlite-write.ts';

const BUSY_TIMEOUT_MS = 5_000;
const IDS_IN_ONE_READ = 500;
const MOST_STATEMENTS = 500;

export type SqliteReadStoreOptions = {
  readonly file: string;
  /**
   * NORMAL survives the end of the process at any moment, and loses the newest writes, whole and in order, when the
   * machine loses power: right for read models, which the log restores. FULL is for what stands nowhere else.
   */
  readonly synchronous?: 'NORMAL' | 'FULL';
  /** Nobody waits for single writes: they may stop longer, and less often, while pages are copied into the file. */
  readonly bulk?: boolean;
};

/** Of 4 KiB. A checkpoint copies each changed page once, however often it changed, and is what syncs to disk. */
const PAGES_PER_CHECKPOINT = 4_096;
const PAGES_PER_BULK_CHECKPOINT = 16_384;

const openFile = ({ file, synchronous = 'NORMAL', bulk = false }: SqliteReadStoreOptions): DatabaseSync => {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, open: false });
  try {
    makePrivate(file);
    db.open();
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA cache_size = -8192`);
    const pages = bulk ? PAGES_PER_BULK_CHECKPOINT : PAGES_PER_CHECKPOINT;
    db.exec(`PRAGMA wal_autocheckpoint = ${pages}; PRAGMA journal_size_limit = 67108864`);
    return db;
  } catch (cause) {
    if (db.isOpen) db.close();
    throw new ReadStoreUnavailable(`the read store ${file} cannot be opened`, { cause });
  }
};

const isMissingTable = (error: unknown): boolean => error instanceof Error && error.message.startsWith('no such table');

const toStored = ({ id, position, body }: Readonly<Record<string, unknown>>): Stored => ({
  id: String(id),
  position: String(position),
  body: JSON.parse(String(body)),
});

/** The read store in one SQLite file: a table per collection. Any number of stores, threads and processes may have it open. */
export const createSqliteReadStore = (options: SqliteReadStoreOptions): ReadStore => {
  const db = openFile(options);
  const { transact, flush } = createTransactions(db);
  const close = async (): Promise<void> => {
    if (!db.isOpen) return;
    flush();
    db.close();
  };
  return createReadStoreOn(db, transact, close);
};

/** The same in somebody else's file and transactions: its owner closes it, and syncs it to disk as it likes. */
export const createGuestReadStore = (host: { readonly db: DatabaseSync; readonly join: Transact }): GuestReadStore =>
  createReadStoreOn(host.db, host.join, async () => undefined);

export type GuestReadStore = ReadStore & {
  /** Within a transaction of the host: writes the document if it can, and answers whether it stands just so now. */
  readonly establish: (collection: string, document: Stored) => boolean;
};

const createReadStoreOn = (db: DatabaseSync, transact: Transact, closeFile: () => Promise<void>): GuestReadStore => {
  const statements = new Map<string, StatementSync>();
  const columns = new Map<string, ReadonlySet<string>>();
  const writers = new Map<string, WriteOne>();

  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= MOST_STATEMENTS) statements.clear();
    const statement = db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  const asking = <Answer>(task: () => Answer): Answer => {
    try {
      return task();
    } catch (cause) {
      throw cause instanceof RangeError ? cause : new ReadStoreUnavailable('the read store failed', { cause });
    }
  };

  const reading = (task: () => readonly Stored[]): readonly Stored[] =>
    asking(() => {
      try {
        return task();
      } catch (error) {
        if (isMissingTable(error)) return [];
        throw error;
      }
    });

  const inTransaction = async <Answer>(task: () => Answer): Promise<Answer> => {
    try {
      return await transact(task);
    } catch (cause) {
      throw cause instanceof RangeError ? cause : new ReadStoreUnavailable('the read store failed', { cause });
    }
  };

  /** The fields that have a column of their own. Empty where there is no such table. */
  const columnsOf = (collection: string): ReadonlySet<string> => {
    const known = columns.get(collection);
    if (known !== undefined) return known;
    const rows = prepared('SELECT name FROM pragma_table_info(?)').all(collection);
    const fields = rows.flatMap(({ name }) => (String(name).startsWith('$') ? [String(name).slice(1)] : []));
    const found = new Set(fields);
    if (rows.length > 0) columns.set(collection, found);
    return found;
  };

  const ensure = async (spec: CollectionSpec): Promise<void> => {
    const schema = [tableSchemaOf(spec), ...indexSchemaOf(spec)];
    await inTransaction(() => {
      const [table = '', ...indexes] = schema;
      db.exec(table);
      forget(spec.name);
      const present = columnsOf(spec.name);
      const missing = indexedFields(spec).filter((field) => !present.has(field));
      for (const sql of [...missing.flatMap((field) => columnSchemaOf(spec.name, field)), ...indexes]) db.exec(sql);
      forget(spec.name);
    });
  };

  const get = async (collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, Stored>> => {
    const select = `SELECT id, position, body FROM ${tableOf(collection)} WHERE id`;
    const found = new Map<string, Stored>();
    const take = (sql: string, parameter: string): void => {
      for (const stored of reading(() => prepared(sql).all(parameter).map(toStored))) found.set(stored.id, stored);
    };
    const [only] = ids;
    if (only !== undefined && ids.length === 1) take(`${select} = ?`, only);
    else
      for (let start = 0; start < ids.length; start += IDS_IN_ONE_READ)
        take(
          `${select} IN (SELECT value FROM json_each(?))`,
          JSON.stringify(ids.slice(start, start + IDS_IN_ONE_READ)),
        );
    return found;
  };

  const find = async (collection: string, query: Query): Promise<readonly Stored[]> => {
    tableOf(collection);
    return reading(() => {
      const { sql, parameters } = findStatement(collection, query, columnsOf(collection));
      return prepared(sql)
        .all(...parameters)
        .map(toStored);
    });
  };

  const writerOf = (collection: string): WriteOne => {
    const known = writers.get(collection);
    if (known !== undefined) return known;
    const fields = columnsOf(collection);
    const made = createWriter({ collection, fields: [...fields], prepare: (sql) => db.prepare(sql) });
    writers.set(collection, made);
    return made;
  };

  const forget = (collection: string): void => {
    columns.delete(collection);
    writers.delete(collection);
  };

  const write = async (collection: string, writes: readonly Write[]): Promise<readonly string[]> => {
    tableOf(collection);
    if (writes.length === 0) return [];
    const texts = writes.map(({ body }) => (body === null ? null : JSON.stringify(body)));
    return inTransaction(() => {
      const apply = writerOf(collection);
      return writes.filter((one, index) => !apply(one, texts[index] ?? null)).map(({ id }) => id);
    });
  };

  const establish: GuestReadStore['establish'] = (collection, document) => {
    const text = JSON.stringify(document.body);
    if (writerOf(collection)(document, text)) return true;
    return prepared(`SELECT body FROM ${tableOf(collection)} WHERE id = ?`).get(document.id)?.body === text;
  };

  const drop = async (collection: string): Promise<void> => {
    const table = tableOf(collection);
    statements.clear();
    forget(collection);
    asking(() => db.exec(`DROP TABLE IF EXISTS ${table}`));
  };

  const close = async (): Promise<void> => {
    statements.clear();
    writers.clear();
    await closeFile();
  };

  return Object.freeze({ ensure, get, find, write, establish, drop, close });
};
