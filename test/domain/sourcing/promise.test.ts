import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateCard } from '../../../src/domain/rate-card.ts';
import { createCarriageBook } from '../../../src/domain/sourcing/carriage-book.ts';
import { createDispatchCalendar } from '../../../src/domain/sourcing/dispatch.ts';
import type { Network } from '../../../src/domain/sourcing/network.ts';
import { builtInPolicy, type Policy, policyHash } from '../../../src/domain/sourcing/policy.ts';
import { type PromiseOption, type PromiseRequest, promise } from '../../../src/domain/sourcing/promise.ts';
import { type SourcingRules, source } from '../../../src/domain/sourcing/source.ts';
import type { LocationProfile } from '../../../src/domain/stock-location/stock-location.ts';
import { exampleProfile, kettles, teapots } from '../../support/examples.ts';

/** London, and places at some kilometres north of it (a degree of latitude is 111.2 km). */
const destination = { country: 'GB', postcodeArea: 'SW', latitude: 51.5, longitude: -0.12 };
const northOf = (kilometres: number): Partial<LocationProfile> => ({
  address: { country: 'GB', postcode: 'N1 9GU', latitude: 51.5 + kilometres / 111.195, longitude: -0.12 },
});
const costs = { perParcel: 300, perUnit: 10 };

type Site = {
  readonly stock?: readonly number[];
  readonly profile?: Partial<LocationProfile>;
  readonly suspended?: true;
};

const warehouse: Site = { stock: [50, 50], profile: { ...northOf(100), costs, cutOff: '14:00' } };
const shop = (kilometres: number, site: Site = {}): Site => ({
  ...site,
  profile: { kind: 'store', capabilities: ['pickup'], costs, ...northOf(kilometres), ...site.profile },
});

const networkOf = (sites: Readonly<Record<string, Site>>): Network => ({
  logPosition: '0042',
  locations: Object.entries(sites).map(([locationId, { profile, suspended }]) => ({
    locationId,
    profile: exampleProfile({ capabilities: ['ship'], ...profile }),
    suspended: suspended ?? false,
  })),
  available: [0, 1].map((sku) => Object.values(sites).map(({ stock }) => stock?.[sku] ?? 0)),
});

const rulesOf = (policy: Policy = builtInPolicy.policy, rateCards: readonly RateCard[] = []): SourcingRules => ({
  policy: { version: 1, hash: policyHash(policy), policy },
  items: () => undefined,
  rateCards,
  calendar: createDispatchCalendar(),
  carriage: createCarriageBook(),
});

// A Monday.
const NOW = '2026-11-23T10:00:00.000Z';

const requestOf = (overrides: Partial<PromiseRequest> = {}): PromiseRequest => ({
  now: NOW,
  order: { channelId: 'web-uk', market: null, priority: null, value: null, placedAt: NOW, deliverBy: null },
  lines: [teapots(2), kettles(1)],
  destination,
  methods: ['homeDelivery', 'pickup', 'shipToStore'],
  withinKilometres: 100,
  mostPlaces: 10,
  ...overrides,
});

const promised = (
  sites: Readonly<Record<string, Site>>,
  overrides: Partial<PromiseRequest> = {},
  rules: SourcingRules = rulesOf(),
): readonly PromiseOption[] => promise(requestOf(overrides), networkOf(sites), rules);

