import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type OrderRequest, orderIdOf } from '../../src/application/order-request.ts';
import { placeOrder } from '../../src/application/place-order.ts';
import { createService, type Service } from '../../src/application/service.ts';
import { orderStream } from '../../src/domain/order/order.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { collect } from '../contracts/event-store-examples.ts';
import { exampleProfile } from '../support/examples.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { type WatchedEventStore, watchEventStore } from '../support/watched-event-store.ts';
import { context } from './executing.ts';

const request: OrderRequest = {
  channelId: 'web-uk',
  channelOrderNumber: '536365',
  placedAt: '2026-03-02T09:15:00.000Z',
  customer: { name: 'Ada Byron', email: 'ada@example.org' },
  destination: { country: 'GB', postcode: 'LS1 4AP', street: '12 Secret Lane' },
  method: 'homeDelivery',
  lines: [{ sku: 'teapot', quantity: 2, unitPrice: 1250 }],
};

describe('placing an order', () => {
  let store: WatchedEventStore;
  let service: Service;
  const onError = vi.fn();
  const vaults: ReturnType<typeof createSqliteReadStore>[] = [];
  const createStores = () => {
    const vault = createSqliteReadStore({ file: ':memory:' });
    vaults.push(vault);
    return { readStore: vault, vault };
  };
  const place = (changes: Partial<OrderRequest> = {}, respondAsync = false) =>
    placeOrder(
      { ...request, ...changes },
      { name: 'Web', kind: 'web', currency: 'GBP' },
      { service, context: context(), respondAsync },
    );
  const recorded = async () => collect(store.readStream(orderStream(orderIdOf('web-uk', '536365'))));
  const at = (locationId: string) => `stockLocation-${locationId}`;

  beforeEach(async () => {
    onError.mockReset();
    store = watchEventStore(createMemoryEventStore());
    service = await createService({
      eventStore: store,
      ...createStores(),
      now: () => new Date('2026-03-02T12:00:00Z'),
      newId: () => randomUUID(),
      onConflict: () => undefined,
      onError,
    });
    const data = { locationId: 'leeds', profile: exampleProfile() };
    await service.locations.execute(at('leeds'), { type: 'DefineLocation', data }, context());
    const lines = [{ sku: 'teapot', quantity: 10 }];
    await service.locations.execute(
      at('leeds'),
      { type: 'ReceiveStock', data: { locationId: 'leeds', reference: 'a', lines } },
      context(),
    );
    for await (const one of store.readAll()) {
      const decoded = service.codec.decode(one);
      if (decoded.ok) service.availability.apply(decoded.event);
    }
  });
  afterEach(async () => {
    for (const vault of vaults.splice(0)) await vault.close();
  });

  it('takes it through its first sourcing, in one append with its placing', async () => {
    const { order, isNew, isSettled, version } = await place();
    expect(order.fulfilments).toMatchObject([{ locationId: 'leeds', status: 'reserved' }]);
    expect([isNew, isSettled, version]).toEqual([true, true, 3]);
    expect(store.appends.map(({ events }) => events.map(({ type }) => type)).slice(2)).toEqual([
      ['OrderPlaced', 'SourcingDecided'],
      ['StockReserved'],
      ['FulfilmentReserved'],
    ]);
  });

  it('writes nothing of the person in the open', async () => {
    await place();
    const text = (await recorded()).map(({ data, metadata }) => data + metadata).join();
    expect(text).not.toMatch(/byron|example\.org|secret lane|LS1 4AP/i);
    const [first] = await recorded();
    const { personal, placedAt, destination } = JSON.parse(first?.data ?? '');
    expect(await service.personalData.unseal(personal)).toEqual({
      customer: request.customer,
      address: { postcode: 'LS1 4AP', street: '12 Secret Lane' },
    });
    expect([placedAt, destination.postcodeArea]).toEqual(['2026-03-02T09:15:00.000Z', 'LS']);
  });

  it('places it once, however often and however many at a time it is sent', async () => {
    const first = await Promise.all([place(), place(), place()]);
    const later = await place();
    expect(first.map(({ isNew }) => isNew).filter((one) => one)).toHaveLength(1);
    expect([later.isNew, later.order.orderId]).toEqual([false, orderIdOf('web-uk', '536365')]);
    expect((await recorded()).filter(({ type }) => type === 'OrderPlaced')).toHaveLength(1);
  });

  it('refuses another order under a number that was used before', async () => {
    await place();
    await expect(place({ lines: [{ sku: 'teapot', quantity: 3 }] })).rejects.toMatchObject({ code: 'order-differs' });
    await expect(place({ method: 'express' })).rejects.toMatchObject({ code: 'order-differs' });
    expect((await place({ channelId: 'b2b' })).isNew).toBe(true);
  });

  it('accepts an order that is durable though the store fails right after, and reports the failure', async () => {
    store.beforeAppend(async () => undefined);
    store.beforeAppend(async () => store.fail('refused'));
    const { isNew, isSettled, order } = await place();
    expect([isNew, isSettled, order.status]).toEqual([true, false, 'open']);
    expect(onError).toHaveBeenCalledOnce();
    expect((await place()).order.fulfilments).toMatchObject([{ status: 'reserved' }]);
  });

  it('accepts an order that cannot be sourced now, and reports why', async () => {
    vi.spyOn(service.availability, 'network').mockImplementation(() => {
      throw new Error('no distance is known');
    });
    const { isNew, isSettled } = await place();
    expect([isNew, isSettled]).toEqual([true, false]);
    expect(onError).toHaveBeenCalledOnce();
    vi.restoreAllMocks();
    expect((await place()).order.fulfilments).toMatchObject([{ status: 'reserved' }]);
  });

  it('accepts nothing that is not durable', async () => {
    store.fail('refused');
    await expect(place()).rejects.toMatchObject({ name: 'StoreUnavailable' });
    expect(await recorded()).toEqual([]);
  });

  it('answers at once where nobody waits for its sourcing, and goes on with it', async () => {
    const { isSettled, version } = await place({}, true);
    expect([isSettled, version]).toEqual([false, 2]);
    await vi.waitFor(async () => expect(await recorded()).toHaveLength(3));
  });
});
