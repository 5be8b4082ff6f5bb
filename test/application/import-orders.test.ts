import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readOrders } from '../../src/application/import-csv.ts';
import type { ImportItem } from '../../src/application/import-grouping.ts';
import { importOrders, type Placement } from '../../src/application/import-orders.ts';
import type { PlaceOrderBody } from '../../src/application/import-rows.ts';

const orderItem = (channelOrderNumber: string, row = 2): ImportItem => ({
  kind: 'order',
  rows: [row, row + 1],
  rowCount: 2,
  order: {
    channelId: 'web',
    channelOrderNumber,
    destination: { country: 'GB', postcode: 'SW1A 1AA' },
    method: 'homeDelivery',
    lines: [{ sku: 'TEA', quantity: 1 }],
  },
});

const stream = async function* (...items: readonly ImportItem[]): AsyncGenerator<ImportItem> {
  yield* items;
};

/** Places an order once, as the service does: the same again is already there, another body is refused. */
const createPlacing = () => {
  const orders = new Map<string, string>();
  return async (order: PlaceOrderBody): Promise<Placement> => {
    const body = JSON.stringify(order);
    const known = orders.get(order.channelOrderNumber);
    orders.set(order.channelOrderNumber, known ?? body);
    if (known === undefined) return { status: 'placed', orderStatus: 'allocated' };
    if (known === body) return { status: 'alreadyThere', orderStatus: 'allocated' };
    return { status: 'refused', code: 'order-differs', message: 'the order was placed with another content' };
  };
};

const realOrders = () => readOrders(createReadStream('examples/online-retail/online-retail.csv'), { channelId: 'web' });

const manyOrders = (count: number) => Array.from({ length: count }, (_, index) => orderItem(`W-${index}`));

describe('importOrders', () => {
  it('places the real orders once, however often it is run', async () => {
    const place = createPlacing();
    const first = await importOrders({ items: realOrders(), place, concurrency: 8 });
    const second = await importOrders({ items: realOrders(), place, concurrency: 8 });
    expect(first).toMatchObject({
      rows: 4688,
      orders: 236,
      placed: 236,
      alreadyThere: 0,
      refusedRows: 0,
      interrupted: false,
    });
    expect(second).toMatchObject({ orders: 236, placed: 0, alreadyThere: 236, byOrderStatus: { allocated: 236 } });
  });

  it('reports rows and orders that were refused, with the first of each as examples', async () => {
    const refusal = { row: 7, reason: 'cancellation', message: 'cancels a sale' } as const;
    const heard: unknown[] = [];
    const summary = await importOrders({
      items: stream(orderItem('W-1'), { kind: 'refused', ...refusal }, orderItem('W-1', 9)),
      place: async (order) =>
        order.channelOrderNumber === 'W-1'
          ? { status: 'refused', code: 'order-differs', message: 'differs' }
          : { status: 'placed' },
      concurrency: 1,
      onRefused: (refused) => heard.push(refused),
      onOrderRefused: (refused) => heard.push(refused.rows),
    });
    expect(summary).toMatchObject({
      rows: 5,
      orders: 2,
      refusedOrders: 2,
      refusedRows: 1,
      byReason: { cancellation: 1 },
    });
    expect(summary.firstRefusedRows).toEqual([refusal]);
    expect(summary.firstRefusedOrders[0]).toEqual({
      channelOrderNumber: 'W-1',
      rows: [2, 3],
      code: 'order-differs',
      message: 'differs',
    });
    expect(heard).toEqual([[2, 3], refusal, [9, 10]]);
  });

  it('reports a second order under a number that was placed with other content', async () => {
    const [first, second] = [orderItem('W-1'), orderItem('W-1', 20_000)];
    if (second.kind !== 'order') throw new Error('no order');
    const other: ImportItem = { ...second, order: { ...second.order, lines: [{ sku: 'TEA', quantity: 9 }] } };
    const summary = await importOrders({ items: stream(first, second, other), place: createPlacing(), concurrency: 1 });
    expect(summary).toMatchObject({ placed: 1, alreadyThere: 1, refusedOrders: 1 });
    expect(summary.firstRefusedOrders[0]).toMatchObject({ code: 'order-differs', rows: [20_000, 20_001] });
  });

  it('has no more orders under way than it may, and as many', async () => {
    let underWay = 0;
    let most = 0;
    const summary = await importOrders({
      items: stream(...manyOrders(40)),
      place: async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setTimeout(resolve, 1));
        underWay -= 1;
        return { status: 'placed', orderStatus: 'backordered' };
      },
      concurrency: 5,
    });
    expect([most, summary.placed, summary.byOrderStatus]).toEqual([5, 40, { backordered: 40 }]);
  });

  it('tells its progress after each order', async () => {
    const seen: number[] = [];
    await importOrders({
      items: stream(...manyOrders(3)),
      place: createPlacing(),
      concurrency: 1,
      onProgress: (soFar) => seen.push(soFar.placed),
    });
    expect(seen).toEqual([1, 2, 3]);
  });

  it('finishes what is under way and starts nothing more once it is told to stop', async () => {
    const stop = new AbortController();
    const summary = await importOrders({
      items: stream(...manyOrders(10)),
      place: async (order) => {
        if (order.channelOrderNumber === 'W-3') stop.abort();
        return { status: 'placed' };
      },
      concurrency: 1,
      signal: stop.signal,
    });
    expect(summary).toMatchObject({ orders: 4, placed: 4, interrupted: true });
  });

  it('ends with the error when placing fails, after what is under way has ended', async () => {
    let ended = 0;
    const run = importOrders({
      items: stream(...manyOrders(100)),
      place: async (order) => {
        if (order.channelOrderNumber === 'W-2') throw new Error('service away');
        await new Promise((resolve) => setTimeout(resolve, 2));
        ended += 1;
        return { status: 'placed' };
      },
      concurrency: 4,
    });
    await expect(run).rejects.toThrow('service away');
    expect(ended).toBeLessThan(10);
    expect(ended).toBeGreaterThanOrEqual(2);
  });
});
