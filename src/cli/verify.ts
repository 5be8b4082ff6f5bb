import { ConfigurationError, readConfig } from '../config.ts';
import { assertHasLog } from '../data-dir.ts';
import { createSqliteEventStore, type SqliteEventStore } from '../event-store/sqlite.ts';
import { checkLogFile } from '../event-store/sqlite-check.ts';
import { damageIn } from '../event-store/sqlite-damage.ts';
import { isNextPosition } from '../event-store/sqlite-file.ts';
import { type LogHead, type LogProblem, type Verification, verifyLog } from '../event-store/verify.ts';
import { logFile } from '../stores.ts';
import { showProgress } from './progress.ts';

/** `sourcefold verify`: recomputes every hash; ends with 1 when something was tampered with, saying what and where. */
export const verify = async ({ expectHead }: { readonly expectHead?: string }): Promise<void> => {
  const { dataDir } = readConfig(process.env);
  const head = expectHead === undefined ? undefined : headOf(expectHead);
  assertHasLog(dataDir);
  const log = openLog(logFile(dataDir));
  const found = 'kind' in log ? nothingRead(log) : await verifyFile(log, head);
  print(found);
  process.exitCode = found.problemCount === 0 ? 0 : 1;
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
  problems: [problem],
  problemCount: 1,
  head: { position: null, digest: '' },
});

const verifyFile = async (log: SqliteEventStore, expectHead: LogHead | undefined): Promise<Verification> => {
  const progress = showProgress('Verifying', 0, 'events');
  try {
    const found = await verifyLog(log, {
      isNextPosition,
      onProgress: (done) => progress.set(done),
      ...(expectHead === undefined ? {} : { expectHead }),
    });
    const inFile = checkLogFile(log.db);
    return {
      ...found,
      problems: [...found.problems, ...inFile],
      problemCount: found.problemCount + inFile.length,
    };
  } finally {
    progress.stop();
    await log.close();
  }
};

const print = ({ events, streams, problems, problemCount, head }: Verification): void => {
  const unreadable = problems.find((problem) => problem.kind === 'log-unreadable');
  const verdict = problemCount === 0 ? 'intact' : `${problemCount} problems`;
  const end = unreadable === undefined ? '' : `, unreadable ${placeOf(unreadable.after)}`;
  for (const problem of problems) process.stdout.write(`${JSON.stringify(problem)}\n`);
  process.stdout.write(`${events} events in ${streams} streams: ${verdict}${end}.\n`);
  // A head of what could be read is no head of the log.
  if (unreadable !== undefined) return;
  process.stdout.write(
    `Head ${head.position}:${head.digest} (keep it; --expect-head proves that nothing before it was cut or replaced).\n`,
  );
};

const placeOf = (after: string | null): string => (after === null ? 'from its start' : `after position ${after}`);

const headOf = (text: string): { position: string; digest: string } => {
  const [position, digest] = text.split(':');
  if (position === undefined || digest === undefined)
    throw new ConfigurationError('--expect-head takes POSITION:DIGEST, as verify printed it.');
  return { position, digest };
};
