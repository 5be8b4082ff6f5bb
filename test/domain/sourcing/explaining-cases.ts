import fc from 'fast-check';
import type { Policy } from '../../../src/domain/sourcing/policy.ts';
import type { SourcingRecord } from '../../../src/domain/sourcing/record.ts';
import { isReplayable, type ReplayableRecord } from '../../../src/domain/sourcing/replay.ts';
import { policyOf, type Site } from './sourcing-cases.ts';

export const replayable = (record: SourcingRecord): ReplayableRecord => {
  if (!isReplayable(record)) throw new Error('a new decision can be replayed');
  return record;
};

export const site = (parcel: number, change: Partial<Site> = {}): Site => ({
  parcel,
  unit: 10,
  kilometres: 0,
  priority: 1,
  ...change,
});

export const cheapest: Policy = policyOf({});

export const anySite = fc.record({
  parcel: fc.integer({ min: 0, max: 300 }),
  unit: fc.nat(30),
  kilometres: fc.nat(400),
  priority: fc.integer({ min: 1, max: 3 }),
});
/** Two routes with all that makes one pass differ from another: fences, some soft, split rules, terms that go by stock. */
export const anyPolicy = fc
  .record({
    mode: fc.constantFrom('byUnit' as const, 'byLine' as const, 'never' as const),
    most: fc.constantFrom(undefined, 2),
    soft: fc.boolean(),
    kept: fc.nat(2),
    lexicographic: fc.constantFrom(undefined, ['parcels', 'cost'] as const, ['distance', 'stockBalance'] as const),
  })
  .map(({ mode, most, soft, kept, lexicographic }) =>
    policyOf(
      {
        when: { destinations: [{ country: 'GB', postcodeAreas: ['LS'] }] },
        fences: [
          { type: 'distance', atMostKilometres: 150, soft },
          { type: 'protectedStock', units: kept, soft: !soft },
        ],
        split: { mode, ...(most === undefined || mode === 'never' ? {} : { mostFulfilments: most }) },
        objective: lexicographic === undefined ? { weighted: { cost: 2, distance: 1 } } : { lexicographic },
        otherwise: { do: 'nextRoute' },
      },
      { objective: { weighted: { cost: 1, stockOutRisk: 3 } } },
    ),
  );
