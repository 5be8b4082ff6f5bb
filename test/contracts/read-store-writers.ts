import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadStore } from '../../src/projections/read-store.ts';
import { gone, type OpenReadStore, parcel, parcels, position } from './read-store-examples.ts';

/** What several writers of one collection may rely on, and one writer who repeats itself. */
export const writersContract = (name: string, open: () => Promise<OpenReadStore>): void => {
  describe(`read store contract: writers of ${name}`, () => {
    let opened: OpenReadStore;
    let store: ReadStore;
    let other: ReadStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      other = await opened.another();
      await store.ensure(parcels);
    });

    afterEach(async () => {
      await other.close();
      await opened.remove();
    });

    const storeOf = (index: number): ReadStore => (index % 2 === 0 ? store : other);
    const bodyOf = async (id: string) => (await store.get(parcels.name, [id])).get(id)?.body;

    it('lets exactly one of many have each next position, and shows all of them whose it is', async () => {
      for (let token = 1; token <= 5; token++) {
        const takes = Array.from({ length: 16 }, async (_, holder) => {
          const left = await storeOf(holder).write(parcels.name, [parcel('lease', token, { holder })]);
          return left.length === 0 ? [holder] : [];
        });
        const winners = (await Promise.all(takes)).flat();
        expect(winners).toHaveLength(1);
        for (const one of [store, other]) {
          const lease = (await one.get(parcels.name, ['lease'])).get('lease');
          expect(lease).toEqual({ id: 'lease', position: position(token), body: { holder: winners[0] } });
        }
      }
    });

    it('ends with the newest of writes that came at once, and never leaves that one undone', async () => {
      for (let round = 0; round < 20; round++) {
        const id = `raced-${round}`;
        const counts = Array.from({ length: 6 }, (_, index) => ((index + round) % 6) + 1);
        const left = await Promise.all(
          counts.map((count, index) => storeOf(index).write(parcels.name, [parcel(id, count, { count })])),
        );
        expect(await bodyOf(id)).toEqual({ count: 6 });
        expect(left[counts.indexOf(6)]).toEqual([]);
      }
    });

    it('writes each document of a batch as if it stood alone', async () => {
      await store.write(parcels.name, [parcel('a', 5, { is: 'old' }), parcel('b', 5, { is: 'old' })]);
      const left = await store.write(parcels.name, [
        parcel('a', 4, { is: 'older' }),
        parcel('b', 6, { is: 'new' }),
        gone('c', 6),
        parcel('d', 6, { is: 'new' }),
        gone('e', 6),
      ]);
      expect(left).toEqual(['a']);
      expect([await bodyOf('a'), await bodyOf('b'), await bodyOf('d')]).toEqual([
        { is: 'old' },
        { is: 'new' },
        { is: 'new' },
      ]);
    });

    it('ends with the newest of several writes of one document in one batch', async () => {
      const batch = [parcel('up', 1, { n: 1 }), parcel('up', 2, { n: 2 }), parcel('down', 2, { n: 2 })];
      expect(await store.write(parcels.name, [...batch, parcel('down', 1, { n: 1 })])).toEqual(['down']);
      expect([await bodyOf('up'), await bodyOf('down')]).toEqual([{ n: 2 }, { n: 2 }]);
      expect(await store.write(parcels.name, [parcel('up', 3, { n: 3 }), gone('up', 4)])).toEqual([]);
      expect(await bodyOf('up')).toBeUndefined();
    });

    it('deletes what is older and names what is not, among many', async () => {
      const many = Array.from({ length: 40 }, (_, index) => parcel(`m${index}`, index + 1, { index }));
      await store.write(parcels.name, many);
      const left = await store.write(
        parcels.name,
        many.map(({ id }) => gone(id, 21)),
      );
      expect([...left].sort()).toEqual(
        many
          .slice(20)
          .map(({ id }) => id)
          .sort(),
      );
      expect(await store.find(parcels.name, { limit: 50 })).toHaveLength(20);
    });

    it('knows nothing more of what was deleted: the id may be used anew, from any position', async () => {
      await store.write(parcels.name, [parcel('key', 0, { key: 'first' })]);
      await store.write(parcels.name, [gone('key', 1)]);
      expect(await store.write(parcels.name, [parcel('key', 0, { key: 'second' })])).toEqual([]);
      expect(await bodyOf('key')).toEqual({ key: 'second' });
    });
  });
};
