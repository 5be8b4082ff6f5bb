import { describe, expect, it } from 'vitest';
import type { Item } from '../../../src/domain/item.ts';
import type { Network } from '../../../src/domain/sourcing/network.ts';
import type { SourcedOrder } from '../../../src/domain/sourcing/record.ts';
import type { LocationKind } from '../../../src/domain/stock-location/stock-location.ts';
import { exampleProfile } from '../../support/examples.ts';
import { workedExample } from '../../support/policy-guide.ts';
import { leeds, NOW, plan } from './sourcing-cases.ts';

type Site = {
  readonly stock: Readonly<Record<string, number>>;
  readonly kilometres?: number;
  readonly parcel?: number;
  readonly kind?: LocationKind;
  readonly groups?: readonly string[];
  readonly perDay?: number;
  readonly promised?: number;
  readonly weekly?: number;
  readonly refusedHoursAgo?: number;
};

type Sites = Readonly<Record<string, Site>>;

const HOUR = 3_600_000;

/** A network due north of Leeds, for these SKUs. */
const networkOf = (sites: Sites, skus: readonly string[]): Network => {
  const all = Object.entries(sites).sort(([one], [other]) => (one < other ? -1 : 1));
  const matrix = (entry: (site: Site, sku: string) => number) =>
    skus.map((sku) => all.map(([, site]) => entry(site, sku)));
  return {
    logPosition: null,
    locations: all.map(
      ([locationId, { kilometres = 10, parcel = 300, kind = 'warehouse', groups, perDay, promised = 0 }]) => ({
        locationId,
        suspended: false,
        load: new Map([[NOW.slice(0, 10), promised]]),
        profile: exampleProfile({
          kind,
          address: { country: 'GB', postcode: 'LS1 4AP', latitude: 53.8 + kilometres / 111.2, longitude: -1.55 },
          costs: { perParcel: parcel, perUnit: 10 },
          ...(groups === undefined ? {} : { groups }),
          ...(perDay === undefined ? {} : { capacity: { fulfilmentsPerDay: perDay } }),
        }),
      }),
    ),
    available: matrix(({ stock }, sku) => stock[sku] ?? 0),
    weeklyDemand: matrix(({ weekly = 0 }) => weekly),
    refusedAt: matrix(({ refusedHoursAgo }) =>
      refusedHoursAgo === undefined ? 0 : Date.parse(NOW) - refusedHoursAgo * HOUR,
    ),
  };
};

type Basket = Readonly<Record<string, number>>;
type Circumstances = {
  readonly order?: Partial<SourcedOrder>;
  readonly items?: readonly Item[];
  readonly area?: string;
};

/** The example that follows these words, asked about a basket of things at 10.00: `york 2 teapot, hull 1 kettle | backorder 1 mug`. */
const ask = (
  words: string,
  sites: Sites,
  basket: Basket,
  { order = {}, items = [], area = 'LS' }: Circumstances = {},
) => {
  const demand = Object.entries(basket).map(([sku, quantity], index) => ({
    lineId: `${index + 1}`,
    sku,
    quantity,
    unitPrice: 1_000,
  }));
  const value = 1_000 * demand.reduce((sum, { quantity }) => sum + quantity, 0);
  const decision = plan(demand, networkOf(sites, Object.keys(basket)), {
    policy: workedExample(words),
    destination: { ...leeds, postcodeArea: area },
    order: { value, ...order },
    items,
  });
  if (decision.outcome === 'parked') return `parked in ${decision.queue}`;
  const shown = (lines: readonly { readonly sku: string; readonly quantity: number }[]) =>
    lines.map(({ sku, quantity }) => `${quantity} ${sku}`).join(' + ');
  const parts = decision.fulfilments.map(({ locationId, lines }) => `${locationId} ${shown(lines)}`).sort();
  const rest = decision.unfilled.length === 0 ? [] : [`${decision.otherwise.do} ${shown(decision.unfilled)}`];
  return [...parts, ...rest].join(', ');
};