describe('the promise of a home delivery', () => {
  it('says what leaves where and when, when it arrives, what it costs, and until when that holds', () => {
    expect(promised({ warehouse })).toEqual([
      {
        method: 'homeDelivery',
        fulfilments: [
          {
            locationId: 'warehouse',
            lines: [teapots(2), kettles(1)],
            dispatchDay: '2026-11-23',
            deliveryDay: '2026-11-24',
            cost: 300 + 3 * 10 + 100,
          },
        ],
        readyOrDeliveryDay: '2026-11-24',
        cost: 430,
        split: false,
        complete: true,
        unfilled: [],
        inTime: true,
        validUntil: '2026-11-23T14:00:00.000Z',
      },
    ]);
  });

  it('moves by a day once the cut-off has passed', () => {
    expect(promised({ warehouse }, { now: '2026-11-23T14:00:00.001Z' })).toMatchObject([
      { readyOrDeliveryDay: '2026-11-25', validUntil: '2026-11-24T14:00:00.000Z' },
    ]);
  });

  it('arrives, and holds, as long as all parts of a split order do', () => {
    const sites = {
      warehouse: { ...warehouse, stock: [2, 0] },
      far: { stock: [0, 1], profile: { ...northOf(700), costs, cutOff: '11:00' } },
    };
    expect(promised(sites)).toMatchObject([
      {
        fulfilments: [
          { locationId: 'far', lines: [kettles(1)], deliveryDay: '2026-11-25' },
          { locationId: 'warehouse', lines: [teapots(2)], deliveryDay: '2026-11-24' },
        ],
        readyOrDeliveryDay: '2026-11-25',
        cost: 310 + 700 + 320 + 100,
        split: true,
        complete: true,
        validUntil: '2026-11-23T11:00:00.000Z',
      },
    ]);
  });

  it('arrives with its last part, wherever that comes from', () => {
    const sites = {
      first: { stock: [2, 0], profile: { ...northOf(10), costs, priority: 1 } },
      second: { stock: [0, 1], profile: { ...northOf(10), costs, priority: 2, leadTimeHours: 48 } },
    };
    expect(promised(sites)).toMatchObject([
      {
        fulfilments: [{ deliveryDay: '2026-11-24' }, { deliveryDay: '2026-11-26' }],
        readyOrDeliveryDay: '2026-11-26',
      },
    ]);
  });

  it('names the units that cannot be had', () => {
    expect(promised({ warehouse: { ...warehouse, stock: [1, 0] } })).toMatchObject([
      { complete: false, unfilled: [teapots(1), kettles(1)], fulfilments: [{ lines: [teapots(1)] }] },
    ]);
  });

  it('is none where nothing can be had, or nobody knows where to', () => {
    expect(promised({ warehouse: { ...warehouse, stock: [0, 0] } })).toEqual([]);
    expect(promised({ warehouse }, { destination: { ...destination, latitude: null, longitude: null } })).toEqual([]);
  });

  it('goes by the rate cards and the days of the carrier', () => {
    const card = {
      rateCardId: 'post',
      carrier: 'Post',
      service: 'Parcel',
      deliveryWeekdays: [1, 2, 3, 4, 5],
      bands: [{ transitDays: 2, prices: [{ upTo: 5_000, price: 495 }] }],
    };
    expect(promised({ warehouse }, { now: '2026-11-26T10:00:00.000Z' }, rulesOf(undefined, [card]))).toMatchObject([
      { readyOrDeliveryDay: '2026-11-30', cost: 330 + 495 },
    ]);
  });

  it('says whether it keeps the day asked for', () => {
    const asked = (deliverBy: string) => ({ order: { ...requestOf().order, deliverBy } });
    expect(promised({ warehouse }, asked('2026-11-24'))).toMatchObject([{ inTime: true }]);
    expect(promised({ warehouse }, asked('2026-11-23'))).toMatchObject([{ inTime: false }]);
  });

  it('keeps to the fences of the policy that is in force', () => {
    const policy: Policy = { routes: [{ name: 'near', fences: [{ type: 'distance', atMostKilometres: 50 }] }] };
    expect(promised({ warehouse }, {}, rulesOf(policy))).toEqual([]);
  });
});

