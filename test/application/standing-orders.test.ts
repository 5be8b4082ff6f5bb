import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everyDocument } from '../../src/application/every-document.ts';
import { standingOrders } from '../../src/application/standing-orders.ts';
import type { ReadModels } from '../../src/projections/read-models.ts';
import type { ReadStore } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';

const MANY = 2_300;
const at = (second: number) => new Date(Date.UTC(2026, 2, 2, 9, 0, second)).toISOString();
const idOf = (index: number) => `order-${String(index).padStart(5, '0')}`;

describe('a read model with many documents', () => {
  let store: ReadStore;
  const readModels: Pick<ReadModels, 'find'> = {
    find: async (name, query) => ({ items: await store.find(name, query), position: null }),
  };

  beforeEach(async () => {
    store = createSqliteReadStore({ file: ':memory:' });
    await store.ensure({ name: 'orders', indexes: [['waitingSince']] });
    await store.write(
      'orders',
      Array.from({ length: MANY }, (_, index) => ({
        id: idOf(index),
        position: '1',
        body: { waitingSince: index % 2 === 0 ? at((MANY - index) / 2) : null },
      })),
    );
  });
  afterEach(() => store.close());

  it('is read to its end, each document once, past whole pages of deleted ones', async () => {
    const deleted = Array.from({ length: 1_100 }, (_, index) => ({ id: idOf(index), position: '2', body: null }));
    await store.write('orders', deleted);
    const found = await Array.fromAsync(everyDocument(readModels, 'orders'), ({ id }) => id);
    expect(found).toEqual(Array.from({ length: MANY - 1_100 }, (_, index) => idOf(index + 1_100)));
  });

  it('tells every order that stands still, however many, longest first', async () => {
    const standing = await Array.fromAsync(standingOrders(readModels, new Date(at(MANY))));
    expect(standing).toEqual(Array.from({ length: MANY / 2 }, (_, index) => idOf(MANY - 2 - 2 * index)));
  });

  it('leaves out those that may be under way', async () => {
    const standing = await Array.fromAsync(standingOrders(readModels, new Date(at(12))));
    expect(standing).toEqual([idOf(MANY - 2), idOf(MANY - 4)]);
  });
});
