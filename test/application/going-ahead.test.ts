import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OrderRequest } from '../../src/application/order-request.ts';
import { CUSTOMER_KEYS } from '../../src/application/personal-data.ts';
import { placeOrder } from '../../src/application/place-order.ts';
import { createService, type Service } from '../../src/application/service.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import type { ReadStore } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { collect } from '../contracts/event-store-examples.ts';
import { exampleProfile } from '../support/examples.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { type WatchedEventStore, watchEventStore } from '../support/watched-event-store.ts';
import { context } from './executing.ts';

const request: OrderRequest = {
  channelId: 'web-uk',
  channelOrderNumber: '536365',
  customer: { name: 'Ada Byron', email: 'ada@example.org' },
  destination: { country: 'GB', postcode: 'LS1 4AP' },
  method: 'homeDelivery',
  lines: [{ sku: 'teapot', quantity: 2 }],
};
const stream = 'stockLocation-leeds';

describe('placing an order without waiting for each commit', () => {
  let log: EventStore;
  let vault: ReadStore;
  let store: WatchedEventStore;
  let service: Service;
  const onError = vi.fn();

  const start = async (on: WatchedEventStore): Promise<Service> => {
    const started = await createService({
      eventStore: on,
      appendOn: on.appendOn,
      readStore: vault,
      vault,
      now: () => new Date('2026-03-02T12:00:00Z'),
      newId: () => randomUUID(),
      dryRun: () => expect.fail(),
      onConflict: () => undefined,
      onError,
    });
    for await (const one of on.readAll()) {
      const decoded = started.codec.decode(one);
      if (decoded.ok) started.availability.apply(decoded.event);
    }
    return started;
  };
  const place = (channelOrderNumber = '536365', by = service, customer: OrderRequest['customer'] = request.customer) =>
    placeOrder(
      { ...request, channelOrderNumber, ...(customer === undefined ? {} : { customer }) },
      { name: 'Web', kind: 'web' },
      { service: by, context: context(), respondAsync: false },
    );
  const receive = (reference: string, by = service) =>
    by.locations.execute(
      stream,
      { type: 'ReceiveStock', data: { locationId: 'leeds', reference, lines: [{ sku: 'teapot', quantity: 10 }] } },
      context(),
    );
  const typesSince = async (count: number) => (await collect(store.readAll())).map(({ type }) => type).slice(count);
  const placing = ['OrderPlaced', 'SourcingDecided', 'StockReserved', 'FulfilmentReserved'];

  beforeEach(async () => {
    onError.mockReset();
    log = createMemoryEventStore();
    vault = createSqliteReadStore({ file: ':memory:' });
    store = watchEventStore(log, vault);
    service = await start(store);
    const data = { locationId: 'leeds', profile: exampleProfile() };
    await service.locations.execute(stream, { type: 'DefineLocation', data }, context());
    await receive('asn-1');
    service = await start(store);
  });
  afterEach(() => vault.close());

  it('asks the location while the order is still on its way to the log', async () => {
    const asked = store.appends.length;
    store.beforeAppend(() => vi.waitFor(() => expect(store.appends).toHaveLength(asked + 2)));
    const { order, version, isSettled } = await place();
    expect([order.fulfilments[0]?.status, version, isSettled]).toEqual(['reserved', 3, true]);
    expect(await typesSince(2)).toEqual(placing);
    expect((await vault.find(CUSTOMER_KEYS.name, { limit: 9 })).length).toBe(1);
    expect(onError).not.toHaveBeenCalled();
  });

  it('reserves nothing for an order that could not be placed', async () => {
    store.fail('refused');
    await expect(place()).rejects.toMatchObject({ name: 'StoreUnavailable' });
    await vi.waitFor(() => expect(store.appends.at(-1)?.stream).toBe(stream));
    expect(await typesSince(2)).toEqual([]);
    expect((await place()).order.fulfilments).toMatchObject([{ status: 'reserved' }]);
    expect(await typesSince(2)).toEqual(placing);
  });

  it('records no reservation that was not made, and makes it then', async () => {
    store.beforeAppend(async () => undefined);
    store.beforeAppend(() => receive('asn-2', elsewhere));
    const elsewhere = await start(watchEventStore(log, vault));
    const { order, isSettled } = await place();
    expect([order.fulfilments[0]?.status, isSettled]).toEqual(['reserved', true]);
    expect(await typesSince(2)).toEqual(placing.toSpliced(2, 0, 'StockReceived'));
    expect(onError).not.toHaveBeenCalled();
  });

  it('lets an order that cannot be placed keep no other from its reservation', async () => {
    const others = await start(watchEventStore(log, vault));
    await place('1', others);
    const [repeated, fresh] = await Promise.all([place('1'), place('2')]);
    expect([repeated.isNew, fresh.isNew, fresh.isSettled]).toEqual([false, true, true]);
    expect((await service.locations.load(stream)).state.reservations.size).toBe(2);
  });

  it('seals again when another process has made a key for the customer in the same moment', async () => {
    const others = await start(watchEventStore(log, vault));
    const made = await Promise.all([place('1'), place('2', others), place('3')]);
    expect(made.map(({ isNew }) => isNew)).toEqual([true, true, true]);
    const boxes = (await collect(store.readAll()))
      .filter(({ type }) => type === 'OrderPlaced')
      .map(({ data }) => JSON.parse(data).personal);
    expect(boxes).toHaveLength(3);
    for (const box of boxes) expect((await service.personalData.unseal(box))?.customer).toEqual(request.customer);
  });

  it('can read the first order of a customer whose order under a used number was refused', async () => {
    const bob = { name: 'Bob', email: 'bob@example.org' };
    await place('1');
    await expect(place('1', service, bob)).rejects.toMatchObject({ code: 'order-differs' });
    await place('2', service, bob);
    const placed = (await collect(store.readAll())).findLast(({ type }) => type === 'OrderPlaced');
    const { personal } = JSON.parse(placed?.data ?? '');
    expect((await service.personalData.unseal(personal))?.customer).toEqual(bob);
  });

  it('takes a customer for new without looking, and looks once that was wrong', async () => {
    const cold = await start(watchEventStore(log, vault));
    let looks = 0;
    const { get } = vault;
    vault = {
      ...vault,
      get: (collection, ids) => {
        looks += collection === CUSTOMER_KEYS.name ? 1 : 0;
        return get(collection, ids);
      },
    };
    const watched = await start(store);
    await place('1', watched);
    expect(looks).toBe(0);
    await place('2', cold, { email: 'bob@example.org' });
    await place('3', watched, { email: 'bob@example.org' });
    await place('4', watched, { email: 'eve@example.org' });
    expect(looks).toBe(2);
    expect((await vault.find(CUSTOMER_KEYS.name, { limit: 9 })).length).toBe(3);
  });
});
