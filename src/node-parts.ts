import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Check } from './api/health.ts';
import { type Duty, runDuties } from './application/duties.ts';
import { fenced, LeaseLost, underLease } from './application/lease.ts';
import { runLiveView } from './application/live-view.ts';
import { cancelOverdueOrders } from './application/overdue-orders.ts';
import { runFulfilmentProcess } from './application/process-runner.ts';
import { startScheduledRuns } from './application/scheduled-runs.ts';
import type { Service } from './application/service.ts';
import type { Config } from './config.ts';
import { hasEnded, thisProcess } from './process-identity.ts';
import { startProjectorThread } from './projector-thread.ts';
import type { Metrics } from './telemetry.ts';
import { untilStoresAnswer } from './until-stores-answer.ts';
import type { WatchedStores } from './watched-stores.ts';

export type PartsOptions = {
  readonly config: Config;
  readonly service: Service;
  readonly watch: Pick<WatchedStores, 'checks' | 'run'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
};

/** What runs on a node behind the requests. */
export type NodeParts = {
  /** Resolves once sourcing's view of the stock is up to date. */
  readonly ready: Promise<void>;
  readonly checks: () => Promise<Readonly<Record<string, Check>>>;
  readonly stopped: () => Promise<void>;
};

const RESTART_MS = 2_000;

/** Of all nodes on the same stores, one advances orders; the others stand by. */
const LEASE = 'fulfilment';

const OVERDUE_EVERY_MS = 15_000;
const SCHEDULE_EVERY_MS = 30_000;

/**
 * Every node follows the log for sourcing's view of the stock, and for channels and API keys. Those that work for all (the
 * projector and the fulfilment process) run under leases, and not at all where `ROLE=api`.
 */
export const startParts = (options: PartsOptions): NodeParts => {
  const { config, service, watch, logger, signal } = options;
  let isViewReady = false;
  const running: Promise<void>[] = [watch.run(signal)];
  const ready = new Promise<void>((resolve, reject) => {
    const onReady = (): void => {
      isViewReady = true;
      resolve();
    };
    const view = () => runLiveView(service, { onReady, signal });
    running.push(untilStoresAnswer(config, logger, view).catch(reject));
  });
  const worker = config.role === 'api' ? null : startWorker(options, ready);
  const checks = async (): Promise<Record<string, Check>> => ({
    availability: { ok: isViewReady, detail: isViewReady ? 'up to date' : 'catching up' },
    ...watch.checks(),
    ...worker?.checks(),
  });
  const stopped = async (): Promise<void> => {
    await Promise.allSettled(running);
    await worker?.stopped();
  };
  return { ready, checks, stopped };
};

type Worker = {
  readonly checks: () => Readonly<Record<string, Check>>;
  readonly stopped: () => Promise<void>;
};

const startWorker = (options: PartsOptions, ready: Promise<void>): Worker => {
  const projector = superviseProjector(options);
  // A view that never gets ready ends the start, which hears of it by `ready` itself.
  const advancing = ready.then(
    () => advanceOrders(options),
    () => undefined,
  );
  return {
    checks: () => ({ projector: projector.check() }),
    stopped: async () => {
      await Promise.allSettled([advancing]);
      await projector.stopped();
    },
  };
};

/** Keeps a projector's thread running: one that dies, for instance because a store was away as it started, is started again. */
const superviseProjector = ({ config, metrics, logger, onError, signal }: PartsOptions) => {
  let failure: string | null = null;
  let isProjecting = false;
  const start = () =>
    startProjectorThread({
      stores: config,
      onMessage: (message) => {
        if (message.type === 'projecting') {
          failure = null;
          isProjecting = message.isHere;
          logger.info(message, 'projector');
          return;
        }
        if (message.type === 'quarantined') metrics.quarantinedEvents.inc(message.events.length);
        else metrics.backgroundErrors.inc();
        logger.error(message, 'projector');
      },
      onExit: (error) => {
        isProjecting = false;
        failure = error?.message ?? 'the projector thread ended';
        onError(error ?? new Error(failure));
        void setTimeout(RESTART_MS, undefined, { signal, ref: false }).then(restart, () => undefined);
      },
    });
  const restart = (): void => {
    thread = start();
  };
  let thread = start();
  return {
    check: (): Check => ({ ok: failure === null, detail: failure ?? (isProjecting ? 'running' : 'standing by') }),
    stopped: () => thread.stop(),
  };
};

const advanceOrders = async (options: PartsOptions): Promise<void> => {
  const { service, metrics, logger, signal } = options;
  // A node without time for its lease leaves it to another one, or takes it again: nothing is wrong with that.
  const onError = (error: unknown): void =>
    error instanceof LeaseLost ? logger.warn(error.message) : options.onError(error);
  const self = thisProcess();
  const { vault, newId } = service;
  const lease = { store: vault, name: LEASE, process: self, hasEnded: hasEnded(self), newId, onError, signal };
  const onStuck = (orderId: string, error: unknown): void => {
    metrics.stuckOrders.inc();
    logger.error({ orderId, err: error }, 'order could not be advanced');
  };
  await underLease(lease, async (term) => {
    const bound = { onStuck, onError, signal: term.signal };
    const fulfilling = runFulfilmentProcess({
      ...service,
      vault: fenced(vault, LEASE, term),
      ...bound,
    });
    const duties: readonly Duty[] = [
      { everyMs: OVERDUE_EVERY_MS, run: () => cancelOverdueOrders({ ...service, ...bound }) },
      { everyMs: SCHEDULE_EVERY_MS, run: () => startScheduledRuns(service) },
    ];
    await Promise.all([fulfilling, runDuties(duties, bound)]);
  });
};
