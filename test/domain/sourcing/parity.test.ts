import { describe, expect, it } from 'vitest';
import type { Network } from '../../../src/domain/sourcing/network.ts';
import type { Fence, Route } from '../../../src/domain/sourcing/policy.ts';
import type { LocationProfile } from '../../../src/domain/stock-location/stock-location.ts';
import { placeOrder, units } from '../../support/examples.ts';
import { type Circumstances, NOW, networkOf, planned, policyOf, type Site } from './sourcing-cases.ts';

const site = (overrides: Partial<Site> = {}): Site => ({
  parcel: 100,
  unit: 10,
  kilometres: 0,
  priority: 1,
  ...overrides,
});
const near = site({ kilometres: 10 });
const middle = site({ kilometres: 60, parcel: 90 });
const far = site({ kilometres: 300, parcel: 80 });

const teapots = (quantity: number) => units('1', 'teapot', quantity);
const kettles = (quantity: number) => units('2', 'kettle', quantity);

/** The network with more said of its locations, by their index. */
const profiled = (network: Network, profiles: readonly Partial<LocationProfile>[]): Network => ({
  ...network,
  locations: network.locations.map((location, index) => ({
    ...location,
    profile: { ...location.profile, ...profiles[index] },
  })),
});

/** What comes from where: `l0 2 teapot`. */
const plan = (demand: Parameters<typeof planned>[0], network: Network, circumstances: Circumstances = {}) => {
  const { fulfilments, unfilled } = planned(demand, network, circumstances);
  return [
    ...fulfilments.flatMap(({ locationId, lines }) =>
      lines.map(({ sku, quantity }) => `${locationId} ${quantity} ${sku}`),
    ),
    ...unfilled.map(({ sku, quantity }) => `left ${quantity} ${sku}`),
  ];
};

const fenced = (...fences: readonly Fence[]) => ({ policy: policyOf({ fences }) });

