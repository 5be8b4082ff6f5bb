import { describe, expect, it } from 'vitest';
import { builtInPolicy } from '../../../src/domain/sourcing/first-policy.ts';
import { source } from '../../../src/domain/sourcing/source.ts';
import { networkOf, total } from './sourcing-cases.ts';

const destination = { country: 'XX', postcodeArea: null, latitude: null, longitude: null };
const demand = [{ lineId: '1', sku: 'teapot', quantity: 2 }];
const network = networkOf(
  [
    { parcel: 500, unit: 10, kilometres: 1, priority: 1 },
    { parcel: 400, unit: 10, kilometres: 900, priority: 2 },
  ],
  [[5, 5]],
);

describe('sourcing for a destination that nobody knows', () => {
  it('parks the order, unless somebody decided to go on', () => {
    expect(source({ demand, destination, excluded: [] }, network, builtInPolicy)).toMatchObject({
      outcome: 'parked',
      queue: 'unknown-destination',
    });
  });

  it('compares parcels and units only, as if all locations were equally near', () => {
    const request = { demand, destination, excluded: [], despiteUnknownDestination: true };
    const decision = source(request, network, builtInPolicy);
    if (decision.outcome === 'parked') throw new Error(decision.reason);
    expect(decision.fulfilments).toMatchObject([{ locationId: 'l1', cost: 420 }]);
    expect(total(decision.fulfilments.flatMap(({ lines }) => lines))).toBe(2);
    expect(decision.record.candidates).toMatchObject({ kilometres: [0, 0], parcelCost: [500, 400] });
  });

  it('goes by the distance where it is known, whatever was decided', () => {
    const leeds = { country: 'GB', postcodeArea: 'LS', latitude: 53.8, longitude: -1.55 };
    const request = { demand, destination: leeds, excluded: [], despiteUnknownDestination: true };
    expect(source(request, network, builtInPolicy)).toMatchObject({ fulfilments: [{ locationId: 'l0' }] });
  });
});
