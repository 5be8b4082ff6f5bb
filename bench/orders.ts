import { watchLag } from './lag.ts';
import { type LoadResult, post } from './load.ts';
import { locationIds, orderOf, setUpNetwork } from './network.ts';
import type { Figure } from './report.ts';
import { BENCH_SECRET, removeFolder, startFloor, startService, temporaryFolder } from './service.ts';

const LOCATIONS = 50;
const SKUS = 200;
const FLOOR_PORT = 31_101;
const SERVICE_PORT = 31_102;
const MEGABYTE = 1_000_000;
/** Until then Node is still compiling what the service does all the time: a process that lives for days has that behind it. */
const WARM_UP_SECONDS = 20;

const skus = Array.from({ length: SKUS }, (_, index) => `SKU-${index}`);
const anySku = (): string => skus[Math.floor(Math.random() * SKUS)] ?? '';
const twoLines = () => orderOf([anySku(), anySku()]);

const load = (
  url: string,
  body: () => unknown,
  options: { connections: number; seconds?: number; amount?: number },
): Promise<LoadResult> => post({ url, secret: BENCH_SECRET, body, ...options });

/** The same requests to the bare stack: what the machine could do at best, in this very run. */
const measureFloor = async (seconds: number): Promise<LoadResult> => {
  const floor = await startFloor(FLOOR_PORT);
  await load(floor.url, twoLines, { connections: 32, seconds: 2 });
  const result = await load(floor.url, twoLines, { connections: 32, seconds });
  await floor.stop();
  removeFolder(floor.dataDir);
  return result;
};

/** Placing two-line orders with 50 locations that hold everything, over 32 connections, warm; each order from a new customer. */
export const benchPlacing = async (seconds: number): Promise<readonly Figure[]> => {
  const before = await measureFloor(seconds);
  const service = await startService(SERVICE_PORT, temporaryFolder());
  await setUpNetwork(service.url, LOCATIONS, () => skus);
  await load(service.url, twoLines, { connections: 32, seconds: WARM_UP_SECONDS });
  const placed = await load(service.url, twoLines, { connections: 32, seconds });
  await service.stop();
  removeFolder(service.dataDir);
  const after = await measureFloor(seconds);
  const floor = (before.perSecond + after.perSecond) / 2;
  return [
    { name: 'floor: bare Express + zod + SQLite (before, after)', value: floor, unit: 'req/s' },
    { name: 'placing a two-line order', value: placed.perSecond, unit: 'orders/s' },
    { name: 'ratio to the floor', value: placed.perSecond / floor, unit: '', goal: { min: 0.25 } },
    { name: 'latency p50', value: placed.p50, unit: 'ms' },
    { name: 'latency p99', value: placed.p99, unit: 'ms', goal: { max: 50 } },
    { name: "the floor's latency p99 (before, after)", value: (before.p99 + after.p99) / 2, unit: 'ms' },
    { name: 'failed requests', value: placed.failures + before.failures + after.failures, unit: '', goal: { max: 0 } },
  ];
};

/** 64 single-location orders in flight: all at one location, and spread over all. */
export const benchHotLocation = async (seconds: number): Promise<readonly Figure[]> => {
  const service = await startService(SERVICE_PORT, temporaryFolder());
  const ids = locationIds(LOCATIONS);
  await setUpNetwork(service.url, LOCATIONS, (index) => [`ONLY-${index}`]);
  const spreadOrder = () => orderOf([`ONLY-${Math.floor(Math.random() * ids.length)}`]);
  const hotOrder = () => orderOf(['ONLY-0']);
  await load(service.url, spreadOrder, { connections: 64, seconds: 4 });
  await load(service.url, hotOrder, { connections: 64, seconds: 1 });
  const spread = await load(service.url, spreadOrder, { connections: 64, seconds });
  const hot = await load(service.url, hotOrder, { connections: 64, seconds });
  await service.stop();
  removeFolder(service.dataDir);
  return [
    { name: 'spread over 50 locations, 64 in flight', value: spread.perSecond, unit: 'orders/s' },
    { name: 'all at one hot location, 64 in flight', value: hot.perSecond, unit: 'orders/s' },
    { name: 'hot to spread', value: hot.perSecond / spread.perSecond, unit: '', goal: { min: 0.8 } },
    { name: 'failed requests', value: spread.failures + hot.failures, unit: '', goal: { max: 0 } },
  ];
};

/** Many orders in one service: memory at the end, and how far read models lag meanwhile. Keeps the folder for others. */
export const benchEndurance = async (orders: number): Promise<{ figures: readonly Figure[]; dataDir: string }> => {
  const service = await startService(SERVICE_PORT, temporaryFolder());
  await setUpNetwork(service.url, LOCATIONS, () => skus);
  const lagging = watchLag(service.dataDir);
  const result = await load(service.url, twoLines, { connections: 32, amount: orders });
  const lag = lagging.stop();
  const resident = service.residentBytes() / MEGABYTE;
  await service.stop();
  const started = performance.now();
  const again = await startService(SERVICE_PORT, service.dataDir);
  const readyMs = performance.now() - started;
  await again.stop();
  const figures: Figure[] = [
    { name: `${orders} orders placed`, value: result.perSecond, unit: 'orders/s' },
    { name: 'resident memory after them', value: resident, unit: 'MB', goal: { max: 400 } },
    { name: 'read models lag, p50', value: lag.p50, unit: 'ms' },
    { name: 'read models lag, p99', value: lag.p99, unit: 'ms', goal: { max: 100 } },
    { name: 'ready again after a restart', value: readyMs, unit: 'ms', goal: { max: 3_000 } },
    { name: 'failed requests', value: result.failures, unit: '', goal: { max: 0 } },
  ];
  return { figures, dataDir: service.dataDir };
};
