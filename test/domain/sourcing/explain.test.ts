import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/domain/sourcing/explain.ts';
import type { Policy } from '../../../src/domain/sourcing/policy.ts';
import type { SourcingRecord } from '../../../src/domain/sourcing/record.ts';
import { isReplayable, type ReplayableRecord, replay } from '../../../src/domain/sourcing/replay.ts';
import { whyNot } from '../../../src/domain/sourcing/why-not.ts';
import { units } from '../../support/examples.ts';
import { leeds, networkOf, planned, policyOf, type Site } from './sourcing-cases.ts';

const replayable = (record: SourcingRecord): ReplayableRecord => {
  if (!isReplayable(record)) throw new Error('a new decision can be replayed');
  return record;
};

const site = (parcel: number, change: Partial<Site> = {}): Site => ({
  parcel,
  unit: 10,
  kilometres: 0,
  priority: 1,
  ...change,
});

const cheapest: Policy = policyOf({});

describe('why these locations', () => {
  const demand = [units('1', 'teapot', 2), units('2', 'kettle', 1)];

  it('names each part with its cost, and how much dearer its parcel could get before it were left out', () => {
    const { record } = planned(
      demand,
      networkOf(
        [site(100), site(160)],
        [
          [5, 5],
          [5, 5],
        ],
      ),
      { policy: cheapest },
    );
    expect(explain(replayable(record), cheapest)).toMatchObject({
      why: [{ locationId: 'l0', units: 3, cost: 130, margin: { term: 'objective', by: 60, exact: true } }],
      split: { isSplit: false },
    });
  });

  it('says that nobody has it all where an order is split for want of stock', () => {
    const { record } = planned(
      demand,
      networkOf(
        [site(100), site(160)],
        [
          [5, 0],
          [0, 5],
        ],
      ),
      { policy: cheapest },
    );
    const explanation = explain(replayable(record), cheapest);
    expect(explanation?.split).toEqual({
      isSplit: true,
      reason: 'No single location has it all: the one that has most can fill 2 of 3 units.',
      bestSingle: null,
    });
    expect(explanation?.why.map(({ margin }) => margin)).toEqual([null, null]);
  });

  it('says what one location alone would cost more where an order is split to save', () => {
    const sites = [site(100), site(100), site(500)];
    const { record } = planned(
      demand,
      networkOf(sites, [
        [5, 0, 5],
        [0, 5, 5],
      ]),
      { policy: cheapest },
    );
    expect(explain(replayable(record), cheapest)?.split).toMatchObject({
      isSplit: true,
      bestSingle: { locationId: 'l2', difference: { by: 300 } },
    });
  });
});

