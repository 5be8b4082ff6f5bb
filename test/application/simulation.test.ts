import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SimulationResult, simulate, type Variant } from '../../src/application/simulation/simulation.ts';
import { builtInPolicy, type Policy, policyHash } from '../../src/domain/sourcing/policy.ts';
import { exampleProfile, line, placeOrder } from '../support/examples.ts';
import { cause, createProcessBench, type ProcessBench } from '../support/process-bench.ts';

const period = { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' };
const asIs: Variant = { name: 'as it was', policy: builtInPolicy };
const variantOf = (name: string, policy: Policy): Variant => ({
  name,
  policy: { version: 1, hash: policyHash(policy), policy },
});
const neverSplit = variantOf('one box', { routes: [{ name: 'one box', split: { mode: 'never' } }] });

const simulated = async (bench: ProcessBench, variants: readonly Variant[]): Promise<SimulationResult> => {
  const simulation = simulate(variants, period);
  for (const event of await bench.log()) simulation.apply(event);
  return simulation.result();
};

type Step =
  | { readonly type: 'order'; readonly teapots: number; readonly kettles: number }
  | {
      readonly type: 'receive';
      readonly at: 'north' | 'south';
      readonly sku: 'teapot' | 'kettle';
      readonly units: number;
    }
  | { readonly type: 'cancel'; readonly order: number }
  | { readonly type: 'nextDay' };

/** A short history of a small network, each order at rest before the next thing happens. */
const live = async (steps: readonly Step[], fulfilmentsPerDay?: number): Promise<ProcessBench> => {
  const bench = createProcessBench();
  const capacity = fulfilmentsPerDay === undefined ? {} : { capacity: { fulfilmentsPerDay } };
  const costs = { perParcel: 300, perUnit: 10 };
  await bench.atLocation({
    type: 'DefineLocation',
    data: { locationId: 'north', profile: exampleProfile({ costs, ...capacity }) },
  });
  await bench.atLocation({
    type: 'DefineLocation',
    data: { locationId: 'south', profile: exampleProfile({ costs: { perParcel: 500, perUnit: 20 }, priority: 2 }) },
  });
  const process = bench.start();
  let orders = 0;
  const waitingFor = new Set<string>();
  const retryAll = async (): Promise<void> => {
    for (const orderId of waitingFor) {
      await process.refresh();
      await process.retryBackorder(orderId, cause);
    }
  };
  let day = 2;
  for (const step of steps) {
    await process.refresh();
    if (step.type === 'nextDay') {
      day += 1;
      bench.setClock(`2026-03-${String(day).padStart(2, '0')}T09:00:00.000Z`);
      await retryAll();
      // Something has to happen for the day to be noticed.
      await bench.receive('south', 'saucer', 1);
      continue;
    }
    if (step.type === 'receive') {
      await bench.receive(step.at, step.sku, step.units);
      await retryAll();
    } else if (step.type === 'order') {
      const lines = [line('1', 'teapot', step.teapots), line('2', 'kettle', step.kettles)];
      const orderId = `o${++orders}`;
      await bench.onOrder(placeOrder({ orderId, channelOrderNumber: orderId, lines }));
      await process.advance(orderId, cause);
      waitingFor.add(orderId);
    } else if (orders > 0) {
      const orderId = `o${1 + (step.order % orders)}`;
      await bench.onOrder({ type: 'CancelOrder', data: { orderId, reason: 'customer' } }).catch(() => undefined);
      await process.advance(orderId, cause);
      await retryAll();
    }
  }
  return bench;
};

const units = fc.integer({ min: 1, max: 4 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('order' as const), teapots: units, kettles: units }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('receive' as const),
      at: fc.constantFrom('north' as const, 'south' as const),
      sku: fc.constantFrom('teapot' as const, 'kettle' as const),
      units,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cancel' as const), order: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('nextDay' as const) }) },
);

const capacityOrNone = fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined });

