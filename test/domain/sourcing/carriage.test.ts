import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateBand, RateCard } from '../../../src/domain/rate-card.ts';
import {
  carriageOf,
  envelopeOf,
  fitsArea,
  fitsFilter,
  type Service,
  servicesOf,
  type Way,
} from '../../../src/domain/sourcing/carriage.ts';
import { createCarriageBook } from '../../../src/domain/sourcing/carriage-book.ts';
import { priceOf, staircaseOf } from '../../../src/domain/sourcing/engine/staircase.ts';
import type { ParcelPrice } from '../../../src/domain/sourcing/problem.ts';
import { exampleProfile } from '../../support/examples.ts';

const leeds = { locationId: 'leeds', profile: exampleProfile({ groups: ['north'] }) };
const shop = { locationId: 'shop', profile: exampleProfile({ kind: 'store' }) };
const way = (overrides: Partial<Way> = {}): Way => ({
  location: leeds,
  destination: { country: 'GB', postcodeArea: 'SW' },
  kilometres: 280,
  ...overrides,
});
const upTo2kg: readonly ParcelPrice[] = [
  { upTo: 1_000, price: 300 },
  { upTo: 2_000, price: 450 },
];
const band = (overrides: Partial<RateBand> = {}): RateBand => ({ transitDays: 2, prices: upTo2kg, ...overrides });
const card = (rateCardId: string, bands: readonly RateBand[], overrides: Partial<RateCard> = {}): RateCard => ({
  rateCardId,
  carrier: 'Post',
  service: rateCardId,
  bands,
  ...overrides,
});
const namesOf = (services: readonly Service[]): string[] => services.map(({ rateCardId }) => rateCardId);

describe('the services of a way', () => {
  it('are the cards that cover it, each at the prices of the first band that does', () => {
    const cards = [
      card('tracked', [band({ upToKilometres: 100 }), band({ upToKilometres: 300, transitDays: 3 }), band()]),
      card('local', [band({ upToKilometres: 50 })]),
      card('slow', [band({ transitDays: 5 })], { deliveryWeekdays: [2, 4] }),
    ];
    expect(servicesOf(way(), cards)).toEqual([
      { rateCardId: 'tracked', carrier: 'Post', service: 'tracked', transitDays: 3, prices: upTo2kg },
      {
        rateCardId: 'slow',
        carrier: 'Post',
        service: 'slow',
        transitDays: 5,
        deliveryWeekdays: [2, 4],
        prices: upTo2kg,
      },
    ]);
  });

  it('go as far as the band says, its end included', () => {
    const cards = [card('local', [band({ upToKilometres: 50 })])];
    expect(namesOf(servicesOf(way({ kilometres: 50 }), cards))).toEqual(['local']);
    expect(namesOf(servicesOf(way({ kilometres: 50.1 }), cards))).toEqual([]);
  });

  it('are only those that the location may use', () => {
    const cards = [
      card('all', [band()]),
      card('warehouses', [band()], { at: { kinds: ['warehouse'] } }),
      card('north', [band()], { at: { groups: ['south', 'north'] } }),
      card('shop-only', [band()], { at: { locations: ['shop'] } }),
      card('northern-stores', [band()], { at: { groups: ['north'], kinds: ['store'] } }),
    ];
    expect(namesOf(servicesOf(way(), cards))).toEqual(['all', 'warehouses', 'north']);
    expect(namesOf(servicesOf(way({ location: shop }), cards))).toEqual(['all', 'shop-only']);
  });

  it('go from the listed countries to the listed areas', () => {
    const cards = [
      card('to-london', [band({ to: [{ country: 'GB', postcodeAreas: ['SW', 'W'] }] })]),
      card('to-ireland', [band({ to: [{ country: 'IE' }, { country: 'FR' }] })]),
      card('from-france', [band({ fromCountries: ['FR'] })]),
      card('export', [band({ fromCountries: ['GB'], to: [{ country: 'IE' }] })]),
    ];
    expect(namesOf(servicesOf(way(), cards))).toEqual(['to-london']);
    const toDublin = way({ destination: { country: 'IE', postcodeArea: 'D02' } });
    expect(namesOf(servicesOf(toDublin, cards))).toEqual(['to-ireland', 'export']);
  });
});

