import { type LoadResult, post } from './load.ts';
import { orderOf, setUpNetwork } from './network.ts';
import type { Figure } from './report.ts';
import { BENCH_SECRET, type BenchServer, removeFolder, startService, temporaryFolder } from './service.ts';

const FIRST_PORT = 31_111;
const WRITERS = 3;
const IN_FLIGHT = 63;
const SECONDS = 5;
const WARM_UP_SECONDS = 2;

const hotOrder = () => orderOf(['ONLY-0']);

type Measured = LoadResult & { readonly cpuSeconds: number };

const cpuOf = (nodes: readonly BenchServer[]): number => nodes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds(), 0);

/** Orders through these nodes at once, all for one SKU at one location. */
const load = async (nodes: readonly BenchServer[], seconds: number): Promise<Measured> => {
  const before = cpuOf(nodes);
  const connections = IN_FLIGHT / nodes.length;
  const results = await Promise.all(
    nodes.map(({ url }) => post({ url, secret: BENCH_SECRET, connections, body: hotOrder, seconds })),
  );
  const total = results.reduce((sum, one) => ({
    perSecond: sum.perSecond + one.perSecond,
    requests: sum.requests + one.requests,
    failures: sum.failures + one.failures,
    p50: Math.max(sum.p50, one.p50),
    p99: Math.max(sum.p99, one.p99),
  }));
  return { ...total, cpuSeconds: cpuOf(nodes) - before };
};

const conflicts = async (nodes: readonly BenchServer[]): Promise<number> => {
  const counts = await Promise.all(
    nodes.map(async ({ url }) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/^sourcefold_version_conflicts_total (\d+)/m.exec(text)?.[1]);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
};

/** One API process and then three, beside a worker, on stores that they share: all writing one location's stream. */
export const benchHotWriters = async (
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly Figure[]> => {
  const dataDir = temporaryFolder();
  const start = (index: number, ROLE: string) => startService(FIRST_PORT + index, dataDir, { ...environment, ROLE });
  const worker = await start(0, 'worker');
  const first = await start(1, 'api');
  await setUpNetwork(first.url, 1, () => ['ONLY-0']);
  await load([first], WARM_UP_SECONDS);
  const one = await load([first], SECONDS);
  const others = await Promise.all(Array.from({ length: WRITERS - 1 }, (_, index) => start(index + 2, 'api')));
  const all = [first, ...others];
  await load(all, WARM_UP_SECONDS);
  const before = await conflicts(all);
  const three = await load(all, SECONDS);
  const lost = (await conflicts(all)) - before;
  const again = await load([first], SECONDS);
  await Promise.all([...all, worker].map(({ stop }) => stop()));
  removeFolder(dataDir);
  const alone = (one.perSecond + again.perSecond) / 2;
  return [
    { name: 'one writer (mean of before and after)', value: alone, unit: 'orders/s' },
    { name: `${WRITERS} writers together`, value: three.perSecond, unit: 'orders/s' },
    { name: 'ratio', value: three.perSecond / alone, unit: '', goal: { min: 0.5 } },
    { name: 'processor time per order, one writer', value: (again.cpuSeconds * 1_000) / again.requests, unit: 'ms' },
    {
      name: `processor time per order, ${WRITERS} writers`,
      value: (three.cpuSeconds * 1_000) / three.requests,
      unit: 'ms',
    },
    { name: 'latency p50 with one', value: again.p50, unit: 'ms' },
    { name: `latency p50 with ${WRITERS}, slowest`, value: three.p50, unit: 'ms' },
    { name: `latency p99 with ${WRITERS}, slowest`, value: three.p99, unit: 'ms' },
    { name: 'appends that lost, per order', value: lost / three.requests, unit: '' },
    { name: 'failed requests', value: one.failures + three.failures + again.failures, unit: '', goal: { max: 0 } },
  ];
};
