import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ReadStore } from '../../src/projections/read-store.ts';
import { gone, type OpenReadStore, parcel, parcels, position } from './read-store-examples.ts';

const nested = (levels: number): object => (levels === 0 ? {} : { inner: nested(levels - 1) });

const bodies: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['names with dots and dollars', { 'a.b': 1, $set: { x: 1 }, plain: { 'c.d': [{ $gt: '' }], '': 1 } }],
  [
    'names that mean something to a driver',
    { _id: 'mine', id: 1, position: 2, body: null, packed: 3, _bsontype: 'Long' },
  ],
  ['what looks like a reference', { to: { $ref: 'orders', $id: 'o1', $db: 'x' } }],
  ['what looks like a prototype', JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":1},"toJSON":"x"}')],
  ['names that look like numbers', { 10: 'ten', 9: 'nine', b: 1, a: { 1: [], 0: {} } }],
  ['names in the order given', { z: 1, a: 2, m: { z: 1, a: 2 } }],
  [
    'numbers of every size',
    { zero: -0, most: 2 ** 53 - 1, least: 1 - 2 ** 53, int: 2 ** 31, huge: 1e300, tiny: 5e-324 },
  ],
  ['half of a character', { text: '\ud800', '\udfff': 1, carrier: 'x' }],
  ['texts with a zero', { text: 'a\u0000b', nested: { 'a\u0000b': 1 } }],
  ['two hundred levels', nested(200) as Readonly<Record<string, unknown>>],
  ['long lists of small things', { list: Array(20_000).fill(0), more: Array(5_000).fill({ a: [] }) }],
  ['nothing', {}],
];

/** Bodies are JSON, and come back as the JSON they were: read models are compared by that. */
export const bodiesContract = (name: string, open: () => Promise<OpenReadStore>): void => {
  describe(`read store contract: bodies in ${name}`, () => {
    let opened: OpenReadStore;
    let store: ReadStore;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
      await store.ensure(parcels);
    });

    afterEach(async () => {
      const all = await store.find(parcels.name, { limit: 1_000 });
      await store.write(
        parcels.name,
        all.map(({ id }) => gone(id, 2)),
      );
    });

    afterAll(() => opened.remove());

    const comesBack = async (body: Readonly<Record<string, unknown>>, id: string): Promise<void> => {
      const text = JSON.stringify(body);
      await store.write(parcels.name, [{ id, position: position(1), body }]);
      const got = (await store.get(parcels.name, [id])).get(id);
      const [found] = await store.find(parcels.name, { limit: 1, descending: true });
      expect(found?.id).toBe(id);
      expect(got?.position).toBe(position(1));
      for (const stored of [got, found])
        expect(JSON.stringify(stored?.body) === JSON.stringify(JSON.parse(text))).toBe(true);
    };

    it.each(bodies)('gives back %s', (_what, body) => comesBack(body, 'p'));

    it('gives back any JSON there is', async () => {
      let count = 0;
      const anyName = fc.oneof(fc.string(), fc.constantFrom('$a', 'a.b', 'carrier', '_bsontype', '1'));
      const anyBody = fc.dictionary(anyName, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });
      await fc.assert(
        fc.asyncProperty(anyBody, async (body) => {
          count += 1;
          await comesBack({ ...body }, `any-${String(count).padStart(4, '0')}`);
        }),
        { numRuns: 100 },
      );
    });

    it('keeps of a body what JSON keeps of it', async () => {
      const body = { at: new Date(0), no: undefined, none: Number.NaN, list: [undefined] };
      await store.write(parcels.name, [parcel('p', 1, body)]);
      expect((await store.get(parcels.name, ['p'])).get('p')?.body).toStrictEqual({
        at: '1970-01-01T00:00:00.000Z',
        none: null,
        list: [null],
      });
    });

    it('finds documents by their plain fields whatever else is in them', async () => {
      const odd = { 'a.b': 1, text: '\ud800', list: Array(1_100_000).fill(0) };
      await store.write(parcels.name, [
        parcel('p1', 1, { ...odd, carrier: 'swift', sentAt: '2026-01-02', express: true, weight: 2 }),
        parcel('p2', 1, { carrier: 'swift', sentAt: '2026-01-01', express: true, weight: 10 }),
      ]);
      const equals = { carrier: 'swift', express: true };
      for (const orderBy of ['weight', 'sentAt']) {
        const found = await store.find(parcels.name, { equals, orderBy, limit: 10 });
        expect(found.map(({ id }) => id)).toEqual(orderBy === 'weight' ? ['p1', 'p2'] : ['p2', 'p1']);
      }
    });
  });
};
