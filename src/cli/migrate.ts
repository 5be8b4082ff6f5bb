import { existsSync } from 'node:fs';
import { IDEMPOTENT_ANSWERS } from '../api/idempotency.ts';
import { type Migration, migrate } from '../application/migrate.ts';
import { MigrationRefused, type MigrationStep, type OnProgress } from '../application/migration.ts';
import { CUSTOMER_KEYS, SECRETS } from '../application/personal-data.ts';
import { SIMULATION_RESULTS } from '../application/simulation/desk.ts';
import { SIMULATION_STATES } from '../application/simulation/running-simulations.ts';
import { isStoreAway } from '../application/store-away.ts';
import { ConfigurationError, keepsFiles, readConfig, type StoreSettings } from '../config.ts';
import { assertHasLog } from '../data-dir.ts';
import { withoutOthers } from '../event-store/own-streams.ts';
import { holdLog, isLogOpen } from '../event-store/sqlite-hold.ts';
import { storeFailure } from '../store-failure.ts';
import { logFile, openOriginals, readModelsFile, vaultFile } from '../stores.ts';
import { type Progress, showProgress } from './progress.ts';

export type MigrateOptions = { readonly from: string; readonly to: string; readonly vault?: string };

/** What stands nowhere else. The secrets first: they tell one installation from another. */
export const MOVED = [SECRETS, CUSTOMER_KEYS, IDEMPOTENT_ANSWERS, SIMULATION_RESULTS, SIMULATION_STATES] as const;

const SQLITE = 'sqlite:';

/** `sourcefold migrate --from sqlite:DATA_DIR --to esdb://…`, or the way back. */
export const migrateStores = async (options: MigrateOptions): Promise<void> => {
  const { from, to } = settingsOf(options);
  assertUsable(from);
  const closers: (() => Promise<void> | void)[] = [];
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new ConfigurationError('Interrupted. Run it again to go on.'));
  process.once('SIGINT', interrupt);
  const bars = createBars();
  try {
    const source = await openSide(from);
    closers.unshift(source.close);
    if (from.eventStoreUrl === undefined) closers.unshift(holdLog(logFile(from.dataDir)));
    const target = await openSide(to);
    closers.unshift(target.close);
    const moved = await migrate({
      from: source,
      to: target,
      collections: MOVED,
      onProgress: bars.onProgress,
      signal: stop.signal,
    }).finally(bars.stop);
    process.stdout.write(`${reportOf(moved, from, to)}\n`);
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : noticeFor(error);
  } finally {
    process.off('SIGINT', interrupt);
    for (const close of closers) await close();
  }
};

/** Looks before anything is opened, which would make what is not there. */
const assertUsable = (from: StoreSettings): void => {
  const { dataDir } = from;
  if (from.eventStoreUrl !== undefined) {
    if (from.readStoreUrl === undefined && !existsSync(vaultFile(dataDir)))
      throw new ConfigurationError(
        `There is no ${vaultFile(dataDir)}, and without its keys nobody could read the customers any more. ` +
          'Say with --vault where they are: mongodb://… or sqlite:FOLDER, which holds vault.db.',
      );
    return;
  }
  assertHasLog(dataDir);
  if (isInUse(logFile(dataDir)))
    throw new ConfigurationError(
      `${logFile(dataDir)} is in use. Stop every service and every command on it, then run this again.`,
    );
};