describe('a simulation', () => {
  it('under the policy that was in force comes to what really happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 4, maxLength: 14 }), capacityOrNone, async (steps, capacity) => {
        const { baseline, variants } = await simulated(await live(steps, capacity), [asIs]);
        expect(variants[0]?.changed).toEqual([]);
        expect(variants[0]?.kpis).toEqual(baseline);
      }),
      { numRuns: 40 },
    );
  });

  it('counts what really happened as the log has it', async () => {
    const bench = await live([
      { type: 'receive', at: 'north', sku: 'teapot', units: 4 },
      { type: 'receive', at: 'south', sku: 'kettle', units: 1 },
      { type: 'order', teapots: 2, kettles: 1 },
      { type: 'order', teapots: 1, kettles: 2 },
    ]);
    const { baseline } = await simulated(bench, []);
    expect(baseline).toMatchObject({
      orders: 2,
      units: 6,
      unitsFilled: 4,
      fulfilments: 3,
      parcelsPerOrder: 1.5,
      splitRate: 0.5,
      ordersThatWaited: 1,
      unitsWaiting: 2,
      unitsGivenUp: 0,
      promiseKept: null,
    });
    expect(baseline.cost).toBe(300 + 2 * 10 + 500 + 20 + 300 + 10);
    expect(baseline.locations).toMatchObject([
      { locationId: 'north', fulfilments: 2, units: 3, busiestDay: 2, stockOuts: 0 },
      { locationId: 'south', fulfilments: 1, units: 1, stockOuts: 1 },
    ]);
  });

  it('names the orders that another policy would have changed, and what became of them', async () => {
    const bench = await live([
      { type: 'receive', at: 'north', sku: 'teapot', units: 4 },
      { type: 'receive', at: 'south', sku: 'kettle', units: 4 },
      { type: 'order', teapots: 2, kettles: 1 },
    ]);
    const { baseline, variants } = await simulated(bench, [asIs, neverSplit]);
    expect(baseline.splitRate).toBe(1);
    expect(variants.map(({ changed }) => changed.length)).toEqual([0, 1]);
    expect(variants[1]).toMatchObject({
      name: 'one box',
      kpis: { splitRate: 0, fulfilments: 1, unitsFilled: 2, unitsWaiting: 1 },
      changed: [
        {
          orderId: 'o1',
          before: { locationIds: ['north', 'south'], unitsWaiting: 0 },
          after: { locationIds: ['north'], unitsWaiting: 1 },
        },
      ],
    });
  });

  it('leaves orders of before the period with the stock that they had', async () => {
    const bench = await live([
      { type: 'receive', at: 'north', sku: 'teapot', units: 2 },
      { type: 'receive', at: 'north', sku: 'kettle', units: 2 },
      { type: 'order', teapots: 2, kettles: 1 },
      { type: 'order', teapots: 1, kettles: 1 },
    ]);
    const log = await bench.log();
    const second = log.find((event) => event.type === 'OrderPlaced' && event.data.orderId === 'o2');
    const cut = log.indexOf(second ?? log[0] ?? expect.fail());
    const simulation = simulate([asIs], { from: '2026-06-01T00:00:00.000Z', to: period.to });
    const at = (event: (typeof log)[number], recordedAt: string) => ({
      ...event,
      metadata: { ...event.metadata, recordedAt },
    });
    for (const [index, event] of log.entries()) {
      simulation.apply(at(event, index < cut ? '2026-05-01T09:00:00.000Z' : '2026-06-02T09:00:00.000Z'));
    }
    const { baseline, variants } = simulation.result();
    expect(baseline).toMatchObject({ orders: 1, unitsFilled: 1, unitsWaiting: 1 });
    expect(variants[0]?.kpis).toMatchObject({ orders: 1, unitsFilled: 1, unitsWaiting: 1 });
  });

  it('gives up, after the days that a policy allows, what found no stock', async () => {
    const bench = await live([{ type: 'order', teapots: 2, kettles: 1 }]);
    const impatient = variantOf('a week', {
      routes: [{ name: 'a week', otherwise: { do: 'backorder', cancelAfterDays: 7 } }],
    });
    const atOnce = variantOf('at once', { routes: [{ name: 'at once', otherwise: { do: 'cancel' } }] });
    const { variants } = await simulated(bench, [impatient, atOnce]);
    expect(variants.map(({ kpis }) => [kpis.ordersThatWaited, kpis.unitsWaiting, kpis.unitsGivenUp])).toEqual([
      [1, 0, 3],
      [0, 0, 3],
    ]);
  });

  it('comes to the same result from the same log, whatever ids its events have', async () => {
    const steps: readonly Step[] = [
      { type: 'receive', at: 'north', sku: 'teapot', units: 3 },
      { type: 'order', teapots: 2, kettles: 1 },
    ];
    const bench = await live(steps);
    const first = await simulated(bench, [neverSplit]);
    const simulation = simulate([neverSplit], period);
    for (const event of await bench.log()) simulation.apply({ ...event, id: randomUUID() });
    expect(simulation.result()).toEqual(first);
  });
});