describe('parity with the field', () => {
  it('ordered routes with fall-through', () => {
    const network = networkOf([near, far], [[2, 9]]);
    const local = { fences: [{ type: 'distance' as const, atMostKilometres: 50 }] };
    const fallsThrough = policyOf({ ...local, otherwise: { do: 'nextRoute' } }, {});
    expect(plan([teapots(5)], network, { policy: fallsThrough })).toEqual(['l0 2 teapot', 'l1 3 teapot']);
    const stops = policyOf({ ...local, otherwise: { do: 'backorder' } }, {});
    expect(plan([teapots(5)], network, { policy: stops })).toEqual(['l0 2 teapot', 'left 3 teapot']);
    const forOthers = policyOf({ ...local, when: { channels: ['web-de'] } }, {});
    expect(plan([teapots(5)], network, { policy: forOthers })).toEqual(['l1 5 teapot']);
  });

  it('location groups include and exclude', () => {
    const groups = [['north', 'outlet'], ['north'], ['south']].map((one) => ({ groups: one }));
    const network = profiled(networkOf([site({ parcel: 1 }), near, site({ parcel: 2 })], [[5, 5, 5]]), groups);
    expect(plan([teapots(1)], network)).toEqual(['l0 1 teapot']);
    expect(plan([teapots(1)], network, fenced({ type: 'group', in: ['south'] }))).toEqual(['l2 1 teapot']);
    const northNoOutlet: Fence = { type: 'group', in: ['north'], notIn: ['outlet'] };
    expect(plan([teapots(1)], network, fenced(northNoOutlet))).toEqual(['l1 1 teapot']);
  });

  it('distance limit and preference', () => {
    const network = networkOf([near, middle, far], [[1, 5, 5]]);
    expect(plan([teapots(3)], network)).toEqual(['l1 3 teapot']);
    expect(plan([teapots(3)], network, fenced({ type: 'distance', atMostKilometres: 20 }))).toEqual([
      'l0 1 teapot',
      'left 2 teapot',
    ]);
    const preferred: Fence = { type: 'distance', atMostKilometres: 20, soft: true };
    expect(plan([teapots(3)], network, fenced(preferred))).toEqual(['l0 1 teapot', 'l1 2 teapot']);
    const nearest = policyOf({ objective: { weighted: { distance: 1 } } });
    expect(plan([teapots(1)], networkOf([far, near], [[5, 5]]), { policy: nearest })).toEqual(['l1 1 teapot']);
  });

  it('custom sequence', () => {
    const network = networkOf([near, middle, far], [[5, 5, 5]]);
    const inTurn = (...sequence: readonly string[]) => ({
      policy: policyOf({ objective: { lexicographic: ['priority' as const], sequence } }),
    });
    expect(plan([teapots(1)], network, inTurn('l2', 'l0'))).toEqual(['l2 1 teapot']);
    expect(plan([teapots(1)], network, inTurn('l1', 'l2'))).toEqual(['l1 1 teapot']);
    const byProfile = policyOf({ objective: { lexicographic: ['priority'] } });
    const ranked = networkOf([site({ priority: 3 }), site({ priority: 1, parcel: 900 })], [[5, 5]]);
    expect(plan([teapots(1)], ranked, { policy: byProfile })).toEqual(['l1 1 teapot']);
  });

  it('inventory balance', () => {
    const network = networkOf([site({ parcel: 90 }), site()], [[4, 40]]);
    expect(plan([teapots(1)], network)).toEqual(['l0 1 teapot']);
    const level = { policy: policyOf({ objective: { weighted: { cost: 1, stockBalance: 1 } } }) };
    expect(plan([teapots(1)], network, level)).toEqual(['l1 1 teapot']);
    const sparing = { policy: policyOf({ objective: { weighted: { cost: 1, stockOutRisk: 1 } } }) };
    expect(plan([teapots(1)], network, sparing)).toEqual(['l1 1 teapot']);
  });

  it('capacity per day', () => {
    const day = NOW.slice(0, 10);
    const { locations, ...stock } = networkOf([near, middle], [[5, 5]]);
    const promising = (promised: number): Network => ({
      ...stock,
      locations: locations.map((location, index) =>
        index > 0
          ? location
          : {
              ...location,
              profile: { ...location.profile, capacity: { fulfilmentsPerDay: 3 } },
              load: new Map([[day, promised]]),
            },
      ),
    });
    const dear = { policy: policyOf({ fences: [{ type: 'capacity' }], objective: { weighted: { distance: 1 } } }) };
    expect(plan([teapots(1)], promising(2), dear)).toEqual(['l0 1 teapot']);
    expect(plan([teapots(1)], promising(3), dear)).toEqual(['l1 1 teapot']);
    expect(planned([teapots(1)], promising(2), dear).fulfilments).toMatchObject([
      { dispatchDay: day, withinCapacity: true },
    ]);
    const oneKeptFree = fenced({ type: 'capacity', keepFree: 1 }, { type: 'distance', atMostKilometres: 20 });
    expect(plan([teapots(1)], promising(2), oneKeptFree)).toEqual(['left 1 teapot']);
    const busy = { policy: policyOf({ objective: { lexicographic: ['load' as const] } }) };
    expect(plan([teapots(1)], promising(1), busy)).toEqual(['l1 1 teapot']);
  });

  it('safety stock at location and at rule', () => {
    // Safety stock of the location is not in what is available.
    const network = networkOf([near], [[5]]);
    const kept = fenced({ type: 'protectedStock', units: 3 });
    expect(plan([teapots(5)], network, kept)).toEqual(['l0 2 teapot', 'left 3 teapot']);
    const weeks = fenced({ type: 'protectedStock', weeksOfSupply: 2 });
    expect(plan([teapots(5)], { ...network, weeklyDemand: [[1.5]] }, weeks)).toEqual(['l0 2 teapot', 'left 3 teapot']);
    const inStores = fenced({ type: 'protectedStock', units: 5, at: { kinds: ['store'] } });
    expect(plan([teapots(5)], network, inStores)).toEqual(['l0 5 teapot']);
    expect(plan([teapots(5)], profiled(network, [{ kind: 'store' }]), inStores)).toEqual(['left 5 teapot']);
    const forTrade = fenced({ type: 'ringFence', channels: ['trade'], units: 4 });
    expect(plan([teapots(5)], network, forTrade)).toEqual(['l0 1 teapot', 'left 4 teapot']);
    expect(plan([teapots(5)], network, { ...forTrade, order: { channelId: 'trade' } })).toEqual(['l0 5 teapot']);
  });

  it('single or multi location', () => {
    const network = networkOf(
      [near, middle, far],
      [
        [5, 0, 1],
        [0, 5, 1],
      ],
    );
    const demand = [teapots(2), kettles(1)];
    expect(plan(demand, network)).toEqual(['l0 2 teapot', 'l1 1 kettle']);
    const single = { policy: policyOf({ split: { mode: 'never' } }) };
    expect(plan(demand, network, single)).toEqual(['l0 2 teapot', 'left 1 kettle']);
    const whole = { policy: policyOf({ split: { mode: 'never', partial: false } }) };
    expect(plan(demand, network, whole)).toEqual(['left 2 teapot', 'left 1 kettle']);
    const elseSplit = policyOf({ split: { mode: 'never', partial: false }, otherwise: { do: 'nextRoute' } }, {});
    expect(plan(demand, network, { policy: elseSplit })).toEqual(['l0 2 teapot', 'l1 1 kettle']);
    const byLine = { policy: policyOf({ split: { mode: 'byLine' } }) };
    expect(plan([teapots(6)], network, byLine)).toEqual(['left 6 teapot']);
    expect(plan([teapots(6)], network)).toEqual(['l0 5 teapot', 'l2 1 teapot']);
  });

  it('item groups kept together', () => {
    const network = networkOf(
      [site({ parcel: 10 }), site({ unit: 60 })],
      [
        [5, 5],
        [0, 5],
      ],
    );
    const items = [
      { sku: 'teapot', groups: ['set'] },
      { sku: 'kettle', groups: ['set'] },
    ];
    const demand = [teapots(2), kettles(1)];
    expect(plan(demand, network, { items })).toEqual(['l0 2 teapot', 'l1 1 kettle']);
    const together = { policy: policyOf({ split: { togetherGroups: ['set'] } }), items };
    expect(plan(demand, network, together)).toEqual(['l1 2 teapot', 'l1 1 kettle']);
    const short = networkOf(
      [site(), site()],
      [
        [5, 0],
        [0, 5],
      ],
    );
    expect(plan(demand, short, { items })).toEqual(['l0 2 teapot', 'l1 1 kettle']);
    expect(plan(demand, short, together)).toEqual(['left 2 teapot', 'left 1 kettle']);
  });

  it('shipment value threshold', () => {
    const demand = [
      { ...teapots(3), unitPrice: 1_000 },
      { ...kettles(1), unitPrice: 300 },
    ];
    const network = networkOf(
      [near, middle],
      [
        [3, 0],
        [0, 1],
      ],
    );
    expect(plan(demand, network)).toEqual(['l0 3 teapot', 'l1 1 kettle']);
    const smallest = (value: number) => ({ policy: policyOf({ split: { smallestPartValue: value } }) });
    expect(plan(demand, network, smallest(300))).toEqual(['l0 3 teapot', 'l1 1 kettle']);
    expect(plan(demand, network, smallest(301))).toEqual(['l0 3 teapot', 'left 1 kettle']);
    const remainder = { policy: policyOf({ split: { smallestRemainderValue: 1_000 } }) };
    expect(plan(demand, network, remainder)).toEqual(['l0 2 teapot', 'l1 1 kettle', 'left 1 teapot']);
    const valuable = policyOf({ when: { value: { from: 3_000 } }, fences: [{ type: 'location', in: ['l1'] }] }, {});
    expect(plan(demand, network, { policy: valuable, order: { value: 3_300 } })).toEqual([
      'l1 1 kettle',
      'left 3 teapot',
    ]);
  });

  it('next route / queue / auto-cancel after days', () => {
    const network = networkOf([near], [[1]]);
    const { placedAt } = placeOrder().data;
    const otherwiseOf = (...routes: readonly Partial<Route>[]) =>
      planned([teapots(2)], network, { policy: policyOf(...routes), order: { placedAt } }).otherwise;
    expect(otherwiseOf({})).toEqual({ do: 'backorder' });
    expect(otherwiseOf({ otherwise: { do: 'nextRoute' } }, { otherwise: { do: 'cancel' } })).toEqual({ do: 'cancel' });
    const queued = { do: 'park', queue: 'buyers', cancelAfterDays: 7 } as const;
    expect(otherwiseOf({ otherwise: queued })).toEqual(queued);
    expect(otherwiseOf({ otherwise: { do: 'nextRoute' } }, { when: { channels: ['none'] } })).toEqual({
      do: 'backorder',
    });
  });

  it('refusing location excluded for a time', () => {
    const hoursAgo = (hours: number): Network => ({
      ...networkOf([site({ parcel: 10 }), site()], [[5, 5]]),
      refusedAt: [[Date.parse(NOW) - hours * 3_600_000, 0]],
    });
    const resting = fenced({ type: 'recentRefusal', hours: 24 });
    expect(plan([teapots(1)], hoursAgo(23), resting)).toEqual(['l1 1 teapot']);
    expect(plan([teapots(1)], hoursAgo(24), resting)).toEqual(['l0 1 teapot']);
    expect(plan([teapots(1)], hoursAgo(1))).toEqual(['l0 1 teapot']);
  });
});
