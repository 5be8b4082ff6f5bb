import {
  type Db,
  type DbOptions,
  MongoBulkWriteError,
  MongoClient,
  type MongoClientOptions,
  MongoError,
  MongoServerError,
  MongoServerSelectionError,
  ReadConcern,
} from 'mongodb';
import { assertDatabase, assertFiles, databaseOf, hasOption, refusalOf } from './mongodb-url.ts';
import { ReadStoreUnavailable } from './read-store.ts';

export type MongoReadStoreOptions = {
  /** `mongodb://` or `mongodb+srv://`. Its path names the database, else that is `sourcefold`. */
  readonly url: string;
  /** Makes it another database of the same server: what can be rebuilt and what cannot should not share one. */
  readonly databaseSuffix?: string;
  /** What one command may take once a server has been found. */
  readonly operationMs?: number;
};

// Whoever waited while the server was out of reach is to be served within 5 s of its return: each step is shorter.
const OPERATION_MS = 4_000;
const CONNECT_MS = 4_000;
const SELECTION_MS = 4_000;
/** The server ends a command by itself first, and says so; a connection that stays silent is given up after this. */
const ANSWER_MS = 500;
const POOL_SIZE = 50;

/** Wrong credentials, missing permission: waiting will not help, so the answer must say what is the matter. */
const REFUSALS: ReadonlySet<unknown> = new Set([13, 18, 8000]);

export type MongoConnection = {
  /** For every command: by then the server ends it. */
  readonly maxTimeMS: number;
  /** Runs one command. It ends in time, whatever becomes of the server, and fails as a read store may. */
  readonly asking: <Answer>(command: (db: Db) => Promise<Answer>) => Promise<Answer>;
  readonly close: () => Promise<void>;
};

/** The URL may set other limits, as it may set anything but `concerns`. */
const clientOptions = (url: string, operationMs: number): MongoClientOptions => {
  const limits: MongoClientOptions = {
    appName: 'sourcefold',
    serverSelectionTimeoutMS: SELECTION_MS,
    connectTimeoutMS: CONNECT_MS,
    waitQueueTimeoutMS: SELECTION_MS,
    socketTimeoutMS: operationMs + ANSWER_MS,
    maxPoolSize: POOL_SIZE,
  };
  const isGiven = hasOption(url);
  return Object.fromEntries(Object.entries(limits).filter(([name]) => !isGiven(name)));
};

/**
 * What correctness rests on: a majority has every write, on disk, before it is acknowledged, and only such writes are
 * read. No sessions, transactions or change streams: a standalone server will do.
 */
const concerns = (wtimeoutMS: number): DbOptions => ({
  readConcern: new ReadConcern('majority'),
  readPreference: 'primary',
  writeConcern: { w: 'majority', journal: true, wtimeoutMS },
});

type Client = { readonly client: MongoClient; readonly db: Db };

export const openClient = (options: MongoReadStoreOptions, operationMs: number): Client => {
  const { url, databaseSuffix = '' } = options;
  const name = databaseOf(url) + databaseSuffix;
  assertDatabase(name);
  try {
    const client = new MongoClient(url, clientOptions(url, operationMs));
    return { client, db: client.db(name, concerns(operationMs)) };
  } catch (error) {
    throw refusalOf(url, error instanceof Error ? error.message : '');
  }
};

/** In words: the driver's own error may carry the documents that it was to write. */
const inWords = (cause: unknown): unknown =>
  cause instanceof MongoError ? new Error(`${cause.name}: ${cause.message}`) : cause;

const failureOf = (error: unknown): Error => {
  if (error instanceof RangeError || error instanceof ReadStoreUnavailable) return error;
  const isRefusal = error instanceof MongoServerError && REFUSALS.has(error.code);
  const what = isRefusal ? `the read store refuses: ${error.message}` : 'the read store failed';
  return new ReadStoreUnavailable(what, { cause: inWords(error) });
};

class NoAnswer extends ReadStoreUnavailable {}

/** The driver found no server, or does not say what it is waiting for. */
const isAdrift = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  error instanceof MongoServerSelectionError ||
  (error instanceof MongoBulkWriteError && error.errorResponse instanceof MongoServerSelectionError);

/** The driver has a limit for each step, and tries some steps again: this is the one for all of them together. */
const within = async <Answer>(limitMs: number, command: Promise<Answer>): Promise<Answer> => {
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new NoAnswer(`no answer in ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([command, timeUp]);
  } finally {
    clearTimeout(timer);
  }
};

/** Connects at the first command, and again whenever it must. */
export const connectMongo = (options: MongoReadStoreOptions): MongoConnection => {
  const { operationMs = OPERATION_MS } = options;
  const limitMs = SELECTION_MS + operationMs;
  assertFiles(options.url);
  let current = openClient(options, operationMs);
  let closed = false;
  const closing = new Set<Promise<void>>();

  /**
   * A new client for the next command. One whose connections broke all at once may never look for its server again: the
   * driver writes its heartbeat to a connection that has just ended, and waits for that to drain.
   */
  const giveUp = (failed: Client): void => {
    if (failed !== current || closed) return;
    current = openClient(options, operationMs);
    const ending = end(failed.client).finally(() => closing.delete(ending));
    closing.add(ending);
  };

  /** Nobody waits for longer than this, or minds how it ends: whatever was under way has failed. */
  const end = (client: MongoClient): Promise<void> => within(limitMs, client.close()).catch(() => undefined);

  const asking: MongoConnection['asking'] = async (command) => {
    if (closed) throw new ReadStoreUnavailable('the read store is closed');
    const mine = current;
    const connectedFirst = async () => {
      // A driver whose first attempt failed tries again only when it is told to.
      await mine.client.connect();
      return command(mine.db);
    };
    try {
      return await within(limitMs, connectedFirst());
    } catch (error) {
      if (isAdrift(error)) giveUp(mine);
      throw failureOf(error);
    }
  };

  const close = async (): Promise<void> => {
    closed = true;
    await Promise.all([end(current.client), ...closing]);
  };

  return { maxTimeMS: operationMs, asking, close };
};