describe('the promise of a pickup', () => {
  const pickup = { methods: ['pickup'] } as const;

  it('is of each place nearby that holds the whole basket: nearest first, at the cost of handling', () => {
    const sites = {
      warehouse,
      empty: shop(1, { stock: [1, 50] }),
      angel: shop(12, { stock: [2, 1], profile: { leadTimeHours: 2, cutOff: '16:00' } }),
      brixton: shop(5, { stock: [9, 9] }),
      luton: shop(120, { stock: [9, 9] }),
    };
    expect(promised(sites, pickup)).toMatchObject([
      { method: 'pickup', locationId: 'brixton', distance: 5, readyOrDeliveryDay: '2026-11-23', cost: 330 },
      {
        method: 'pickup',
        locationId: 'angel',
        distance: 12,
        fulfilments: [{ locationId: 'angel', lines: [teapots(2), kettles(1)], cost: 330 }],
        complete: true,
        split: false,
        validUntil: '2026-11-23T14:00:00.000Z',
      },
    ]);
  });

  it('is ready on the next open day after the cut-off', () => {
    const profile = { cutOff: '09:00', calendar: { closedWeekdays: [2], holidays: ['2026-11-25'] } };
    expect(promised({ angel: shop(12, { stock: [9, 9], profile }) }, pickup)).toMatchObject([
      { readyOrDeliveryDay: '2026-11-26', validUntil: '2026-11-26T09:00:00.000Z' },
    ]);
  });

  it('names no more places than asked for, and none further away', () => {
    const shops = Object.fromEntries([30, 10, 20].map((far) => [`shop-${far}`, shop(far, { stock: [9, 9] })]));
    const places = (overrides: Partial<PromiseRequest>) =>
      promised(shops, { ...pickup, ...overrides }).map(({ locationId }) => locationId);
    expect(places({})).toEqual(['shop-10', 'shop-20', 'shop-30']);
    expect(places({ mostPlaces: 2 })).toEqual(['shop-10', 'shop-20']);
    expect(places({ withinKilometres: 15 })).toEqual(['shop-10']);
  });

  it('is none at a location that is suspended, hands out nothing, or keeps its units for others', () => {
    const fences = [{ type: 'ringFence', channels: ['shop'], units: 8, at: { locations: ['fenced'] } }] as const;
    const sites = {
      suspended: { ...shop(1, { stock: [9, 9] }), suspended: true as const },
      ships: shop(2, { stock: [9, 9], profile: { capabilities: ['ship', 'shipToStore'] } }),
      fenced: shop(3, { stock: [9, 9] }),
      open: shop(4, { stock: [9, 9] }),
    };
    const options = promised(sites, pickup, rulesOf({ routes: [{ name: 'all', fences }] }));
    expect(options.map(({ locationId }) => locationId)).toEqual(['open']);
  });

  it('goes by the routes for pickups', () => {
    const routes = [{ name: 'no pickups before Christmas', when: { methods: ['homeDelivery'] } }];
    expect(promised({ angel: shop(12, { stock: [9, 9] }) }, pickup, rulesOf({ routes }))).toEqual([]);
  });
});

describe('the promise of a delivery to a store', () => {
  const toStore = { methods: ['shipToStore'] } as const;
  const store = (kilometres: number, profile: Partial<LocationProfile> = {}): Site =>
    shop(kilometres, { profile: { capabilities: ['shipToStore'], ...profile } });

  it('is of each store nearby: from where the goods are, at the cost of bringing them there', () => {
    expect(promised({ warehouse, angel: store(12), brixton: store(5) }, toStore)).toMatchObject([
      { locationId: 'brixton', distance: 5, readyOrDeliveryDay: '2026-11-24', cost: 330 + 95 },
      {
        locationId: 'angel',
        distance: 12,
        fulfilments: [
          { locationId: 'warehouse', dispatchDay: '2026-11-23', deliveryDay: '2026-11-24', cost: 330 + 88 },
        ],
        complete: true,
        validUntil: '2026-11-23T14:00:00.000Z',
      },
    ]);
  });

  it('is of no more stores than asked for, and of none that is suspended', () => {
    const sites = {
      warehouse,
      closed: { ...store(1), suspended: true as const },
      angel: store(12),
      brixton: store(5),
    };
    const stores = (overrides: Partial<PromiseRequest>) =>
      promised(sites, { ...toStore, ...overrides }).map(({ locationId }) => locationId);
    expect(stores({})).toEqual(['brixton', 'angel']);
    expect(stores({ mostPlaces: 1 })).toEqual(['brixton']);
  });

  it('is ready once the store is open', () => {
    const calendar = { closedWeekdays: [2, 3] };
    expect(promised({ warehouse, angel: store(12, { calendar }) }, toStore)).toMatchObject([
      { fulfilments: [{ deliveryDay: '2026-11-24' }], readyOrDeliveryDay: '2026-11-26' },
    ]);
    const closed = { closedWeekdays: [1, 2, 3, 4, 5, 6, 7] };
    expect(promised({ warehouse, angel: store(12, { calendar: closed }) }, toStore)).toEqual([]);
  });
});

