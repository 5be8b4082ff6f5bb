import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyAllocation } from '../../../src/domain/sourcing/joint/allocation.ts';
import { createContender } from '../../../src/domain/sourcing/joint/contender.ts';
import { marketOf, raisePrices } from '../../../src/domain/sourcing/joint/prices.ts';
import { worthOf } from '../../../src/domain/sourcing/joint/worth.ts';
import type { SourcingPass } from '../../../src/domain/sourcing/record.ts';
import { prepare, wantedSkus } from '../../../src/domain/sourcing/source.ts';
import { sourcingPass, units } from '../../support/examples.ts';
import { jointOrders, together } from './joint-cases.ts';
import { networkOf, policyOf } from './sourcing-cases.ts';

const GAP = 70;

type Case = {
  readonly sites: readonly { readonly parcel: number; readonly unit: number }[];
  /** `[sku][location]` */
  readonly stock: readonly (readonly number[])[];
  /** The SKU of which each order wants one unit. */
  readonly wanted: readonly number[];
};

/** The least that all orders together can cost, found by trying every way to share the stock out. */
const leastCost = ({ sites, stock, wanted }: Case): number => {
  const [sku, ...others] = wanted;
  if (sku === undefined) return 0;
  const ways = sites.flatMap(({ parcel, unit }, location) => {
    if ((stock[sku]?.[location] ?? 0) === 0) return [];
    const less = stock.map((row, at) => row.map((held, place) => (at === sku && place === location ? held - 1 : held)));
    return [parcel + unit + leastCost({ sites, stock: less, wanted: others })];
  });
  return Math.min(GAP + leastCost({ sites, stock, wanted: others }), ...ways);
};

const runOf = ({ sites, stock, wanted }: Case) => ({
  orders: jointOrders(
    wanted.map((sku) => ({ lines: [units('1', `sku${sku}`, 1)] })),
    policyOf({ objective: { unfilledPerUnit: GAP } }),
  ),
  network: networkOf(
    sites.map((site) => ({ ...site, kilometres: 0, priority: 1 })),
    [...new Set(wanted)].map((sku) => stock[sku] ?? []),
  ),
});

describe('the bound of a run', () => {
  const anyCase = fc.record<Case>({
    sites: fc.array(fc.record({ parcel: fc.nat(40), unit: fc.nat(9) }), { minLength: 3, maxLength: 3 }),
    stock: fc.array(fc.array(fc.nat(1), { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 2 }),
    wanted: fc.array(fc.nat(1), { minLength: 1, maxLength: 5 }),
  });

  it('is below the optimum at whatever prices it was found, before it is held to any plan', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 1, max: 20 }), (one, rounds) => {
        const { orders, network } = runOf(one);
        const rowOf = new Map(
          wantedSkus(orders.flatMap(({ request }) => request.demand)).map((sku, row) => [sku, row]),
        );
        const locationOf = new Map(network.locations.map(({ locationId }, index) => [locationId, index]));
        const contenders = orders.flatMap(({ orderId, request, rules }) => {
          const available = wantedSkus(request.demand).map((sku) => network.available[rowOf.get(sku) ?? -1] ?? []);
          const prepared = prepare(request, { ...network, available }, rules);
          return prepared.outcome === 'parked'
            ? []
            : [createContender({ orderId, prepared, rules }, { rowOf, locationOf })];
        });
        const allocation = emptyAllocation(contenders, network);
        const market = marketOf(allocation);
        if (market === null) throw new Error('one route with one objective');
        const raising = raisePrices(allocation, market, { target: 1_000, searches: rounds * contenders.length });
        let step = raising.next();
        while (!step.done) step = raising.next();
        expect(step.value.bound).toBeLessThanOrEqual(leastCost(one));
      }),
      { numRuns: 150 },
    );
  });

  it.each([0, 400])('is below what any way to share costs, and what is found above, with %i searches', (searches) => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const { orders, network } = runOf(one);
        const { after, bound } = together(orders, network, searches);
        const least = leastCost(one);
        expect(bound).toBeLessThanOrEqual(least);
        expect(after[1]).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 150 },
    );
  });
});

describe('the worth of passes', () => {
  const policy = policyOf({ objective: { unfilledPerUnit: 100 } }, {});
  const pass = (route: string, wanted: number, shipped: number, objective: number): SourcingPass =>
    sourcingPass({
      ...{ route, wanted: [wanted], objective },
      plan: shipped === 0 ? [] : [{ location: 0, line: 0, units: shipped }],
    });

  it('counts the price of a unit left over once, and not where a later pass filled it', () => {
    // 3 of 5 for 30, and 2 left at 100; then 1 of them for 20.
    expect(worthOf([pass('route 1', 5, 3, 230), pass('route 1', 2, 1, 120)], policy)).toEqual([0, 150]);
    expect(worthOf([pass('route 1', 5, 3, 230), pass('route 2', 2, 1, 20)], policy)).toEqual([1, 50]);
  });
});
