import { describe, expect, it } from 'vitest';
import { StreamUnreadable } from '../../src/application/execute-errors.ts';
import { waitingOrders } from '../../src/application/waiting-orders.ts';
import { reserved } from '../support/examples.ts';
import { backordered, north, orderAfter } from '../support/order-histories.ts';

describe('the orders of a queue', () => {
  it('have their turn though one before them cannot be read, which is reported', async () => {
    const errors: unknown[] = [];
    const items = ['bad', 'o1'].map((orderId) => ({
      id: `${orderId}/kettle`,
      position: '1',
      body: { orderId, sku: 'kettle', since: '2026-03-02T09:15:00.000Z' },
    }));
    const unreadable = new StreamUnreadable('order-bad', 3, 'unknown event type');
    const found = await waitingOrders('backorders', 10, {
      readModels: {
        find: async (_name, { after }) => ({ items: after === undefined ? items : [], position: null }),
        get: async () => new Map(),
        position: async () => null,
        reached: async () => true,
      },
      orders: {
        load: async (stream) => {
          if (stream === 'order-bad') throw unreadable;
          return { state: orderAfter(backordered, reserved(north)), version: 4, position: '4' };
        },
        execute: () => expect.fail(),
        peek: () => undefined,
      },
      onError: (error) => errors.push(error),
    });
    expect(found.map(({ order }) => order.orderId)).toEqual(['o1']);
    expect(errors).toEqual([unreadable]);
  });
});