describe('the laws of promises', () => {
  const anySite = fc.record({
    teapots: fc.nat(4),
    kettles: fc.nat(3),
    kilometres: fc.integer({ min: 1, max: 150 }),
    cutOff: fc.constantFrom('09:00', '12:00', '18:00'),
    capabilities: fc.subarray(['ship', 'pickup', 'shipToStore'] as const),
    leadTimeHours: fc.constantFrom(0, 4, 30),
    closedWeekdays: fc.subarray([1, 2, 6, 7]),
  });
  const anySites = fc.array(anySite, { minLength: 1, maxLength: 6 }).map((sites) =>
    Object.fromEntries(
      sites.map((site, index): [string, Site] => [
        `site-${index}`,
        {
          stock: [site.teapots, site.kettles],
          profile: {
            ...northOf(site.kilometres),
            costs,
            cutOff: site.cutOff,
            capabilities: site.capabilities,
            leadTimeHours: site.leadTimeHours,
            calendar: { closedWeekdays: site.closedWeekdays },
          },
        },
      ]),
    ),
  );

  it('promises at home what an order placed now would be given', () => {
    fc.assert(
      fc.property(anySites, (sites) => {
        const [option] = promised(sites, { methods: ['homeDelivery'] });
        const { lines, order } = requestOf();
        const decision = source(
          { now: NOW, order: { ...order, method: 'homeDelivery' }, demand: lines, destination, excluded: [] },
          networkOf(sites),
          rulesOf(),
        );
        if (decision.outcome !== 'planned') throw new Error('a route fits every order');
        expect(option?.fulfilments ?? []).toMatchObject(
          decision.fulfilments.map(({ locationId, lines, cost }) => ({ locationId, lines, cost })),
        );
      }),
    );
  });

  it('gives the same answer to whoever asks again before it runs out', () => {
    fc.assert(
      fc.property(anySites, fc.double({ min: 0, max: 1, noNaN: true }), (sites, share) => {
        for (const option of promised(sites)) {
          const until = Date.parse(option.validUntil);
          expect(until).toBeGreaterThanOrEqual(Date.parse(NOW));
          const later = Date.parse(NOW) + Math.floor(share * (until - Date.parse(NOW)));
          const again = promised(sites, { now: new Date(later).toISOString() });
          expect(again).toContainEqual(option);
        }
      }),
    );
  });

  it('promises each unit once: in a fulfilment of a location that holds it, or as unfilled', () => {
    fc.assert(
      fc.property(anySites, (sites) => {
        for (const { fulfilments, unfilled, complete, split } of promised(sites)) {
          const parts = [...fulfilments.flatMap(({ lines }) => lines), ...unfilled];
          for (const { lineId, quantity } of requestOf().lines) {
            const units = parts.filter((part) => part.lineId === lineId).reduce((sum, part) => sum + part.quantity, 0);
            expect(units).toBe(quantity);
          }
          for (const { locationId, lines } of fulfilments) {
            for (const { sku, quantity } of lines) {
              expect(sites[locationId]?.stock?.[sku === 'teapot' ? 0 : 1]).toBeGreaterThanOrEqual(quantity);
            }
          }
          expect([complete, split]).toEqual([unfilled.length === 0, fulfilments.length > 1]);
        }
      }),
    );
  });
});
