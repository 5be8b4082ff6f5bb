import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worthOf } from '../../../src/domain/sourcing/joint/worth.ts';
import type { SourcingPass } from '../../../src/domain/sourcing/record.ts';
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

describe('the bound of a run', () => {
  const anyCase = fc.record<Case>({
    sites: fc.array(fc.record({ parcel: fc.nat(40), unit: fc.nat(9) }), { minLength: 3, maxLength: 3 }),
    stock: fc.array(fc.array(fc.nat(1), { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 2 }),
    wanted: fc.array(fc.nat(1), { minLength: 1, maxLength: 5 }),
  });

  it.each([0, 400])('is below what any way to share costs, and what is found above, with %i searches', (searches) => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const orders = jointOrders(
          one.wanted.map((sku) => ({ lines: [units('1', `sku${sku}`, 1)] })),
          policyOf({ objective: { unfilledPerUnit: GAP } }),
        );
        const skus = [...new Set(one.wanted)];
        const sites = one.sites.map((site) => ({ ...site, kilometres: 0, priority: 1 }));
        const network = networkOf(
          sites,
          skus.map((sku) => one.stock[sku] ?? []),
        );
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
