import { existsSync } from 'node:fs';
import { IDEMPOTENT_ANSWERS } from '../api/idempotency.ts';
import { type Migration, migrate } from '../application/migrate.ts';
import { MigrationRefused, type MigrationStep, type OnProgress } from '../application/migration.ts';
import { CUSTOMER_KEYS, SECRETS } from '../application/personal-data.ts';
import { SIMULATION_RESULTS } from '../application/simulation/desk.ts';
import { SIMULATION_STATES } from '../application/simulation/running-simulations.ts';
import { isStoreAway } from '../application/store-away.ts';
import { ConfigurationError, readConfig, type StoreSettings } from '../config.ts';
import { assertHasLog } from '../data-dir.ts';
import { withoutOthers } from '../event-store/own-streams.ts';
import { holdLog, isLogOpen } from '../event-store/sqlite-hold.ts';
import { logFile, openStores, type Stores } from '../stores.ts';
import { type Progress, showProgress } from './progress.ts';

export type MigrateOptions = { readonly from: string; readonly to: string; readonly vault?: string };

/** What stands nowhere else. The secrets first: they tell one installation from another. */
export const MOVED = [SECRETS, CUSTOMER_KEYS, IDEMPOTENT_ANSWERS, SIMULATION_RESULTS, SIMULATION_STATES] as const;

const SQLITE = 'sqlite:';

/** `sourcefold migrate --from sqlite:DATA_DIR --to esdb://…`, or the way back. */
export const migrateStores = async (options: MigrateOptions): Promise<void> => {
  const { from, to } = settingsOf(options);
  const isFromFile = from.eventStoreUrl === undefined;
  const { dataDir } = from;
  if (isFromFile) assertHasLog(dataDir);
  if (existsSync(logFile(dataDir)) && isLogOpen(logFile(dataDir)))
    throw new ConfigurationError(
      `${logFile(dataDir)} is in use. Stop every service and every command on it, then run this again.`,
    );
  const source = await openSide(from);
  const release = isFromFile ? holdLog(logFile(dataDir)) : () => undefined;
  const target = await openSide(to);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new ConfigurationError('Interrupted. Run it again to go on.'));
  process.once('SIGINT', interrupt);
  const bars = createBars();
  try {
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
    await target.close();
    release();
    await source.close();
  }
};

/** In a file every stream is ours; on a server, what others keep there stays as it is. */
const openSide = async (settings: StoreSettings): Promise<Stores> => {
  const stores = await openStores(settings);
  return settings.eventStoreUrl === undefined ? stores : { ...stores, eventStore: withoutOthers(stores.eventStore) };
};

/** The embedded side is a folder; the other side is what a service there would be told by its environment. */
const settingsOf = ({ from, to, vault }: MigrateOptions): { from: StoreSettings; to: StoreSettings } => {
  const places = [from, to];
  const folder = places.find((place) => place.startsWith(SQLITE))?.slice(SQLITE.length);
  const url = places.find((place) => !place.startsWith(SQLITE));
  if (folder === undefined || folder === '' || url === undefined)
    throw new ConfigurationError('One of --from and --to is sqlite:DATA_DIR, the other esdb://….');
  const embedded = { dataDir: folder };
  const remote = readConfig({ DATA_DIR: folder, EVENT_STORE_URL: url, READ_STORE_URL: vault });
  return from.startsWith(SQLITE) ? { from: embedded, to: remote } : { from: remote, to: embedded };
};

const noticeFor = (error: unknown): unknown => {
  if (error instanceof MigrationRefused) return new ConfigurationError(error.message, { cause: error });
  if (isStoreAway(error))
    return new ConfigurationError(`A store did not answer: ${error.message}. Run it again to go on.`, { cause: error });
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
  const hasOldModels = to.readStoreUrl === undefined;
  return [
    `${events} events in ${streams} streams are there (${events - alreadyThere} copied now), in the same order, with the same digest.`,
    `Vault: ${counted.join(', ')}.`,
    `Head ${targetHead.position}:${targetHead.digest} (was ${sourceHead.position}; positions that were handed out before hold no longer).`,
    'Set on every node:',
    ...settingLines(to),
    `  ADMIN_API_KEY to what it was (unset so far: to what ${from.dataDir}/admin-api-key holds)`,
    ...(hasOldModels ? [`Move ${to.dataDir}/read-models.db away before the start: it is built anew.`] : []),
    ...(from.eventStoreUrl === undefined
      ? [`Keep ${logFile(from.dataDir)} as a backup, and start no service on it any more.`]
      : []),
  ].join('\n');
};
