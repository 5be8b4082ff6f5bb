import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareWorth, totalWorth } from '../../../src/domain/sourcing/joint/worth.ts';
import type { Network } from '../../../src/domain/sourcing/network.ts';
import type { Policy, Route } from '../../../src/domain/sourcing/policy.ts';
import { isReplayable, replay } from '../../../src/domain/sourcing/replay.ts';
import { units } from '../../support/examples.ts';
import { jointOrders, takenBy, together, type Wanting } from './joint-cases.ts';
import { leeds, networkOf, policyOf } from './sourcing-cases.ts';

const site = (parcel: number, priority: number) => ({ parcel, unit: 10, kilometres: 0, priority });
const near = site(100, 1);
const far = site(900, 2);

const withCapacity = (network: Network, capacities: readonly (number | null)[]): Network => ({
  ...network,
  locations: network.locations.map((location, index) => {
    const fulfilmentsPerDay = capacities[index] ?? null;
    return fulfilmentsPerDay === null
      ? location
      : { ...location, profile: { ...location.profile, capacity: { fulfilmentsPerDay } } };
  }),
});

describe('sourcing orders together', () => {
  const rows = (...skus: readonly string[]) => skus.map((sku, index) => units(`${index + 1}`, sku, 1));

  it('leaves the one place that has both to the order that wants both', () => {
    // Near has one of each, far has the rest: whoever comes first takes the teapot near, which splits the other order.
    const network = networkOf(
      [near, far],
      [
        [1, 1],
        [1, 0],
      ],
    );
    const orders = jointOrders([{ lines: rows('teapot') }, { lines: rows('teapot', 'kettle') }]);
    const { before, after, bound, decisions } = together(orders, network);
    expect([before, after, bound]).toEqual([[0, 110 + 110 + 910], [0, 910 + 120], 910 + 120]);
    expect(decisions.map(({ decision }) => decision.outcome === 'planned' && decision.fulfilments)).toMatchObject([
      [{ locationId: 'l1' }],
      [{ locationId: 'l0' }],
    ]);
    expect(decisions.map((one) => [one.before.worth, one.after.worth])).toEqual([
      [
        [0, 110],
        [0, 910],
      ],
      [
        [0, 1020],
        [0, 120],
      ],
    ]);
  });

  it('gives scarce stock to those for whom a unit left over is dearest, whoever came first', () => {
    const policy = policyOf(
      { when: { priority: { to: 1 } }, objective: { unfilledPerUnit: 5_000 } },
      { objective: { unfilledPerUnit: 1_000 } },
    );
    const wanting = [2, 2, 1].map((priority): Wanting => ({ priority, lines: rows('teapot') }));
    const { decisions } = together(jointOrders(wanting, policy), networkOf([near], [[1]]));
    expect(decisions.map(({ decision }) => decision.outcome === 'planned' && decision.unfilled.length)).toEqual([
      1, 1, 0,
    ]);
  });

  it('shares out the capacity of a day like stock', () => {
    const network = withCapacity(
      networkOf(
        [near, far],
        [
          [9, 9],
          [9, 0],
        ],
      ),
      [1, null],
    );
    const result = together(jointOrders([{ lines: rows('teapot') }, { lines: rows('teapot', 'kettle') }]), network);
    expect([result.before, result.after]).toEqual([
      [1, 110 + 910],
      [0, 910 + 120],
    ]);
    expect(takenBy(result).fulfilments).toEqual(
      new Map([
        ['l1', 1],
        ['l0', 1],
      ]),
    );
  });

  it('says at once that nobody is in anybody’s way', () => {
    const orders = jointOrders([{ lines: rows('teapot') }, { lines: rows('teapot') }]);
    const { before, after, bound, searches } = together(orders, networkOf([near, far], [[2, 2]]), 100_000);
    expect([before, after, bound, searches]).toEqual([[0, 220], [0, 220], 220, 4]);
  });

  it('parks, like one by one, what cannot be sourced at all', () => {
    const [order] = jointOrders([{ lines: rows('teapot') }]);
    if (order === undefined) throw new Error('one order');
    const nowhere = { ...leeds, latitude: null, longitude: null };
    const lost = { ...order, orderId: 'lost', request: { ...order.request, destination: nowhere } };
    const { decisions } = together([lost, order], networkOf([near], [[1]]));
    expect(decisions.map(({ orderId, decision }) => [orderId, decision.outcome])).toEqual([
      ['lost', 'parked'],
      ['o0', 'planned'],
    ]);
  });
});