describe('why not a location, and what would have flipped it', () => {
  const demand = [units('1', 'teapot', 4)];

  it('tells by how much its parcel would have to be cheaper', () => {
    const network = networkOf([site(100), site(160)], [[5, 5]]);
    const { record } = planned(demand, network, { policy: cheapest });
    const answer = whyNot(replayable(record), cheapest, 'l1');
    expect(answer).toMatchObject({ verdict: 'not-better', flips: [{ type: 'cost', by: 60, exact: true }] });
    const flipped = planned(demand, networkOf([site(100), site(160 - 61)], [[5, 5]]), { policy: cheapest });
    expect(flipped.fulfilments.map(({ locationId }) => locationId)).toEqual(['l1']);
  });

  it('goes term by term: no price brings in a location that would be a parcel more', () => {
    const policy = policyOf({ objective: { lexicographic: ['parcels', 'cost'] } });
    const network = networkOf([site(100), site(250), site(250)], [[5, 1, 5]]);
    const record = replayable(planned(demand, network, { policy }).record);
    expect(whyNot(record, policy, 'l1')).toMatchObject({ difference: { term: 'parcels', by: 1 } });
    expect(whyNot(record, policy, 'l1')?.flips.filter(({ type }) => type === 'cost')).toEqual([]);
    expect(whyNot(record, policy, 'l2')?.flips).toEqual([{ type: 'cost', term: 'cost', by: 150, exact: true }]);
  });

  it('tells how many more units of which SKU it would have needed', () => {
    const stock = [[5, 2]];
    const { record } = planned(demand, networkOf([site(500), site(100)], stock), { policy: cheapest });
    expect(record.passes[0]?.plan.map(({ location }) => location)).toEqual([0]);
    expect(whyNot(replayable(record), cheapest, 'l1')?.flips).toContainEqual({
      type: 'stock',
      sku: 'teapot',
      units: 2,
      exact: true,
    });
  });

  it('names each fence that kept it out with what it asks and what it saw, and whether it would be chosen inside', () => {
    const policy = policyOf({
      fences: [
        { type: 'distance', atMostKilometres: 100 },
        { type: 'kind', in: ['store'] },
      ],
      otherwise: { do: 'backorder' },
    });
    const { record } = planned(demand, networkOf([site(100, { kilometres: 200 })], [[5]]), { policy });
    expect(whyNot(replayable(record), policy, 'l0')).toMatchObject({
      verdict: 'fenced',
      flips: [
        {
          type: 'fences',
          sufficient: true,
          fences: [
            { type: 'distance', expected: 'at most 100 km', actual: 200 },
            { type: 'kind', expected: 'one of store', actual: 'warehouse' },
          ],
        },
      ],
    });
  });

  it('knows who is in the plan, who was suspended, and who had nothing', () => {
    const { locations, ...rest } = networkOf([site(100), site(100)], [[5, 5]]);
    const network = { ...rest, locations: locations.map((one, at) => ({ ...one, suspended: at === 1 })) };
    const record = replayable(planned(demand, network, { policy: cheapest }).record);
    expect(['l0', 'l1', 'elsewhere'].map((id) => whyNot(record, cheapest, id)?.verdict)).toEqual([
      'chosen',
      'ruled-out',
      'unknown-or-no-stock',
    ]);
  });
});

const anySite = fc.record({
  parcel: fc.integer({ min: 0, max: 300 }),
  unit: fc.nat(30),
  kilometres: fc.nat(400),
  priority: fc.integer({ min: 1, max: 3 }),
});
const anyPolicy = fc
  .record({
    mode: fc.constantFrom('byUnit' as const, 'byLine' as const, 'never' as const),
    most: fc.constantFrom(undefined, 2),
    soft: fc.boolean(),
    lexicographic: fc.constantFrom(undefined, ['parcels', 'cost'] as const, ['distance', 'stockBalance'] as const),
  })
  .map(({ mode, most, soft, lexicographic }) =>
    policyOf(
      {
        when: { destinations: [{ country: 'GB', postcodeAreas: ['LS'] }] },
        fences: [{ type: 'distance', atMostKilometres: 150, soft }],
        split: { mode, ...(most === undefined || mode === 'never' ? {} : { mostFulfilments: most }) },
        objective: lexicographic === undefined ? { weighted: { cost: 2, distance: 1 } } : { lexicographic },
        otherwise: { do: 'nextRoute' },
      },
      { objective: { weighted: { cost: 1, stockOutRisk: 3 } } },
    ),
  );

describe('replaying a decision', () => {
  it('comes to the identical passes from what was recorded, whatever the policy', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        fc.array(anySite, { minLength: 1, maxLength: 5 }),
        fc.array(fc.array(fc.nat(4), { minLength: 5, maxLength: 5 }), { minLength: 2, maxLength: 2 }),
        (policy, sites, stock) => {
          const demand = stock.map((_, at) => units(`${at + 1}`, `sku${at}`, 1 + at));
          const { record } = planned(demand, networkOf(sites, stock), { policy });
          const stored = replayable(JSON.parse(JSON.stringify(record)) as SourcingRecord);
          expect(JSON.parse(JSON.stringify(replay(stored, policy, leeds)))).toEqual(stored.passes);
          for (const { locationId } of sites.map((_, at) => ({ locationId: `l${at}` }))) {
            expect(whyNot(stored, policy, locationId)?.reason).toBeTypeOf('string');
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
