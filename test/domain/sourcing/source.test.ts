import { describe, expect, it } from 'vitest';
import { wantedSkus } from '../../../src/domain/sourcing/source.ts';
import { units } from '../../support/examples.ts';
import { networkOf, plan, planned, policyOf } from './sourcing-cases.ts';

describe('sourcing by example', () => {
  const sites = [
    { parcel: 100, unit: 10, kilometres: 0, priority: 1 },
    { parcel: 100, unit: 10, kilometres: 0, priority: 2 },
  ];

  it('counts two lines of one SKU as one demand, and fills the first line first', () => {
    const demand = [units('1', 'teapot', 2), units('2', 'kettle', 1), units('3', 'teapot', 2)];
    const { fulfilments, unfilled } = planned(
      demand,
      networkOf(sites, [
        [3, 0],
        [1, 1],
      ]),
    );
    expect(wantedSkus(demand)).toEqual(['teapot', 'kettle']);
    expect(fulfilments.map(({ lines }) => lines)).toEqual([
      [units('1', 'teapot', 2), units('3', 'teapot', 1), units('2', 'kettle', 1)],
    ]);
    expect(unfilled).toEqual([units('3', 'teapot', 1)]);
  });

  it('prefers, of equal locations, the one with the first priority', () => {
    const [first, second] = sites;
    const network = networkOf(
      [second, first].flatMap((site) => site ?? []),
      [[5, 5]],
    );
    expect(planned([units('1', 'teapot', 5)], network).fulfilments[0]?.locationId).toBe('l1');
  });

  it('parks an order whose destination cannot be placed', () => {
    const destination = { country: 'XX', postcodeArea: null, latitude: null, longitude: null };
    expect(plan([units('1', 'teapot', 1)], networkOf(sites, [[5, 5]]), { destination })).toMatchObject({
      outcome: 'parked',
      queue: 'unknown-destination',
    });
  });

  it('parks an order whose costs are too large to add up exactly', () => {
    const dear = { parcel: 0, unit: 1e9, kilometres: 0, priority: 1 };
    expect(plan([units('1', 'teapot', 1e8)], networkOf([dear], [[1e8]]))).toMatchObject({
      outcome: 'parked',
      queue: 'objective-too-large',
    });
  });

  it('leaves no unit unfilled to save money, though one location has to fill it all', () => {
    const cheap = { parcel: 0, unit: 0, kilometres: 0, priority: 1 };
    const dear = { parcel: 0, unit: 100, kilometres: 0, priority: 2 };
    const policy = policyOf({ split: { mode: 'never' } });
    const { fulfilments } = planned([units('1', 'teapot', 10)], networkOf([cheap, dear], [[9, 10]]), { policy });
    expect(fulfilments).toMatchObject([{ locationId: 'l1', cost: 1_000 }]);
  });

  it('leaves everything unfilled where nobody has any', () => {
    const { fulfilments, unfilled, pass } = planned([units('1', 'teapot', 2)], networkOf(sites, [[0, 0]]));
    expect([fulfilments, unfilled, pass.objective]).toEqual([[], [units('1', 'teapot', 2)], 0]);
  });

  it('says why a location that holds stock was not considered', () => {
    const { locations, available } = networkOf([...sites, ...sites], [[5, 5, 5, 5]]);
    const [a, b, c] = locations;
    if (a === undefined || b === undefined || c === undefined) throw new Error('three locations');
    const network = {
      logPosition: null,
      available,
      locations: [{ ...a, suspended: true }, { ...b, profile: { ...b.profile, capabilities: [] } }, c],
    };
    const excluded = [{ locationId: 'l2', sku: null }];
    expect(planned([units('1', 'teapot', 1)], network, { excluded }).record.ruledOut).toEqual([
      { locationId: 'l0', reason: 'suspended' },
      { locationId: 'l2', reason: 'refused-before' },
      { locationId: 'l1', reason: 'cannot-ship' },
    ]);
  });
});
