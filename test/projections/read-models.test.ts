import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReadModels } from '../../src/projections/read-models.ts';
import { ReadStoreUnavailable } from '../../src/projections/read-store.ts';
import { placeOrder } from '../support/examples.ts';
import type { Happening } from '../support/history.ts';
import { type Bench, createBench } from '../support/projecting.ts';
import { tallies } from '../support/tallies.ts';

const placed = (orderId: string): Happening => [
  `order-${orderId}`,
  { type: 'OrderPlaced', data: placeOrder({ orderId }).data },
];

describe('the read models', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await createBench([tallies(), tallies({ name: 'others' })]);
  });

  afterEach(() => bench.remove());

  it('are empty before a projector has ever run', async () => {
    expect(await bench.readModels.get('tallies', ['a'])).toEqual(new Map());
    expect(await bench.readModels.find('tallies', { limit: 1 })).toEqual({ items: [], position: null });
    expect(await bench.readModels.position('tallies')).toBeNull();
    expect(await bench.readModels.reached(null, '0000000000000001', 20)).toBe(false);
  });

  it('answer with the position that they reflect', async () => {
    bench.start();
    const position = await bench.record(placed('a'), placed('b'));
    expect(await bench.readModels.reached(null, position, 5_000)).toBe(true);
    const page = await bench.readModels.find('tallies', { orderBy: 'events', limit: 10 });
    expect(page.position).toBe(position);
    expect(page.items.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('serve many who wait for different positions, each in its own time', async () => {
    bench.start();
    const first = await bench.record(placed('a'));
    const far = '0000000000000009';
    const waits = [
      bench.readModels.reached('tallies', first, 5_000),
      bench.readModels.reached('others', first, 5_000),
      bench.readModels.reached('tallies', far, 60),
    ];
    expect(await Promise.all(waits)).toEqual([true, true, false]);
  });

  it('refuse a name that they do not know', async () => {
    await expect(bench.readModels.get('tally', ['a'])).rejects.toThrow('no read model tally');
    await expect(bench.readModels.reached('tally', '0', 10)).rejects.toThrow('no read model tally');
  });

  it('tell those who wait that the store is away', async () => {
    const away = async () => {
      throw new ReadStoreUnavailable('away');
    };
    const readModels = createReadModels({ readStore: { ...bench.readStore, get: away } });
    await expect(readModels.reached('orders', '0', 1_000)).rejects.toThrow(ReadStoreUnavailable);
    await expect(readModels.position('orders')).rejects.toThrow(ReadStoreUnavailable);
  });
});