const isInUse = (file: string): boolean => {
  try {
    return isLogOpen(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(
      `${file} cannot be kept from others while it is copied (${reason}): this user must be able to write it and its folder.`,
      { cause: error },
    );
  }
};

/** In a file every stream is ours; on a server, what others keep there stays as it is. */
const openSide = async (settings: StoreSettings): ReturnType<typeof openOriginals> => {
  const stores = await openOriginals(settings);
  return settings.eventStoreUrl === undefined ? stores : { ...stores, eventStore: withoutOthers(stores.eventStore) };
};

/**
 * The embedded side is a folder; the other side is what a service there would be told by its environment, where a folder with
 * `vault.db` is its DATA_DIR.
 */
const settingsOf = ({ from, to, vault }: MigrateOptions): { from: StoreSettings; to: StoreSettings } => {
  const places = [from, to];
  const folder = folderOf(places.find((place) => place.startsWith(SQLITE)));
  const url = places.find((place) => !place.startsWith(SQLITE));
  if (folder === '' || url === undefined)
    throw new ConfigurationError('One of --from and --to is sqlite:DATA_DIR, the other esdb://….');
  const vaultFolder = folderOf(vault);
  const isMongo = vault !== undefined && /^mongodb(\+srv)?:\/\//.test(vault);
  if (vault !== undefined && vaultFolder === '' && !isMongo)
    throw new ConfigurationError('--vault is mongodb://…, or sqlite:FOLDER where vault.db is or will be.');
  const embedded = { dataDir: folder };
  const remote = readConfig({
    DATA_DIR: vaultFolder || folder,
    EVENT_STORE_URL: url,
    ...(isMongo && { READ_STORE_URL: vault }),
  });
  return from.startsWith(SQLITE) ? { from: embedded, to: remote } : { from: remote, to: embedded };
};

/** Empty where it is none. */
const folderOf = (place = ''): string => (place.startsWith(SQLITE) ? place.slice(SQLITE.length) : '');

const noticeFor = (error: unknown): unknown => {
  if (error instanceof MigrationRefused) return new ConfigurationError(error.message, { cause: error });
  if (isStoreAway(error))
    return new ConfigurationError(`A store did not answer: ${storeFailure(error)}. Run it again to go on.`, {
      cause: error,
    });
  return error;
};

const LABELS: Readonly<Record<MigrationStep, string>> = {
  'verifying the source': 'Verifying the source',
  comparing: 'Comparing with the target',
  'copying keys': 'Copying keys and secrets',
  copying: 'Copying',
  'verifying the target': 'Verifying the target',
};

/** A bar for each step. */
const createBars = (): { readonly onProgress: OnProgress; readonly stop: () => void } => {
  let shown: { readonly step: MigrationStep; readonly bar: Progress } | null = null;
  const stop = (): void => shown?.bar.stop();
  const onProgress: OnProgress = (step, done, total) => {
    if (shown?.step !== step) {
      stop();
      shown = { step, bar: showProgress(LABELS[step], total, step === 'copying keys' ? 'documents' : 'events') };
    }
    shown.bar.set(done);
  };
  return { onProgress, stop };
};

const withoutLogin = (url: string): string => url.replace(/\/\/[^/?]*@/, '//…@');

const settingLines = ({ eventStoreUrl, readStoreUrl, dataDir }: StoreSettings): readonly string[] =>
  eventStoreUrl === undefined
    ? [`  DATA_DIR=${dataDir}`, '  EVENT_STORE_URL and READ_STORE_URL unset']
    : [
        `  EVENT_STORE_URL=${withoutLogin(eventStoreUrl)}`,
        readStoreUrl === undefined
          ? `  DATA_DIR=${dataDir} (vault.db there now holds the keys: back it up)`
          : `  READ_STORE_URL=${withoutLogin(readStoreUrl)}`,
      ];

const reportOf = (moved: Migration, from: StoreSettings, to: StoreSettings): string => {
  const { events, streams, alreadyThere, documents, sourceHead, targetHead } = moved;
  const counted = Object.entries(documents).map(([name, count]) => `${count} ${name}`);
  const oldModels = readModelsFile(to.dataDir);
  const hasOldModels = to.readStoreUrl === undefined && existsSync(oldModels);
  return [
    `${events} events in ${streams} streams are there (${events - alreadyThere} copied now), in the same order, with the same digest.`,
    `Vault: ${counted.join(', ')}.`,
    `Head ${targetHead.position}:${targetHead.digest} (was ${sourceHead.position}; positions that were handed out before hold no longer).`,
    'Set on every node:',
    ...settingLines(to),
    `  ADMIN_API_KEY to what it was${keepsFiles(from) ? ` (unset so far: to what ${from.dataDir}/admin-api-key holds)` : ''}`,
    ...(hasOldModels ? [`Move ${oldModels} away before the start: it is built anew.`] : []),
    ...(from.eventStoreUrl === undefined
      ? [`Keep ${logFile(from.dataDir)} as a backup, and start no service on it any more.`]
      : []),
  ].join('\n');
};
