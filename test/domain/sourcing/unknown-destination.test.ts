import { describe, expect, it } from 'vitest';
import { networkOf, plan, planned, total } from './sourcing-cases.ts';

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
    expect(plan(demand, network, { destination })).toMatchObject({ outcome: 'parked', queue: 'unknown-destination' });
  });

  it('compares parcels and units only, as if all locations were equally near', () => {
    const { fulfilments, record } = planned(demand, network, { destination, despiteUnknownDestination: true });
    expect(fulfilments).toMatchObject([{ locationId: 'l1', cost: 420 }]);
    expect(total(fulfilments.flatMap(({ lines }) => lines))).toBe(2);
    expect(record.candidates).toMatchObject({ kilometres: [0, 0], parcelCost: [500, 400] });
  });

  it('goes by the distance where it is known, whatever was decided', () => {
    expect(planned(demand, network, { despiteUnknownDestination: true }).fulfilments).toMatchObject([
      { locationId: 'l0' },
    ]);
  });
});
