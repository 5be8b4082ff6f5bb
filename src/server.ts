import { randomUUIDv7 } from 'node:crypto';
import type { Logger } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import { type AdminKey, adminKey } from './admin-key.ts';
import { createApp, createWorkerApp, type NodeDependencies } from './api/app.ts';
import { hashSecret } from './api/auth.ts';
import { createCursors } from './api/cursor.ts';
import { createIdempotency, IDEMPOTENT_ANSWERS } from './api/idempotency.ts';
import { createOwnWrites, createOwnWritesAnywhere } from './api/own-writes.ts';
import { readModelLag } from './application/read-model-lag.ts';
import { createService, type Service } from './application/service.ts';
import { type Config, keepsFiles } from './config.ts';
import { prepareDataDir } from './data-dir.ts';
import { closeServer, listen, portOf, urlOf } from './http-server.ts';
import { startParts } from './node-parts.ts';
import { hasEnded, thisProcess } from './process-identity.ts';
import { askForRetry } from './projections/retry-requests.ts';
import { assertNotAhead } from './restored-log.ts';
import { simulateInThread } from './simulation-thread.ts';
import { createSourcingThread } from './sourcing-thread.ts';
import { openServingStores } from './stores.ts';
import { createMetrics } from './telemetry.ts';
import { untilStoresAnswer } from './until-stores-answer.ts';
import { watchStores } from './watched-stores.ts';

export type RunningServer = {
  readonly url: string;
  /** Null on a node that answers no API requests. */
  readonly admin: AdminKey | null;
  readonly service: Service;
  /** Stops taking requests, lets those under way end, and closes the stores. */
  readonly stop: () => Promise<void>;
};

const PURGE_EVERY_MS = 3_600_000;

/** Starts a node: what `ROLE` says of the API, the fulfilment process, and the projector in its own thread. */
export const startServer = async (config: Config, logger: Logger): Promise<RunningServer> => {
  if (keepsFiles(config)) prepareDataDir(config.dataDir);
  const admin = config.role === 'worker' ? null : adminKey(config);
  const metrics = createMetrics();
  const background = new AbortController();
  const onError = (error: unknown): void => {
    // Whoever hung up does not keep the node from ending; what was begun for them is taken up from the log.
    if (background.signal.aborted) return logger.debug({ err: error }, 'while stopping');
    metrics.backgroundErrors.inc();
    logger.error({ err: error }, 'background error');
  };
  const stores = await openServingStores(config, onError);
  const closing: (() => Promise<void> | void)[] = [() => stores.close()];
  const close = async (): Promise<void> => {
    background.abort();
    for (const one of closing.toReversed()) await one();
  };
  try {
    const watch = watchStores(stores, config);
    const thread = createSourcingThread();
    closing.push(thread.stop);
    const dependencies = {
      ...watch.stores,
      dryRun: thread.dryRun,
      explain: thread.explain,
      simulate: simulateInThread(config),
      now: () => new Date(),
      newId: () => randomUUIDv7(),
      onConflict: () => metrics.versionConflicts.inc(),
      onError,
    };
    const service = await untilStoresAnswer(config, logger, async () => {
      const created = await createService(dependencies);
      await assertNotAhead(created, config);
      return created;
    });
    metrics.watchReadModelLag(() => readModelLag(service));
    closing.push(service.simulations.stop);
    if (admin !== null) knowAdministrator(service, admin);
    const parts = startParts({ config, service, watch, metrics, logger, onError, signal: background.signal });
    closing.push(parts.stopped);
    closing.push(service.sourcingRuns.stop);
    let isStopping = false;
    const health = { checks: parts.checks, isStopping: () => isStopping };
    const face = { metrics, logger, health, newId: service.newId };
    const app = config.role === 'worker' ? createWorkerApp(face) : await createApi({ config, face, service, closing });
    await parts.ready;
    const server = await listen(app, config);
    return {
      url: urlOf({ host: config.host, port: portOf(server) }),
      admin,
      service,
      stop: async () => {
        isStopping = true;
        await closeServer(server, config.drainMs);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const knowAdministrator = ({ directory }: Service, { secret }: AdminKey): void =>
  directory.restoreKey({ keyId: 'admin', name: 'Administrator', role: 'admin', secretHash: hashSecret(secret) });

type ApiOptions = {
  readonly config: Config;
  readonly face: NodeDependencies;
  readonly service: Service;
  readonly closing: (() => Promise<void> | void)[];
};

const createApi = async ({ config, face, service, closing }: ApiOptions) => {
  await service.vault.ensure(IDEMPOTENT_ANSWERS);
  const self = thisProcess();
  const idempotency = createIdempotency({ store: service.vault, now: service.now, self, hasEnded: hasEnded(self) });
  const purging = setInterval(() => void idempotency.purge().catch(service.onError), PURGE_EVERY_MS).unref();
  closing.push(() => clearInterval(purging));
  const isAlone = config.role === 'all' && config.eventStoreUrl === undefined && config.readStoreUrl === undefined;
  return createApp({
    ...face,
    service,
    idempotency,
    cursors: createCursors(service.cursorSecret),
    ownWrites: isAlone ? createOwnWrites() : createOwnWritesAnywhere(service.eventStore),
    retryQuarantined: () => askForRetry(service.readStore, service.newId()),
    version: manifest.version,
  });
};