describe('an area', () => {
  const london = { country: 'GB', postcodeArea: 'SW' };
  it('is a whole country, or what begins with one of its parts', () => {
    expect(fitsArea({ country: 'GB' }, london)).toBe(true);
    expect(fitsArea({ country: 'IE' }, london)).toBe(false);
    expect(fitsArea({ country: 'GB', postcodeAreas: ['LS', 'S'] }, london)).toBe(true);
    expect(fitsArea({ country: 'GB', postcodeAreas: ['LS', 'W'] }, london)).toBe(false);
  });

  it('holds no destination of an unknown area, unless it is a whole country', () => {
    expect(fitsArea({ country: 'GB', postcodeAreas: [''] }, { country: 'GB', postcodeArea: null })).toBe(false);
    expect(fitsArea({ country: 'GB' }, { country: 'GB', postcodeArea: null })).toBe(true);
  });
});

describe('a filter of locations', () => {
  it('fits a location that all of it fits', () => {
    expect(fitsFilter(undefined, leeds)).toBe(true);
    expect(fitsFilter({}, leeds)).toBe(true);
    expect(fitsFilter({ groups: ['north'], locations: ['leeds', 'york'] }, leeds)).toBe(true);
    expect(fitsFilter({ groups: ['north'], locations: ['york'] }, leeds)).toBe(false);
    expect(fitsFilter({ groups: ['north'] }, shop)).toBe(false);
  });
});

