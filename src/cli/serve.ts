import { newAdminKeyNotice } from '../admin-key.ts';
import { isShortKey, keepsFiles, readConfig } from '../config.ts';
import { isUnverified } from '../event-store/tls-verification.ts';
import { watchNpmShell } from '../npm-parent.ts';
import { startServer } from '../server.ts';
import { createLogger } from '../telemetry.ts';

/** Runs the service until SIGTERM or SIGINT; a second one ends it at once. */
export const serve = async (): Promise<void> => {
  const stopWatching = watchNpmShell(process.env, () => process.kill(process.pid, 'SIGTERM'));
  const config = readConfig(process.env);
  const logger = createLogger(config);
  const server = await startServer(config, logger);
  if (server.admin?.isNew) process.stderr.write(newAdminKeyNotice(server.admin));
  if (isShortKey(config.adminApiKey))
    logger.warn('ADMIN_API_KEY is short enough to be guessed: for trying things out only');
  if (isUnverified(config.eventStoreUrl))
    logger.warn(
      'EVENT_STORE_URL has tlsVerifyCert=false: any server would be believed, and told the password. For trying things out only',
    );
  const { role, dataDir } = config;
  const docs = role === 'worker' ? {} : { docs: `${server.url}/docs` };
  logger.info({ url: server.url, ...docs, role, ...(keepsFiles(config) ? { dataDir } : {}) }, 'ready');
  const stop = (signal: NodeJS.Signals): void => {
    // Ctrl-C ends the shell as well: that is no second signal.
    stopWatching();
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1));
    logger.info({ signal }, 'stopping');
    server.stop().then(
      () => {
        logger.info('stopped');
        logger.flush(() => process.exit(0));
      },
      (error: unknown) => {
        logger.fatal({ err: error }, 'could not stop in order');
        logger.flush(() => process.exit(1));
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
};
