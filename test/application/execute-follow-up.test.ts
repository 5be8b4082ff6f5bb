import { beforeEach, describe, expect, it } from 'vitest';
import type { FollowUp } from '../../src/application/execute.ts';
import { DomainError } from '../../src/domain/error.ts';
import type { OrderCommand } from '../../src/domain/order/decide.ts';
import type { Order } from '../../src/domain/order/order.ts';
import { collect } from '../contracts/event-store-examples.ts';
import { placeOrder, recordSourcing } from '../support/examples.ts';
import { define, receive, reserve, safetyStock } from '../support/location-histories.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { type WatchedEventStore, watchEventStore } from '../support/watched-event-store.ts';
import { context, executorOfLocations, executorOfOrders } from './executing.ts';

const stream = 'order-o1';

describe('running a command and what follows from it', () => {
  let store: WatchedEventStore;
  let orders: ReturnType<typeof executorOfOrders>;
  const place = (andThen: (order: Order) => FollowUp<OrderCommand> | null, executor = orders, command = placeOrder()) =>
    executor.execute(stream, command, context('request'), { assumeNew: true, andThen });
  const sourcing = (): FollowUp<OrderCommand> => ({ command: recordSourcing(), context: context('process') });
  const recorded = () => collect(store.readStream(stream));

  beforeEach(() => {
    store = watchEventStore(createMemoryEventStore());
    orders = executorOfOrders(store);
  });

  it('appends both at once, each with its own metadata', async () => {
    const { version, events } = await place(sourcing);
    expect([version, events.length, store.appends.length]).toEqual([2, 2, 1]);
    expect((await recorded()).map(({ type, metadata }) => [type, JSON.parse(metadata).commandId])).toEqual([
      ['OrderPlaced', 'request'],
      ['SourcingDecided', 'process'],
    ]);
  });

  it('looks at nothing before it appends to a stream taken for new', async () => {
    await place(sourcing);
    expect(store.eventsRead()).toBe(0);
  });

  it('finds out when the stream is not new, and then nothing follows', async () => {
    await place(sourcing);
    const elsewhere = executorOfOrders(store);
    const { version, events } = await place(sourcing, elsewhere);
    expect([version, events]).toEqual([2, []]);
    await expect(
      place(sourcing, executorOfOrders(store), placeOrder({ contentDigest: 'other' })),
    ).rejects.toMatchObject({ code: 'order-differs' });
    expect(await recorded()).toHaveLength(2);
  });

  it('lets a command stand by itself whose follow-up cannot be decided', async () => {
    const broken = place(() => {
      throw new Error('no distance is known');
    });
    const again = place(sourcing);
    expect((await broken).events.map(({ type }) => type)).toEqual(['OrderPlaced']);
    expect((await again).events).toEqual([]);
    expect((await recorded()).map(({ type }) => type)).toEqual(['OrderPlaced']);
  });

  it('lets a command stand by itself whose follow-up is refused', async () => {
    const leeds = executorOfLocations(store);
    const tell = leeds.execute('stockLocation-leeds', define, context(), {
      andThen: () => ({ command: reserve(['teapot', 1]), context: context() }),
    });
    const next = leeds.execute('stockLocation-leeds', safetyStock(2), context(), { expectedVersions: [1] });
    expect((await tell).version).toBe(1);
    expect((await next).version).toBe(2);
    const after = await leeds.execute('stockLocation-leeds', receive('asn-1', ['teapot', 1]), context());
    expect(after.state.stock.get('teapot')).toEqual({ onHand: 1, reserved: 0, safetyStock: 2 });
  });

  it('refuses a command that is refused, whatever would have followed', async () => {
    await expect(
      orders.execute(stream, { type: 'HoldOrder', data: { orderId: 'o1', reason: 'fraud' } }, context(), {
        andThen: sourcing,
      }),
    ).rejects.toThrow(DomainError);
    expect(await recorded()).toEqual([]);
  });
});