describe('the carriage of a way', () => {
  const service = (rateCardId: string, transitDays: number, ...prices: readonly [number, number][]): Service => ({
    rateCardId,
    carrier: 'Post',
    service: rateCardId,
    transitDays,
    prices: prices.map(([upTo, price]) => ({ upTo, price })),
  });

  it('is of the parcels of all services that no other one undercuts', () => {
    const services = [
      service('letters', 2, [100, 90], [500, 200]),
      service('parcels', 3, [500, 180], [2_000, 400], [5_000, 900]),
      service('pallets', 6, [2_000, 1_500], [100_000, 9_000]),
    ];
    expect(envelopeOf(services)).toEqual({
      tariff: [
        { upTo: 100, price: 90 },
        { upTo: 500, price: 180 },
        { upTo: 2_000, price: 400 },
        { upTo: 5_000, price: 900 },
        { upTo: 100_000, price: 9_000 },
      ],
      services,
      transitDays: 6,
    });
  });

  it('takes as long as the slowest service that some parcel goes by', () => {
    const services = [service('dear', 9, [1_000, 500]), service('cheap', 2, [1_000, 400])];
    expect(envelopeOf(services)).toMatchObject({ transitDays: 2, services: [services[1]] });
  });

  it('prefers the faster of two services at one price, then the one listed first', () => {
    const services = [service('slow', 4, [1_000, 400]), service('a', 2, [1_000, 400]), service('b', 2, [1_000, 400])];
    expect(namesOf(envelopeOf(services)?.services ?? [])).toEqual(['a']);
  });

  it('is by the allowed services alone', () => {
    const services = [service('slow', 4, [1_000, 300]), service('fast', 1, [1_000, 700])];
    expect(envelopeOf(services, ({ transitDays }) => transitDays <= 2)).toMatchObject({
      tariff: [{ upTo: 1_000, price: 700 }],
      transitDays: 1,
    });
    expect(envelopeOf(services, () => false)).toBeNull();
  });

  it('is unknown where no card covers the way', () => {
    expect(carriageOf(way(), [card('local', [band({ upToKilometres: 50 })])])).toBeNull();
    expect(carriageOf(way(), [])).toBeNull();
  });

  const anyPrices = fc.array(
    fc.record({ upTo: fc.integer({ min: 1, max: 60 }), price: fc.integer({ min: 1, max: 90 }) }),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  const anyServices = fc.array(
    fc.record({ transitDays: fc.nat(5), prices: anyPrices }).map((one) => ({ ...service('any', 0), ...one })),
    { minLength: 1, maxLength: 4 },
  );

  it('costs for every weight what the parcels of all services together cost, never more than any one service', () => {
    fc.assert(
      fc.property(anyServices, (services) => {
        const { tariff = [] } = envelopeOf(services) ?? {};
        const together = staircaseOf(
          services.flatMap(({ prices }) => prices),
          200,
        );
        const alone = services.map(({ prices }) => staircaseOf(prices, 200));
        const envelope = staircaseOf(tariff, 200);
        for (let weight = 1; weight <= 200; weight++) {
          const price = priceOf(envelope, weight);
          expect(price).toBe(priceOf(together, weight));
          for (const one of alone) expect(price).toBeLessThanOrEqual(priceOf(one, weight));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('rises with the weight limit', () => {
    fc.assert(
      fc.property(anyServices, (services) => {
        const { tariff = [] } = envelopeOf(services) ?? {};
        for (const [index, step] of tariff.entries()) {
          const before = tariff[index - 1] ?? { upTo: 0, price: 0 };
          expect(step.upTo).toBeGreaterThan(before.upTo);
          expect(step.price).toBeGreaterThan(before.price);
        }
      }),
    );
  });
});

describe('the carriage book', () => {
  const countries = fc.constantFrom('GB', 'IE');
  const optional = <Value, Key extends string>(key: Key, value: fc.Arbitrary<Value>) =>
    fc.option(value, { nil: null }).map((one) => (one === null ? {} : { [key]: one }));
  const anyBand = fc
    .tuple(
      optional('upToKilometres', fc.constantFrom(10, 50, 200)),
      optional('to', fc.array(fc.record({ country: countries, postcodeAreas: fc.constantFrom(['S'], ['D', 'L']) }))),
      optional('fromCountries', fc.array(countries, { minLength: 1 })),
      fc.nat(5),
    )
    .map(([limit, to, from, transitDays]): RateBand => ({ ...band({ transitDays }), ...limit, ...to, ...from }));
  const anyCard = fc
    .tuple(
      fc.array(anyBand, { minLength: 1, maxLength: 4 }),
      optional('at', fc.record({ locations: fc.subarray(['leeds', 'shop', 'cork']) })),
    )
    .map(([bands, at]): RateCard => card('any', bands, at));
  const cork = {
    locationId: 'cork',
    profile: exampleProfile({ address: { country: 'IE', postcode: 'T12', latitude: 51.9, longitude: -8.5 } }),
  };
  const anyWay = fc.record({
    location: fc.constantFrom(leeds, shop, cork, { ...leeds, profile: cork.profile }),
    destination: fc.record({ country: countries, postcodeArea: fc.constantFrom('SW', 'D02', 'LS', null) }),
    kilometres: fc.constantFrom(0, 10, 10.1, 50, 120, 200, 900),
  });

  it('answers every way as it would be worked out, whatever was asked before', () => {
    const ways = fc.array(anyWay, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(anyCard, { maxLength: 4 }),
        fc.array(anyCard, { maxLength: 4 }),
        ways,
        (some, others, asked) => {
          const book = createCarriageBook();
          for (const one of asked) {
            for (const cards of [some, others]) {
              const ways = book.to(one.destination, cards)(one.location, one.kilometres);
              expect(ways?.services ?? []).toEqual(servicesOf(one, cards));
              expect(ways?.carriage ?? null).toEqual(carriageOf(one, cards));
              for (const most of [0, 2, 5]) {
                const allows = ({ transitDays }: Service) => transitDays <= most;
                expect(ways?.within(allows) ?? null).toEqual(carriageOf(one, cards, allows));
              }
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('answers where a location may use more services than it keeps apart', () => {
    const cards = Array.from({ length: 40 }, (_, index) => card(`card-${index}`, [band({ transitDays: index })]));
    const allows = ({ transitDays }: Service) => transitDays >= 35;
    const ways = createCarriageBook().to(way().destination, cards)(leeds, 10);
    expect(ways?.within(allows)).toEqual(carriageOf(way(), cards, allows));
    expect(ways?.within(allows)?.transitDays).toBe(35);
  });
});
