import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Executor } from '../../src/application/execute.ts';
import { cancelOverdueOrders } from '../../src/application/overdue-orders.ts';
import type { OrderCommand } from '../../src/domain/order/decide.ts';
import type { Order, OrderEvent } from '../../src/domain/order/order.ts';
import type { LastResort } from '../../src/domain/sourcing/policy.ts';
import { backorders } from '../../src/projections/backorders.ts';
import { parkedOrders } from '../../src/projections/parked-orders.ts';
import { anyProjection } from '../../src/projections/projection.ts';
import type { Query, Stored } from '../../src/projections/read-store.ts';
import { kettles, placeOrder, recordSourcing, teapots } from '../support/examples.ts';
import { foldDocuments } from '../support/fold-documents.ts';
import { createProcessBench, type ProcessBench } from '../support/process-bench.ts';

const day = (number: number) => `2026-03-${String(number).padStart(2, '0')}T09:15:00.000Z`;

describe('cancelling what has waited too long', () => {
  let bench: ProcessBench;
  const stuck: string[] = [];

  const placeWaiting = async (orderId: string, otherwise: LastResort) => {
    await bench.onOrder(placeOrder({ orderId }));
    await bench.onOrder(recordSourcing({ orderId, unfilled: [teapots(5), kettles(2)], otherwise }));
  };

  /** The read models as they were when `seen` was the newest event. */
  const cancel = async (now: string, { seen = Number.POSITIVE_INFINITY, fails = '' } = {}) => {
    const log = (await bench.log()).slice(0, seen);
    const find = async (name: string, { to, after, limit }: Query) => {
      const projection = name === 'backorders' ? anyProjection(backorders) : anyProjection(parkedOrders);
      const found = [...foldDocuments(projection, log)]
        .map(([id, stored]): Stored => ({ id, ...stored }))
        .filter(({ body }) => typeof body.cancelAt === 'string' && body.cancelAt <= String(to))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .filter(({ id }) => after === undefined || id > after.id);
      return { items: found.slice(0, limit), position: null };
    };
    const orders: Pick<Executor<Order, OrderCommand, OrderEvent>, 'execute'> = {
      execute: async (_stream, command) => {
        if (command.data.orderId === fails) throw new Error('no');
        return bench.onOrder(command);
      },
    };
    await cancelOverdueOrders({
      readModels: { find, get: async () => new Map(), position: async () => null, reached: async () => true },
      orders: { ...orders, load: () => expect.fail(), peek: () => expect.fail() },
      process: bench.start(),
      now: () => new Date(now),
      newId: randomUUID,
      onStuck: (orderId) => stuck.push(orderId),
      signal: new AbortController().signal,
    });
  };

  const statusOf = async (orderId: string) => {
    const order = (await bench.network()).order(orderId);
    return order.status;
  };

  beforeEach(async () => {
    stuck.length = 0;
    bench = createProcessBench();
    await bench.define();
    await placeWaiting('o1', { do: 'backorder', cancelAfterDays: 2 });
    await placeWaiting('o2', { do: 'park', queue: 'buyers', cancelAfterDays: 3 });
    await placeWaiting('o3', { do: 'backorder' });
  });

  it('takes backorders and parked orders when their time has come, and leaves those that may wait', async () => {
    const all = () => Promise.all(['o1', 'o2', 'o3'].map(statusOf));
    await cancel(day(3));
    expect(await all()).toEqual(['open', 'open', 'open']);
    await cancel(day(4));
    expect(await all()).toEqual(['cancelled', 'open', 'open']);
    await cancel(day(9));
    expect(await all()).toEqual(['cancelled', 'cancelled', 'open']);
    const reasons = (await bench.log()).flatMap((event) =>
      event.type === 'OrderCancelled' ? [event.data.reason] : [],
    );
    expect(reasons).toEqual(['waited-too-long', 'waited-too-long']);
  });

  it('asks the order: a list may be behind', async () => {
    const seen = (await bench.log()).length;
    await bench.onOrder({ type: 'UnparkOrder', data: { orderId: 'o2' } });
    await cancel(day(9), { seen });
    expect(await statusOf('o2')).toBe('open');
  });

  it('goes on with the others when one fails', async () => {
    await cancel(day(9), { fails: 'o1' });
    expect([stuck, await statusOf('o1'), await statusOf('o2')]).toEqual([['o1'], 'open', 'cancelled']);
  });
});
