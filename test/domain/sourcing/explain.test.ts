import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/domain/sourcing/explain.ts';
import type { SourcingRecord } from '../../../src/domain/sourcing/record.ts';
import { replay } from '../../../src/domain/sourcing/replay.ts';
import { units } from '../../support/examples.ts';
import { anyPolicy, anySite, cheapest, replayable, site } from './explaining-cases.ts';
import { leeds, networkOf, planned } from './sourcing-cases.ts';

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
        },
      ),
      { numRuns: 150 },
    );
  });
});
