import { ConfigurationError, readConfig } from '../config.ts';
import { assertHasLog } from '../data-dir.ts';
import { isNextPosition } from '../event-store/sqlite-file.ts';
import { verifyLog } from '../event-store/verify.ts';
import { openStores } from '../stores.ts';
import { showProgress } from './progress.ts';

/** `sourcefold verify`: recomputes every hash; ends with 1 when something was tampered with, saying what and where. */
export const verify = async ({ expectHead }: { readonly expectHead?: string }): Promise<void> => {
  const config = readConfig(process.env);
  assertHasLog(config.dataDir);
  const stores = openStores(config);
  const progress = showProgress('Verifying', 0, 'events');
  try {
    const { events, streams, problems, problemCount, head } = await verifyLog(stores.eventStore, {
      isNextPosition,
      onProgress: (done) => progress.set(done),
      ...(expectHead === undefined ? {} : { expectHead: headOf(expectHead) }),
    });
    progress.stop();
    for (const problem of problems) process.stdout.write(`${JSON.stringify(problem)}\n`);
    process.stdout.write(
      `${events} events in ${streams} streams: ${problemCount === 0 ? 'intact' : `${problemCount} problems`}.\n`,
    );
    if (head !== null)
      process.stdout.write(
        `Head ${head.position}:${head.digest} (keep it; --expect-head proves that nothing before it was cut or replaced).\n`,
      );
    process.exitCode = problemCount === 0 ? 0 : 1;
  } finally {
    progress.stop();
    await stores.close();
  }
};

const headOf = (text: string): { position: string; digest: string } => {
  const [position, digest] = text.split(':');
  if (position === undefined || digest === undefined)
    throw new ConfigurationError('--expect-head takes POSITION:DIGEST, as verify printed it.');
  return { position, digest };
};
