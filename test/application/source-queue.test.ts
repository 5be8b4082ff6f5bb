import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDirectory } from '../../src/application/directory.ts';
import { createExecutor, type Executor } from '../../src/application/execute.ts';
import { StreamUnreadable } from '../../src/application/execute-errors.ts';
import { sourceQueue } from '../../src/application/source-queue.ts';
import { createSourcingDesk } from '../../src/application/sourcing.ts';
import { type OrderCommand, orderDecider } from '../../src/domain/order/decide.ts';
import { type Order, type OrderEvent, orderStream } from '../../src/domain/order/order.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import { StoreUnavailable } from '../../src/event-store/event-store.ts';
import { line, placeOrder } from '../support/examples.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { cause, createProcessBench, type ProcessBench } from '../support/process-bench.ts';

const NOW = '2026-03-02T09:00:00.000Z';
const ids = ['o1', 'o2', 'o3'];
const request = { runId: 'r', queue: 'backorders', limit: 10, dryRun: false, scheduled: false };

describe('sourcing the orders of a queue together', () => {
  let bench: ProcessBench;
  let process: ReturnType<ProcessBench['start']>;
  let orders: Executor<Order, OrderCommand, OrderEvent>;
  const onError = vi.fn();

  const run = (overrides: { readonly load?: typeof orders.load; readonly advance?: typeof process.advance }) => {
    const { load = orders.load, advance = process.advance } = overrides;
    const items = ids.map((orderId) => ({ id: orderId, position: '1', body: { orderId, since: NOW } }));
    const now = () => new Date(NOW);
    return sourceQueue(request, cause, {
      readModels: {
        find: async (_name, { after }) => ({ items: after === undefined ? items : [], position: null }),
        get: async () => new Map(),
        position: async () => null,
        reached: async () => true,
      },
      orders: { ...orders, load },
      process: { advance },
      sourcing: createSourcingDesk({ availability: process.availability, directory: createDirectory(), now }),
      now,
      newId: randomUUID,
      onError,
      signal: new AbortController().signal,
    });
  };
  const statuses = async () => {
    const network = await bench.network();
    return ids.map((orderId) => {
      const order = network.order(orderId);
      return order.status === 'unplaced' ? [] : order.fulfilments.map(({ status }) => status);
    });
  };

  beforeEach(async () => {
    onError.mockReset();
    const eventStore = createMemoryEventStore();
    const codec = createCodec({ newId: randomUUID });
    bench = createProcessBench(eventStore);
    orders = createExecutor({ eventStore, codec, decider: orderDecider, cacheSize: 9, now: () => NOW });
    await bench.define();
    process = bench.start();
    await process.refresh();
    for (const orderId of ids) {
      await bench.onOrder(placeOrder({ orderId, lines: [line('1', 'teapot', 1)] }));
      await process.advance(orderId, cause);
    }
    await bench.receive('north', 'teapot', 9);
    await process.refresh();
  });

  it('goes on past an order that cannot be read, and says which it is', async () => {
    const unreadable = new StreamUnreadable('order-o2', 1, 'unknown type');
    const load = async (stream: string) => {
      if (stream === orderStream('o2')) throw unreadable;
      return orders.load(stream);
    };
    const report = await run({ load });
    expect(report.orders.map(({ orderId, result }) => [orderId, result])).toEqual([
      ['o1', 'sourced'],
      ['o3', 'sourced'],
    ]);
    expect(await statuses()).toEqual([['reserved'], [], ['reserved']]);
    expect(onError.mock.calls).toEqual([[unreadable]]);
  });

  it('goes on past an order that cannot go on once it is sourced: the process takes it up from the log', async () => {
    const stuck = new Error('round in circles');
    const report = await run({
      advance: async (orderId, ...rest) => {
        if (orderId === 'o1') throw stuck;
        return process.advance(orderId, ...rest);
      },
    });
    expect(report.orders.map(({ result }) => result)).toEqual(['sourced', 'sourced', 'sourced']);
    expect(await statuses()).toEqual([['planned'], ['reserved'], ['reserved']]);
    expect(onError.mock.calls).toEqual([[stuck]]);
    await process.advance('o1', cause);
    expect((await statuses())[0]).toEqual(['reserved']);
  });

  it('ends where a store is away: that concerns them all', async () => {
    const away = () => Promise.reject(new StoreUnavailable('away', 'none'));
    await expect(run({ advance: away })).rejects.toThrow('away');
    await expect(run({ load: away })).rejects.toThrow('away');
    expect(onError).not.toHaveBeenCalled();
  });
});
