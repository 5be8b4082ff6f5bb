import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DependentAppend } from './application/dependent-append.ts';
import { ConfigurationError, keepsFiles, type StoreSettings } from './config.ts';
import type { EventStore } from './event-store/event-store.ts';
import { createSqliteEventStore } from './event-store/sqlite.ts';
import { UnusableAddress } from './event-store/unusable-address.ts';
import type { ReadStore } from './projections/read-store.ts';
import { createGuestReadStore, createSqliteReadStore } from './projections/sqlite.ts';
import { startRelief } from './sqlite-relief.ts';
import { createThreadedStores } from './sqlite-threaded.ts';

export type Stores = {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  /**
   * Customer keys, secrets, idempotent answers: small, not rebuildable. A guest in the embedded log's file, with its syncs and
   * backups; beside an EventStoreDB in a database of its own, or in a file of its own where the read models are a file, too.
   */
  readonly vault: ReadStore;
  /** Where log and vault share their transactions: appends that rest on other events, and on documents written with them. */
  readonly appendOn?: DependentAppend;
  readonly close: () => Promise<void>;
};

const READ_MODELS = 'read-models.db';
const VAULT = 'vault.db';
/** Every answer from MongoDB comes by then, or counts as none: less than a request may take. */
const MONGO_OPERATION_MS = 4_000;

export const logFile = (dataDir: string): string => join(dataDir, 'events.db');
export const vaultFile = (dataDir: string): string => join(dataDir, VAULT);
export const readModelsFile = (dataDir: string): string => join(dataDir, READ_MODELS);

export type StoresOptions = {
  /** Hears of what a store on another machine met, and mended by itself. */
  readonly onError?: (error: unknown) => void;
  /** Read models are about to be built: much is written, and nobody waits for single writes. */
  readonly bulk?: boolean;
};

type Log = {
  readonly eventStore: EventStore;
  readonly guest: ReadStore | null;
  readonly appendOn?: DependentAppend;
};

/** The one place that knows the adapters: for commands that do one thing and end. */
export const openStores = async (settings: StoreSettings, options: StoresOptions = {}): Promise<Stores> =>
  open(settings, openPlainLog, options);

/** The same without read models. A server that does not answer is found out before any file is made. */
export const openOriginals = async (settings: StoreSettings): Promise<Omit<Stores, 'readStore'>> => {
  const { dataDir, eventStoreUrl } = settings;
  if (eventStoreUrl !== undefined) await assertAnswers(eventStoreUrl);
  if (keepsFiles(settings)) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return openLogAndVault(settings, openPlainLog, () => undefined);
};

const assertAnswers = async (url: string): Promise<void> => {
  const log = await openRemoteLog(url, () => undefined);
  try {
    for await (const _ of log.readAll({ direction: 'backwards', limit: 1 })) break;
  } finally {
    await log.close();
  }
};

const openPlainLog = (file: string): Log => {
  const eventStore = createSqliteEventStore({ file });
  return { eventStore, guest: createGuestReadStore(eventStore) };
};

/** The same for a service under load: a thread of its own writes an embedded log, another relieves its files. */
export const openServingStores = async (
  settings: StoreSettings,
  onError: (error: unknown) => void,
): Promise<Stores> => {
  const openLog = (file: string): Log => {
    const { eventStore, documents, appendOn } = createThreadedStores(file);
    return { eventStore, guest: documents, appendOn };
  };
  const stores = await open(settings, openLog, { onError });
  const files = [
    ...(settings.eventStoreUrl === undefined ? [logFile(settings.dataDir)] : []),
    ...(settings.readStoreUrl === undefined ? [readModelsFile(settings.dataDir)] : []),
  ];
  if (files.length === 0) return stores;
  const relief = startRelief(files);
  const close = async (): Promise<void> => {
    await relief.stop();
    await stores.close();
  };
  return { ...stores, close };
};

const open = async (
  settings: StoreSettings,
  openLog: (file: string) => Log,
  { onError = () => undefined, bulk = false }: StoresOptions,
): Promise<Stores> => {
  const { dataDir, readStoreUrl } = settings;
  if (keepsFiles(settings)) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // First what can fail without leaving a thread behind.
  const readStore =
    readStoreUrl === undefined
      ? createSqliteReadStore({ file: readModelsFile(dataDir), bulk })
      : await openMongo(readStoreUrl, '');
  const { close: closeOriginals, ...originals } = await openLogAndVault(settings, openLog, onError);
  const close = async (): Promise<void> => {
    await closeOriginals();
    await readStore.close();
  };
  return { ...originals, readStore, close };
};

const openLogAndVault = async (
  settings: StoreSettings,
  openLog: (file: string) => Log,
  onError: (error: unknown) => void,
): Promise<Omit<Stores, 'readStore'>> => {
  const { dataDir, eventStoreUrl } = settings;
  const { eventStore, guest, appendOn } =
    eventStoreUrl === undefined
      ? openLog(logFile(dataDir))
      : { eventStore: await openRemoteLog(eventStoreUrl, onError), guest: null };
  const vault = guest ?? (await openVault(settings));
  const close = async (): Promise<void> => {
    await eventStore.close();
    await vault.close();
  };
  return { eventStore, vault, close, ...(appendOn === undefined ? {} : { appendOn }) };
};

const openVault = async ({ dataDir, readStoreUrl }: StoreSettings): Promise<ReadStore> =>
  readStoreUrl === undefined
    ? createSqliteReadStore({ file: vaultFile(dataDir), synchronous: 'FULL' })
    : openMongo(readStoreUrl, '-vault');

/** Loaded only where it is used: its driver costs memory and time. */
const openMongo = async (url: string, databaseSuffix: string): Promise<ReadStore> => {
  const { createMongoReadStore } = await import('./projections/mongodb.ts');
  return understanding('READ_STORE_URL', () =>
    createMongoReadStore({ url, databaseSuffix, operationMs: MONGO_OPERATION_MS }),
  );
};

/** The log at EVENT_STORE_URL, without any other store. Loaded only where it is used: its client costs memory and time. */
export const openRemoteLog = async (url: string, onError: (error: unknown) => void): Promise<EventStore> => {
  const { createEventStoreDbEventStore } = await import('./event-store/eventstoredb.ts');
  return understanding('EVENT_STORE_URL', () => createEventStoreDbEventStore({ url, onError }));
};

const understanding = <Opened>(variable: string, create: () => Opened): Opened => {
  try {
    return create();
  } catch (error) {
    // Whatever else it is, its words may repeat a password.
    const why = error instanceof UnusableAddress ? error.message : 'not an address that its driver understands';
    throw new ConfigurationError(`${variable}: ${why}.`);
  }
};
