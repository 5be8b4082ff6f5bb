import { randomUUIDv7 } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import { type AdminKey, adminKey } from './admin-key.ts';
import { createApp } from './api/app.ts';
import { hashSecret } from './api/auth.ts';
import { createCursors } from './api/cursor.ts';
import type { Check } from './api/health.ts';
import { createIdempotency, IDEMPOTENT_ANSWERS } from './api/idempotency.ts';
import { createOwnWrites } from './api/reading.ts';
import { runLiveView } from './application/live-view.ts';
import { runFulfilmentProcess } from './application/process-runner.ts';
import { createService, type Service } from './application/service.ts';
import { readModelsAheadOfLog } from './application/start-check.ts';
import { type Config, ConfigurationError } from './config.ts';
import { prepareDataDir } from './data-dir.ts';
import { startProjectorThread } from './projector-thread.ts';
import { openServingStores } from './stores.ts';
import { createMetrics, type Metrics } from './telemetry.ts';

export type RunningServer = {
  readonly url: string;
  readonly admin: AdminKey;
  readonly service: Service;
  /** Stops taking requests, lets those under way end, and closes the stores. */
  readonly stop: () => Promise<void>;
};

const LONGEST_STOP_MS = 10_000;
const CLOSE_IDLE_EVERY_MS = 100;
const PURGE_EVERY_MS = 3_600_000;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Starts everything in this process: the API, the fulfilment process, and the projector in its own thread. */
export const startServer = async (config: Config, logger: Logger): Promise<RunningServer> => {
  prepareDataDir(config.dataDir);
  const stores = openServingStores(config);
  const metrics = createMetrics();
  const background = new AbortController();
  const onError = (error: unknown): void => {
    metrics.backgroundErrors.inc();
    logger.error({ err: error }, 'background error');
  };
  const service = await createService({
    ...stores,
    now: () => new Date(),
    newId: () => randomUUIDv7(),
    onConflict: () => metrics.versionConflicts.inc(),
    onError,
  }).catch(async (error: unknown) => {
    await stores.close();
    throw error;
  });
  const ahead = await readModelsAheadOfLog(service);
  if (ahead.length > 0) {
    await stores.close();
    throw new ConfigurationError(
      `The read models (${ahead.join(', ')}) are ahead of the event log: was events.db replaced by an older one? ` +
        'Move read-models.db away and start again: it is built anew from the log.',
    );
  }
  const admin = adminKey(config);
  service.directory.restoreKey({
    keyId: 'admin',
    name: 'Administrator',
    role: 'admin',
    secretHash: hashSecret(admin.secret),
  });
  const parts = startParts({ config, service, metrics, logger, onError, signal: background.signal });
  let stopping = false;
  await stores.vault.ensure(IDEMPOTENT_ANSWERS);
  const idempotency = createIdempotency(stores.vault, service.now);
  const purging = setInterval(() => void idempotency.purge().catch(onError), PURGE_EVERY_MS).unref();
  const app = createApp({
    service,
    idempotency,
    cursors: createCursors(service.cursorSecret),
    ownWrites: createOwnWrites(),
    retryQuarantined: parts.retryQuarantined,
    metrics,
    logger,
    version: manifest.version,
    health: { checks: parts.checks, isStopping: () => stopping },
  });
  const close = async (): Promise<void> => {
    clearInterval(purging);
    background.abort();
    await parts.stopped();
    await stores.close();
  };
  const server = await parts.ready
    .then(() => listen(app, config))
    .catch(async (error: unknown) => {
      await close();
      throw error;
    });
  return {
    url: urlOf({ host: config.host, port: (server.address() as AddressInfo).port }),
    admin,
    service,
    stop: async () => {
      stopping = true;
      await closeServer(server);
      await close();
    },
  };
};

export const urlOf = ({ host, port }: Pick<Config, 'host' | 'port'>): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

const listen = (app: ReturnType<typeof createApp>, { port, host }: Config): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error?: Error) =>
      error === undefined ? resolve(server) : reject(cannotListen(error, host, port)),
    );
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
  });

const cannotListen = (error: NodeJS.ErrnoException, host: string, port: number): Error => {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} of ${host} is taken: set PORT to another one, or stop what uses it.`,
    EACCES: `Port ${port} may not be used by this user: set PORT to one above 1023.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine: set HOST, for instance to 127.0.0.1 or 0.0.0.0.`,
    ENOTFOUND: `HOST ${host} is not known.`,
  };
  const reason = reasons[error.code ?? ''];
  return reason === undefined ? error : new ConfigurationError(reason, { cause: error });
};

const closeServer = async (server: Server): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // A kept connection that was answered without `Connection: close` just before the stop is idle only from now on.
  const closing = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  await Promise.race([closed, setTimeout(LONGEST_STOP_MS, undefined, { ref: false })]);
  clearInterval(closing);
  server.closeAllConnections();
};

type PartsOptions = {
  readonly config: Config;
  readonly service: Service;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
};

/** What runs behind the requests: the projector, the live view that sourcing looks at, and the fulfilment process. */
const startParts = ({ config, service, metrics, logger, onError, signal }: PartsOptions) => {
  let projectorFailure: string | null = null;
  const projector = startProjectorThread({
    dataDir: config.dataDir,
    onMessage: (message) => {
      if (message.type === 'quarantined') metrics.quarantinedEvents.inc(message.events.length);
      else metrics.backgroundErrors.inc();
      logger.error(message, 'projector');
    },
    onExit: (error) => {
      projectorFailure = error?.message ?? 'the projector thread ended';
      onError(error ?? new Error(projectorFailure));
    },
  });
  let viewIsReady = false;
  const running: Promise<void>[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    const onReady = (): void => {
      viewIsReady = true;
      resolve();
    };
    running.push(runLiveView(service, { onReady, signal }).catch(reject));
  });
  running.push(
    ready.then(() =>
      runFulfilmentProcess({
        ...service,
        isAvailable: service.availability.isAvailable,
        skusAt: service.availability.skusAt,
        onStuck: (orderId, error) => {
          metrics.stuckOrders.inc();
          logger.error({ orderId, err: error }, 'order could not be advanced');
        },
        onError,
        signal,
      }),
    ),
  );
  const checks = async (): Promise<Record<string, Check>> => ({
    availability: { ok: viewIsReady, detail: viewIsReady ? 'up to date' : 'catching up' },
    projector: { ok: projectorFailure === null, detail: projectorFailure ?? 'running' },
  });
  const stopped = async (): Promise<void> => {
    await Promise.allSettled(running);
    await projector.stop();
  };
  return { ready, checks, stopped, retryQuarantined: projector.retryQuarantined };
};
