import { join } from 'node:path';
import { runSimulation } from '../src/application/simulation/run.ts';
import type { Variant } from '../src/application/simulation/simulation.ts';
import { builtInPolicy, type Policy, policyHash } from '../src/domain/sourcing/policy.ts';
import { createCodec } from '../src/event-store/codec.ts';
import { createSqliteEventStore } from '../src/event-store/sqlite.ts';
import { compared, countedKpis } from './counted-kpis.ts';
import { livePastOrders } from './past-orders.ts';
import { printFigures } from './report.ts';
import { removeFolder, temporaryFolder } from './service.ts';

const ORDERS = 10_000;

const nearFirst: Policy = {
  description: 'One box from within 400 km where that is to be had; else few parcels, also from further away.',
  routes: [
    {
      name: 'near, in one box',
      fences: [
        { type: 'distance', atMostKilometres: 400 },
        { type: 'protectedStock', weeksOfSupply: 0.01, soft: true },
      ],
      split: { mode: 'never' },
      otherwise: { do: 'nextRoute' },
    },
    { name: 'few parcels', objective: { weighted: { cost: 1, parcels: 400 } }, otherwise: { do: 'backorder' } },
  ],
};

const variants: readonly Variant[] = [
  { name: 'built-in', policy: builtInPolicy },
  { name: 'near first', policy: { version: 1, hash: policyHash(nearFirst), policy: nearFirst } },
];

const period = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };

/** A season of real orders, lived through by the service itself, and then simulated under two policies. */
export const reportSimulation = async (): Promise<void> => {
  const dataDir = temporaryFolder();
  const lived = await livePastOrders(dataDir, ORDERS);
  const eventStore = createSqliteEventStore({ file: join(dataDir, 'events.db') });
  // As in another process: nothing that was written here is remembered.
  const codec = createCodec({ newId: () => 'not used' });
  let events = 0;
  const started = performance.now();
  const result = await runSimulation({ eventStore, codec }, variants, period, (done) => {
    events = done;
  });
  const seconds = (performance.now() - started) / 1_000;
  const figures = compared(result.baseline, await countedKpis(lived, eventStore));
  await eventStore.close();
  removeFolder(dataDir);
  printFigures(`Simulating ${ORDERS} past orders under ${variants.length} policies, ${events} events`, [
    { name: 'time', value: seconds, unit: 's', goal: { max: 60 } },
    { name: 'orders, each under every policy', value: ORDERS / seconds, unit: 'orders/s' },
  ]);
  printFigures("The baseline's figures, counted from the read model of orders and from the events", [
    ...figures.map(({ name, simulated, counted, isSame }) => ({
      ...{ name, value: counted, unit: isSame ? 'the same' : `but the baseline has ${simulated}` },
    })),
    { name: 'that differ', value: figures.filter(({ isSame }) => !isSame).length, unit: '', goal: { max: 0 } },
  ]);
  printFigures(
    'Under other policies, to the baseline',
    result.variants.flatMap(({ name, kpis, ordersChanged }) => [
      { name: `${name}: cost`, value: (100 * kpis.cost) / result.baseline.cost, unit: '%' },
      { name: `${name}: parcels`, value: (100 * kpis.fulfilments) / result.baseline.fulfilments, unit: '%' },
      { name: `${name}: orders that changed`, value: (100 * ordersChanged) / ORDERS, unit: '%' },
    ]),
  );
};
