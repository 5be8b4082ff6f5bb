import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Query, type ReadStore, ReadStoreUnavailable, type Write } from '../../src/projections/read-store.ts';
import { bodiesContract } from './read-store-bodies.ts';
import { gone, type OpenReadStore, parcel, parcels, position, shipped } from './read-store-examples.ts';
import { writersContract } from './read-store-writers.ts';

/** What every read store promises. Run it against each adapter. */
export const readStoreContract = (name: string, open: () => Promise<OpenReadStore>): void => {
  describe(`read store contract: ${name}`, () => {
    let opened: OpenReadStore;
    let store: ReadStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });

    afterEach(() => opened.remove());

    const idsOf = async (query: Query): Promise<readonly string[]> =>
      (await store.find(parcels.name, query)).map(({ id }) => id);

    const fill = async (): Promise<void> => {
      await store.ensure(parcels);
      await store.write(parcels.name, shipped);
    };

    describe('collections', () => {
      it('finds nothing in a collection that is not there', async () => {
        expect(await store.get('nowhere', ['a', 'b'])).toEqual(new Map());
        expect(await store.find('nowhere', { equals: { a: 1 }, orderBy: 'b', limit: 10 })).toEqual([]);
      });

      it('keeps what is there when the collection is ensured again, with more indexes', async () => {
        await fill();
        await store.ensure(parcels);
        await store.ensure({ ...parcels, indexes: [...parcels.indexes, ['weight']] });
        expect(await idsOf({ limit: 10 })).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']);
      });

      it('keeps collections apart whose names begin alike', async () => {
        const other = { ...parcels, name: 'parcels@1' };
        await fill();
        await store.ensure(other);
        await store.write(other.name, [parcel('p1', 1, { carrier: 'other' })]);
        expect((await store.get(parcels.name, ['p1'])).get('p1')?.body.carrier).toBe('swift');
      });

      it('drops a collection with everything in it, and dropping it again changes nothing', async () => {
        await fill();
        await store.drop(parcels.name);
        await store.drop(parcels.name);
        expect(await idsOf({ limit: 10 })).toEqual([]);
        await store.ensure(parcels);
        expect(await store.get(parcels.name, ['p1'])).toEqual(new Map());
        expect(await store.write(parcels.name, [parcel('p1', 1, {})])).toEqual([]);
      });

      it.each(['', 'a b', 'a"b', "a'; drop", 'a$b', '-a', `a${'b'.repeat(200)}`])(
        'refuses the name %j',
        async (bad) => {
          await expect(store.ensure({ name: bad, indexes: [] })).rejects.toThrow(RangeError);
          await expect(store.write(bad, [parcel('a', 1, {})])).rejects.toThrow(RangeError);
          await expect(store.get(bad, ['a'])).rejects.toThrow(RangeError);
          await expect(store.find(bad, { limit: 1 })).rejects.toThrow(RangeError);
        },
      );
    });

    describe('documents', () => {
      it('gives back what was written, whatever JSON can say', async () => {
        const body = {
          text: 'naïve "quotes" \u2028 𝄞',
          none: null,
          yes: true,
          fraction: -0.25,
          large: Number.MAX_SAFE_INTEGER,
          list: [{ sku: 'a.b$c', quantity: 1 }, []],
          nested: { deep: { deeper: [null, false] } },
        };
        await store.ensure(parcels);
        await store.write(parcels.name, [parcel('a/b c/$1', 7, body)]);
        const stored = (await store.get(parcels.name, ['a/b c/$1'])).get('a/b c/$1');
        expect(stored).toEqual({ id: 'a/b c/$1', position: position(7), body });
        expect(JSON.stringify(stored?.body)).toBe(JSON.stringify(body));
      });

      it('answers the documents there are, each once, of any number asked for', async () => {
        await store.ensure(parcels);
        const many = Array.from({ length: 2_300 }, (_, index) => parcel(`m${index}`, index + 1, { index }));
        await store.write(parcels.name, many);
        const found = await store.get(parcels.name, [...many.map(({ id }) => id), 'absent', 'm7']);
        expect(found.size).toBe(2_300);
        expect(found.get('m2299')?.body).toEqual({ index: 2_299 });
        expect(await store.get(parcels.name, [])).toEqual(new Map());
      });

      it('holds documents of several megabytes', async () => {
        await store.ensure({ name: 'snapshots', indexes: [] });
        const body = { state: 'x'.repeat(5_000_000) };
        await store.write('snapshots', [{ id: 'big', position: position(1), body }]);
        const stored = (await store.get('snapshots', ['big'])).get('big');
        expect(String(stored?.body.state).length).toBe(5_000_000);
      });

      it('shows what one store wrote to another store on the same data', async () => {
        await fill();
        const other = await opened.another();
        expect((await other.get(parcels.name, ['p1'])).get('p1')?.body).toEqual(shipped[0]?.body);
        await other.write(parcels.name, [parcel('p1', 9, { carrier: 'none' })]);
        expect((await store.get(parcels.name, ['p1'])).get('p1')?.position).toBe(position(9));
        await other.drop(parcels.name);
        expect(await store.get(parcels.name, ['p1'])).toEqual(new Map());
        expect(await idsOf({ limit: 10 })).toEqual([]);
        await other.close();
      });
    });

    describe('the position guard', () => {
      it('replaces a document by a newer one only, and names those left as they were', async () => {
        await fill();
        const left = await store.write(parcels.name, [
          parcel('p1', 1, { carrier: 'same' }),
          parcel('p2', 1, { carrier: 'older' }),
          parcel('p3', 9, { carrier: 'newer' }),
          parcel('p9', 9, { carrier: 'new' }),
        ]);
        expect([...left].sort()).toEqual(['p1', 'p2']);
        const found = await store.get(parcels.name, ['p1', 'p2', 'p3', 'p9']);
        expect([...found.values()].map(({ body }) => body.carrier).sort()).toEqual(['new', 'newer', 'swift', 'swift']);
      });

      it('compares positions as text of one width, not as numbers', async () => {
        await store.ensure(parcels);
        await store.write(parcels.name, [parcel('p', 9, { at: 9 })]);
        expect(await store.write(parcels.name, [parcel('p', 10, { at: 10 })])).toEqual([]);
        expect((await store.get(parcels.name, ['p'])).get('p')?.body).toEqual({ at: 10 });
      });

      it('deletes a document by a newer write only', async () => {
        await fill();
        expect(await store.write(parcels.name, [gone('p1', 1), gone('p2', 3), gone('absent', 1)])).toEqual(['p1']);
        expect([...(await store.get(parcels.name, ['p1', 'p2'])).keys()]).toEqual(['p1']);
      });

      it('lets exactly one of many insert at one fixed position', async () => {
        await store.ensure(parcels);
        const other = await opened.another();
        const claims = Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? store : other).write(parcels.name, [parcel('claim', 1, { by: index })]),
        );
        const winners = (await Promise.all(claims)).filter((left) => left.length === 0);
        expect(winners).toHaveLength(1);
        await other.close();
      });

      it.each([
        ['nothing', null],
        ['what does', { id: 'p1', position: position(1), body: { ...shipped[0]?.body } }],
        ['what the write makes of it', { id: 'p1', position: position(9), body: { carrier: 'steady', weight: 9 } }],
        ['something else', { id: 'p1', position: position(0), body: { carrier: 'other', sentAt: '2026-01-03' } }],
      ])('does the same for a writer who believes that %s stands there', async (_, before) => {
        await fill();
        const told = (write: Write): Write => ({ ...write, before });
        expect(await store.write(parcels.name, [told(parcel('p1', 1, { carrier: 'same' }))])).toEqual(['p1']);
        const newer = [parcel('p1', 9, { carrier: 'steady', weight: 9 }), parcel('p9', 9, { carrier: 'steady' })];
        expect(await store.write(parcels.name, newer.map(told))).toEqual([]);
        expect(await idsOf({ equals: { carrier: 'steady' }, limit: 10 })).toEqual(['p1', 'p3', 'p9']);
        expect(await idsOf({ equals: { carrier: 'swift' }, limit: 10 })).toEqual(['p2', 'p4', 'p5']);
        expect(await idsOf({ orderBy: 'sentAt', limit: 10 })).toEqual(['p2', 'p3', 'p4']);
        expect((await store.get(parcels.name, ['p1'])).get('p1')?.body).toEqual({ carrier: 'steady', weight: 9 });
        expect(await store.write(parcels.name, [told(gone('p1', 10))])).toEqual([]);
        expect(await idsOf({ equals: { carrier: 'steady' }, limit: 10 })).toEqual(['p3', 'p9']);
      });

      it('changes nothing when a batch is written again', async () => {
        await fill();
        const before = await store.find(parcels.name, { limit: 10 });
        expect([...(await store.write(parcels.name, shipped))].sort()).toEqual(shipped.map(({ id }) => id));
        expect(await store.find(parcels.name, { limit: 10 })).toEqual(before);
      });

      it('writes nothing for an empty batch', async () => {
        await store.ensure(parcels);
        expect(await store.write(parcels.name, [])).toEqual([]);
      });
    });

    describe('queries', () => {
      beforeEach(fill);

      it('sorts by id, and up to a limit', async () => {
        expect(await idsOf({ limit: 2 })).toEqual(['p1', 'p2']);
        expect(await idsOf({ limit: 2, descending: true })).toEqual(['p5', 'p4']);
      });

      it('finds by several fields at once: text, number, true and false', async () => {
        expect(await idsOf({ equals: { carrier: 'swift', express: true }, limit: 10 })).toEqual(['p1', 'p4', 'p5']);
        expect(await idsOf({ equals: { express: false }, limit: 10 })).toEqual(['p2']);
        expect(await idsOf({ equals: { weight: 100 }, limit: 10 })).toEqual(['p4']);
        expect(await idsOf({ equals: { weight: '100' }, limit: 10 })).toEqual([]);
        expect(await idsOf({ equals: { missing: 'x' }, limit: 10 })).toEqual([]);
      });

      it('sorts by a field, ties by id, without the documents that lack it', async () => {
        expect(await idsOf({ orderBy: 'sentAt', limit: 10 })).toEqual(['p1', 'p2', 'p3', 'p4']);
        expect(await idsOf({ orderBy: 'sentAt', descending: true, limit: 10 })).toEqual(['p4', 'p3', 'p2', 'p1']);
      });

      it('leaves out documents whose field is nothing, or a list, from what it sorts by that field', async () => {
        await store.write(parcels.name, [
          parcel('none', 6, { carrier: 'odd', sentAt: null }),
          parcel('list', 7, { carrier: 'odd', sentAt: ['2026-01-03'] }),
        ]);
        expect(await idsOf({ orderBy: 'sentAt', limit: 10 })).toEqual(['p1', 'p2', 'p3', 'p4']);
        expect(await idsOf({ orderBy: 'sentAt', from: '2026-01-03', limit: 10 })).toEqual([]);
        expect(await idsOf({ equals: { sentAt: '2026-01-03' }, limit: 10 })).toEqual([]);
        expect(await idsOf({ equals: { carrier: 'odd' }, limit: 10 })).toEqual(['list', 'none']);
      });

      it('sorts texts and ids by their bytes, in no language', async () => {
        const names = ['10', '9', 'Z', 'a', 'a b', 'ab', 'z', 'ß', 'é', 'Ω', '東'];
        await store.ensure({ name: 'names', indexes: [['name']] });
        const writes = names.map((name, index) => parcel(name, index + 1, { name, unindexed: name }));
        await store.write('names', writes.toReversed());
        const sorted = async (query: Omit<Query, 'limit'>) =>
          (await store.find('names', { ...query, limit: 20 })).map(({ id }) => id);
        expect(await sorted({})).toEqual(names);
        expect(await sorted({ orderBy: 'name' })).toEqual(names);
        expect(await sorted({ orderBy: 'unindexed', descending: true })).toEqual(names.toReversed());
        expect(await sorted({ orderBy: 'name', after: { value: 'Z', id: 'Z' }, to: 'z' })).toEqual(names.slice(3, 7));
      });

      it('sorts numbers as numbers', async () => {
        expect(await idsOf({ orderBy: 'weight', limit: 10 })).toEqual(['p5', 'p3', 'p1', 'p2', 'p4']);
      });

      it('keeps to bounds, both included', async () => {
        expect(await idsOf({ orderBy: 'weight', from: 2, to: 10, limit: 10 })).toEqual(['p3', 'p1', 'p2']);
        expect(await idsOf({ equals: { carrier: 'swift' }, orderBy: 'sentAt', from: '2026-01-02', limit: 10 })).toEqual(
          ['p2', 'p4'],
        );
      });

      it.each([false, true])('reaches every document once, page by page (descending: %s)', async (descending) => {
        const query = { equals: { carrier: 'swift' }, orderBy: 'weight', descending, limit: 2 };
        const first = await store.find(parcels.name, query);
        const last = first.at(-1);
        const value = Number(last?.body.weight);
        const rest = await store.find(parcels.name, { ...query, after: { value, id: last?.id ?? '' } });
        const weights = [...first, ...rest].map(({ body }) => body.weight);
        expect(weights).toEqual(descending ? [100, 10, 9, 1] : [1, 9, 10, 100]);
      });

      it('goes on among equal values after the one it stopped at', async () => {
        const query = { orderBy: 'sentAt', limit: 10 };
        expect(await idsOf({ ...query, after: { value: '2026-01-02', id: 'p2' } })).toEqual(['p3', 'p4']);
        expect(await idsOf({ ...query, descending: true, after: { value: '2026-01-02', id: 'p3' } })).toEqual([
          'p2',
          'p1',
        ]);
        expect(await idsOf({ limit: 10, after: { id: 'p3' } })).toEqual(['p4', 'p5']);
      });

      it('takes values as values, whatever they look like', async () => {
        const odd = `x' OR 1=1 --`;
        await store.write(parcels.name, [parcel('odd', 9, { carrier: odd, sentAt: '2026-02-01' })]);
        expect(await idsOf({ equals: { carrier: odd }, limit: 10 })).toEqual(['odd']);
        expect(await idsOf({ equals: { carrier: '$where' }, limit: 10 })).toEqual([]);
      });

      it('refuses a query that cannot be meant', async () => {
        await expect(store.find(parcels.name, { limit: 0 })).rejects.toThrow(RangeError);
        await expect(store.find(parcels.name, { orderBy: "a') --", limit: 1 })).rejects.toThrow(RangeError);
        await expect(store.find(parcels.name, { equals: { 'a.b': 1 }, limit: 1 })).rejects.toThrow(RangeError);
        await expect(store.find(parcels.name, { from: 1, limit: 1 })).rejects.toThrow(RangeError);
        await expect(store.find(parcels.name, { orderBy: 'a', after: { id: 'x' }, limit: 1 })).rejects.toThrow(
          RangeError,
        );
      });
    });

    it('says that it is unavailable once it is closed, and closes twice without harm', async () => {
      await fill();
      await store.close();
      await store.close();
      await expect(store.get(parcels.name, ['p1'])).rejects.toThrow(ReadStoreUnavailable);
      await expect(store.find(parcels.name, { limit: 1 })).rejects.toThrow(ReadStoreUnavailable);
      await expect(store.write(parcels.name, shipped)).rejects.toThrow(ReadStoreUnavailable);
      await expect(store.ensure(parcels)).rejects.toThrow(ReadStoreUnavailable);
    });
  });

  bodiesContract(name, open);
  writersContract(name, open);
};