describe('the worked example of', () => {
  describe('stores first, then any warehouse', () => {
    const words = 'Stores first, as long as they are near';
    const mill: Site = { stock: { teapot: 9, kettle: 9 }, parcel: 100 };
    const shop: Site = { kind: 'store', kilometres: 30, parcel: 900, stock: { teapot: 9, kettle: 9 } };
    const sold = (store: Site, basket: Basket = { teapot: 1 }) => ask(words, { mill, store }, basket);

    it('takes the store, however cheap the warehouse is', () => expect(sold(shop)).toBe('store 1 teapot'));
    it('takes the warehouse where the store is far', () =>
      expect(sold({ ...shop, kilometres: 41 })).toBe('mill 1 teapot'));
    it('takes the warehouse where the store has no more than two fulfilments left', () => {
      expect(sold({ ...shop, perDay: 5, promised: 2 })).toBe('store 1 teapot');
      expect(sold({ ...shop, perDay: 5, promised: 3 })).toBe('mill 1 teapot');
    });
    it('takes the warehouse for all of what the store has a part of', () => {
      expect(sold({ ...shop, stock: { teapot: 9 } }, { teapot: 1, kettle: 1 })).toBe('mill 1 teapot + 1 kettle');
    });
    it('leaves on backorder what nobody has', () => {
      expect(ask(words, { mill, shop }, { teapot: 1, mug: 2 })).toBe('mill 1 teapot, backorder 2 mug');
    });
  });

  it('groups in and out: another region only for what the north lacks, and never what is closing', () => {
    const sites: Sites = {
      closing: { stock: { teapot: 9 }, parcel: 1, groups: ['north', 'closing'] },
      north: { stock: { teapot: 2 }, parcel: 900, groups: ['north'] },
      south: { stock: { teapot: 9 }, groups: ['south'] },
    };
    expect(ask('Groups in and out', sites, { teapot: 2 })).toBe('north 2 teapot');
    expect(ask('Groups in and out', sites, { teapot: 3 })).toBe('north 2 teapot, south 1 teapot');
  });

  it('distance as a preference: a parcel more where it saves 150 km', () => {
    const sites = (kilometres: number): Sites => ({
      far: { kilometres, stock: { teapot: 1, kettle: 1 } },
      nearKettles: { kilometres: 10, stock: { kettle: 1 } },
      nearPots: { kilometres: 10, stock: { teapot: 1 } },
    });
    const basket = { teapot: 1, kettle: 1 };
    expect(ask('Distance as a preference', sites(160), basket)).toBe('far 1 teapot + 1 kettle');
    expect(ask('Distance as a preference', sites(190), basket)).toBe('nearKettles 1 kettle, nearPots 1 teapot');
  });

  it('a sequence of our own: first the parcels, then the sequence, then the cost', () => {
    const stock = { teapot: 1 };
    const words = 'A sequence of our own';
    expect(ask(words, { bristol: { stock }, leeds: { stock, parcel: 900 } }, { teapot: 1 })).toBe('leeds 1 teapot');
    expect(ask(words, { elsewhere: { stock, parcel: 1 }, 'york-shop': { stock } }, { teapot: 1 })).toBe(
      'york-shop 1 teapot',
    );
    expect(ask(words, { one: { stock, parcel: 2 }, other: { stock, parcel: 1 } }, { teapot: 1 })).toBe(
      'other 1 teapot',
    );
    const both = { bristol: { stock: { teapot: 1, mug: 1 } }, leeds: { stock } };
    expect(ask(words, both, { teapot: 1, mug: 1 })).toBe('bristol 1 teapot + 1 mug');
  });

  it('stock kept where it sells: the store keeps two units or a week of supply, and gives the rest', () => {
    const shop = (weekly: number): Sites => ({ shop: { kind: 'store', stock: { teapot: 5 }, weekly } });
    const words = 'Keep stock where it sells';
    expect(ask(words, shop(0), { teapot: 5 })).toBe('shop 3 teapot, backorder 2 teapot');
    expect(ask(words, shop(3.5), { teapot: 5 })).toBe('shop 1 teapot, backorder 4 teapot');
    const evened: Sites = {
      full: { stock: { teapot: 100 }, parcel: 350 },
      scarce: { stock: { teapot: 2 }, parcel: 300 },
    };
    expect(ask(words, evened, { teapot: 1 })).toBe('full 1 teapot');
  });

  describe('splitting only where it pays', () => {
    const words = 'Split only where it pays';
    const two = (crates: number): Sites => ({
      one: { stock: { teapot: 2 } },
      other: { stock: { mug: crates } },
    });

    it('ships two parts that are both worth it', () => {
      expect(ask(words, two(2), { teapot: 2, mug: 2 })).toBe('one 2 teapot, other 2 mug');
    });
    it('does not ship what is worth too little', () => {
      expect(ask(words, two(1), { teapot: 2, mug: 1 })).toBe('backorder 2 teapot + 1 mug');
    });
    it('keeps crockery together', () => {
      const items = ['teapot', 'mug'].map((sku) => ({ sku, groups: ['crockery'] }));
      expect(ask(words, two(2), { teapot: 2, mug: 2 }, { items })).toBe('backorder 2 teapot + 2 mug');
      const whole: Sites = { ...two(2), third: { stock: { teapot: 2, mug: 2 }, parcel: 2_000 } };
      expect(ask(words, whole, { teapot: 2, mug: 2 }, { items })).toBe('third 2 teapot + 2 mug');
    });
    it('spreads over capacities', () => {
      const busy: Sites = {
        busy: { stock: { teapot: 1 }, parcel: 100, perDay: 10, promised: 9 },
        idle: { stock: { teapot: 1 }, parcel: 300, perDay: 10 },
      };
      expect(ask(words, busy, { teapot: 1 })).toBe('idle 1 teapot');
    });
  });

  describe('business customers apart', () => {
    const words = 'Business customers apart';
    const sites: Sites = { mill: { stock: { teapot: 5, kettle: 12 } }, shop: { kind: 'store', stock: { teapot: 50 } } };
    const of = (channelId: string, basket: Basket) => ask(words, sites, basket, { order: { channelId } });

    it('fills theirs from one warehouse, or lets a person decide', () => {
      expect(of('b2b', { teapot: 5, kettle: 12 })).toBe('mill 5 teapot + 12 kettle');
      expect(of('b2b', { teapot: 6 })).toBe('park 6 teapot');
    });
    it('keeps ten kettles for them', () => {
      expect(of('web', { kettle: 3 })).toBe('mill 2 kettle, backorder 1 kettle');
    });
    it('cancels what a large order of the marketplace cannot have', () => {
      expect(of('marketplace', { kettle: 3, teapot: 50 })).toMatch(/, cancel 1 kettle$/);
      expect(of('marketplace', { kettle: 3 })).toMatch(/, backorder 1 kettle$/);
    });
  });

  describe('keeping the promise', () => {
    const words = 'Keep the promise';
    const stock = { teapot: 1 };
    const inLondon = (sites: Sites) => ask(words, sites, { teapot: 1 }, { area: 'SW' });

    it('prefers whoever is in time', () => {
      const sites: Sites = { near: { stock, parcel: 900 }, far: { stock, kilometres: 1_900, parcel: 1 } };
      expect(inLondon(sites)).toBe('near 1 teapot');
    });
    it('rather is late than not at all, but not at any price', () => {
      expect(inLondon({ far: { stock, kilometres: 1_250, parcel: 1 } })).toBe('far 1 teapot');
      expect(inLondon({ far: { stock, kilometres: 1_900, parcel: 1 } })).toBe('backorder 1 teapot');
    });
    it('asks nobody who lately did not find it', () => {
      expect(inLondon({ shop: { stock, refusedHoursAgo: 71 } })).toBe('backorder 1 teapot');
      expect(inLondon({ shop: { stock, refusedHoursAgo: 73 } })).toBe('shop 1 teapot');
    });
  });

  it('another chance for what waits: the overflow helps after two days', () => {
    const sites: Sites = { overflow: { stock: { teapot: 1 } } };
    const words = 'What waits too long';
    const placed = (hoursAgo: number) => ({
      order: { placedAt: new Date(Date.parse(NOW) - hoursAgo * HOUR).toISOString() },
    });
    expect(ask(words, sites, { teapot: 1 }, placed(47))).toBe('backorder 1 teapot');
    expect(ask(words, sites, { teapot: 1 }, placed(48))).toBe('overflow 1 teapot');
  });
});
