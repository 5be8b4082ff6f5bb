import { ConfigurationError, readConfig, type StoreSettings } from '../config.ts';
import { assertHasLog } from '../data-dir.ts';
import { isOwnStream } from '../event-store/own-streams.ts';
import { createSqliteEventStore, type SqliteEventStore } from '../event-store/sqlite.ts';
import { checkLogFile } from '../event-store/sqlite-check.ts';
import { damageIn } from '../event-store/sqlite-damage.ts';
import { isNextPosition } from '../event-store/sqlite-file.ts';
import { type LogHead, type LogProblem, unreadableIn, type Verification, verifyLog } from '../event-store/verify.ts';
import { logFile, openRemoteLog } from '../stores.ts';
import { showProgress } from './progress.ts';

/** `sourcefold verify`: recomputes every hash; ends with 1 when something was tampered with, saying what and where. */
export const verify = async ({ expectHead }: { readonly expectHead?: string }): Promise<void> => {
  const config = readConfig(process.env);
  const head = expectHead === undefined ? undefined : headOf(expectHead);
  const found = await (config.eventStoreUrl === undefined
    ? verifyDataDir(config, head)
    : verifyServer(config.eventStoreUrl, head));
  print(found);
  process.exitCode = found.problemCount === 0 ? 0 : 1;
};

const verifyDataDir = async ({ dataDir }: StoreSettings, expectHead: LogHead | undefined): Promise<Verification> => {
  assertHasLog(dataDir);
  const log = openLog(logFile(dataDir));
  return 'kind' in log ? nothingRead(log) : verifyFile(log, expectHead);
};

/**
 * A log on another machine, which others may use as well. Its positions have gaps, so that nothing tells an event cut off at the
 * end of its stream; a noted head does.
 */
const verifyServer = async (url: string, expectHead: LogHead | undefined): Promise<Verification> => {
  const log = await openRemoteLog(url, () => undefined);
  try {
    const found = await withProgress((onProgress) =>
      verifyLog(log, { isOurs: isOwnStream, onProgress, ...(expectHead === undefined ? {} : { expectHead }) }),
    );
    const unread = unreadableIn(found);
    // A file that cannot be read is damaged. A server that does not answer proves nothing.
    if (unread !== undefined)
      throw new ConfigurationError(
        `EVENT_STORE_URL: the log cannot be read ${placeOf(unread.after)}: ${unread.reason}. Nothing is proved: run it again.`,
      );
    return found;
  } finally {
    await log.close();
  }
};

const withProgress = async <Result>(work: (onProgress: (done: number) => void) => Promise<Result>): Promise<Result> => {
  const progress = showProgress('Verifying', 0, 'events');
  try {
    return await work((done) => progress.set(done));
  } finally {
    progress.stop();
  }
};

const openLog = (file: string): SqliteEventStore | LogProblem => {
  try {
    return createSqliteEventStore({ file });
  } catch (error) {
    const reason = damageIn(error);
    if (reason === null) throw error;
    return { kind: 'log-unreadable', after: null, reason };
  }
};

const nothingRead = (problem: LogProblem): Verification => ({
  events: 0,
  streams: 0,
  otherStreams: 0,
  problems: [problem],
  problemCount: 1,
  head: { position: null, digest: '' },
});

const verifyFile = async (log: SqliteEventStore, expectHead: LogHead | undefined): Promise<Verification> => {
  try {
    const found = await withProgress((onProgress) =>
      verifyLog(log, { isNextPosition, onProgress, ...(expectHead === undefined ? {} : { expectHead }) }),
    );
    const inFile = checkLogFile(log.db);
    return {
      ...found,
      problems: [...found.problems, ...inFile],
      problemCount: found.problemCount + inFile.length,
    };
  } finally {
    await log.close();
  }
};

const print = (found: Verification): void => {
  const { events, streams, otherStreams, problems, problemCount, head } = found;
  const unreadable = unreadableIn(found);
  const verdict = problemCount === 0 ? 'intact' : `${problemCount} problems`;
  const end = unreadable === undefined ? '' : `, unreadable ${placeOf(unreadable.after)}`;
  for (const problem of problems) process.stdout.write(`${JSON.stringify(problem)}\n`);
  process.stdout.write(`${events} events in ${streams} streams: ${verdict}${end}.\n`);
  if (otherStreams > 0)
    process.stdout.write(`${otherStreams} other streams on this server are not Sourcefold's, and were left out.\n`);
  // Noted down, the head of a damaged log would vouch for the damage; an empty log has none.
  if (problemCount > 0 || head.position === null) return;
  process.stdout.write(
    `Head ${head.position}:${head.digest} (keep it; --expect-head proves that nothing before it was cut or replaced).\n`,
  );
};

const placeOf = (after: string | null): string => (after === null ? 'from its start' : `after position ${after}`);

const headOf = (text: string): LogHead => {
  const [, position, digest] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (position === undefined || digest === undefined)
    throw new ConfigurationError('--expect-head takes POSITION:DIGEST, as verify printed it.');
  return { position, digest };
};
