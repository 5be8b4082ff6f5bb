import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Logger, pino } from 'pino';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Config } from './config.ts';

const FLUSH_EVERY_MS = 200;

/** JSON lines on standard output, written in blocks: a line per request must not cost a system call each. */
export const createLogger = (config: Pick<Config, 'logLevel'>): Logger => {
  const destination = pino.destination({ dest: 1, sync: false, minLength: 4_096 });
  setInterval(() => destination.flush(), FLUSH_EVERY_MS).unref();
  return pino({ name: 'sourcefold', level: config.logLevel, timestamp: pino.stdTimeFunctions.isoTime }, destination);
};

export type Metrics = {
  readonly registry: Registry;
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly versionConflicts: Counter;
  /** Orders that the fulfilment process could not advance at a try. */
  readonly stuckOrders: Counter;
  /** Events that no read model could take, and those that wait behind them. */
  readonly quarantinedEvents: Counter;
  readonly backgroundErrors: Counter;
  readonly ready: Gauge;
  /** Asked at each scrape; what cannot be told then is `NaN`. */
  readonly watchReadModelLag: (seconds: () => Promise<number>) => void;
};

/** Seconds; from a cached read to a request that waited for a read model. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Metrics of one service: their own registry, so that several can live in one process. Labels have few values. */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  new Gauge({
    name: 'sourcefold_event_loop_delay_p99_seconds',
    help: 'Delay of the event loop, 99th percentile since the last scrape.',
    registers,
    collect() {
      this.set(delay.percentile(99) / 1e9);
      delay.reset();
    },
  });
  let readModelLag = async (): Promise<number> => Number.NaN;
  new Gauge({
    name: 'sourcefold_read_model_lag_seconds',
    help: 'For how long there has been an event that some read model does not reflect yet; NaN while a store does not tell.',
    registers,
    async collect() {
      this.set(await readModelLag().catch(() => Number.NaN));
    },
  });
  return {
    registry,
    watchReadModelLag: (seconds) => {
      readModelLag = seconds;
    },
    requestSeconds: new Histogram({
      name: 'sourcefold_http_request_seconds',
      help: 'Time from request to answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers,
    }),
    versionConflicts: new Counter({
      name: 'sourcefold_version_conflicts_total',
      help: 'Appends that lost to another writer and were decided again.',
      registers,
    }),
    stuckOrders: new Counter({
      name: 'sourcefold_stuck_orders_total',
      help: 'Orders that the fulfilment process could not advance at a try.',
      registers,
    }),
    quarantinedEvents: new Counter({
      name: 'sourcefold_quarantined_events_total',
      help: 'Events put aside because no read model could take them, or because an earlier one of their stream waits.',
      registers,
    }),
    backgroundErrors: new Counter({
      name: 'sourcefold_background_errors_total',
      help: 'Errors outside of requests, by then retried or logged.',
      registers,
    }),
    ready: new Gauge({ name: 'sourcefold_ready', help: '1 while the node takes traffic.', registers }),
  };
};