describe('sourcing any orders together', () => {
  const route = fc.record<Partial<Route>>({
    fences: fc.constantFrom([], [{ type: 'capacity' as const }], [{ type: 'distance' as const, atMostKilometres: 30 }]),
    split: fc.constantFrom({}, { mode: 'never' as const }, { mode: 'byLine' as const }),
    objective: fc.constantFrom(
      { weighted: { cost: 1 } },
      { weighted: { cost: 1 }, unfilledPerUnit: 70 },
      { lexicographic: ['parcels' as const, 'cost' as const] },
    ),
    otherwise: fc.constantFrom({ do: 'backorder' as const }, { do: 'nextRoute' as const }),
  });
  const anyCase = fc.record({
    policy: fc
      .array(route, { minLength: 1, maxLength: 2 })
      .map((routes): Policy => policyOf(...routes))
      .map(
        (policy): Policy => ({
          // The last route has no next one.
          routes: policy.routes.map((one, index) =>
            index + 1 < policy.routes.length ? one : { ...one, otherwise: { do: 'backorder' } },
          ),
        }),
      ),
    sites: fc.array(fc.record({ parcel: fc.nat(40), unit: fc.nat(9), kilometres: fc.nat(60), priority: fc.nat(2) }), {
      minLength: 3,
      maxLength: 3,
    }),
    stock: fc.array(fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }), { minLength: 3, maxLength: 3 }),
    capacities: fc.array(fc.constantFrom(null, 1, 2), { minLength: 3, maxLength: 3 }),
    wanting: fc
      .array(fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 })
      .map((all) => [[0, 1, 2], ...all])
      .chain((all) =>
        fc.tuple(
          ...all.map((skus) =>
            fc.array(fc.integer({ min: 1, max: 2 }), { minLength: skus.length, maxLength: skus.length }).map(
              (quantities): Wanting => ({
                lines: skus.map((sku, index) => units(`${index + 1}`, `sku${sku}`, quantities[index] ?? 1)),
              }),
            ),
          ),
        ),
      ),
  });
  type Case = typeof anyCase extends fc.Arbitrary<infer One> ? One : never;
  const run = ({ policy, sites, stock, capacities, wanting }: Case) => {
    const network = withCapacity(networkOf(sites, stock), capacities);
    return { network, result: together(jointOrders(wanting, policy), network, 300) };
  };

  it('is never worse than one by one, nor better than the bound', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const { before, after, bound, decisions } = run(one).result;
        expect(compareWorth(after, before)).toBeLessThanOrEqual(0);
        expect(totalWorth(decisions.map((decision) => decision.before.worth))).toEqual(totalWorth([before]));
        expect(totalWorth(decisions.map((decision) => decision.after.worth))).toEqual(totalWorth([after]));
        if (bound !== null) expect(after[1]).toBeGreaterThanOrEqual(bound);
      }),
      { numRuns: 60 },
    );
  });

  it('takes no more than there is, and keeps within the capacity where a fence says so', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const { result, network } = run(one);
        const { units: taken, fulfilments } = takenBy(result);
        for (const [key, count] of taken) {
          const [sku = '', location = ''] = key.split(' at l');
          expect(count).toBeLessThanOrEqual(one.stock[Number(sku.slice(3))]?.[Number(location)] ?? 0);
        }
        if (!one.policy.routes.every(({ fences = [] }) => fences.some(({ type }) => type === 'capacity'))) return;
        for (const { locationId, profile } of network.locations)
          expect(fulfilments.get(locationId) ?? 0).toBeLessThanOrEqual(
            profile.capacity?.fulfilmentsPerDay ?? Number.POSITIVE_INFINITY,
          );
      }),
      { numRuns: 60 },
    );
  });

  it('comes to the same every time, in decisions that can be replayed', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const { result } = run(one);
        expect(run(one).result).toEqual(result);
        for (const { decision } of result.decisions) {
          if (decision.outcome === 'parked' || !isReplayable(decision.record)) throw new Error('planned');
          expect(replay(decision.record, one.policy, leeds)).toEqual(decision.record.passes);
        }
      }),
      { numRuns: 25 },
    );
  });
});
