import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliveryItem, ledgerItem, orderAnswer, sourcingAnswer, timelineAnswer } from '../../src/api/answers.ts';
import {
  eventually,
  fulfilmentPath,
  type Order,
  orderRequest,
  place,
  readOrder,
  receive,
  setUp,
  stockOf,
} from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const shipment = { carrier: 'Example Parcel', trackingNumber: 'EP1' };

describe('an order over HTTP', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 10, york: 5 });
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const act = async (order: Order, stage: string, body?: unknown): Promise<Order> =>
    (await running.admin.post(fulfilmentPath(order, stage), body)).as(orderAnswer);
  const units = (counts: Record<string, readonly number[]>, index: number): number =>
    Object.values(counts).reduce((sum, balances) => sum + (balances[index] ?? 0), 0);

  it('goes from placed over picked, packed and dispatched to delivered, and its units leave the stock once', async () => {
    const { admin } = running;
    const before = await stockOf(admin);
    const placed = await place(admin, 'F-1');
    expect(placed.status).toBe('allocated');
    expect(units(await stockOf(admin), 1)).toBe(units(before, 1) + 2);
    const picked = await act(placed, 'pick');
    expect(picked.status).toBe('inProgress');
    await act(picked, 'pack');
    const dispatched = await act(picked, 'dispatch', shipment);
    expect(dispatched.fulfilments).toMatchObject([{ status: 'dispatched', shipment }]);
    expect(units(await stockOf(admin), 0)).toBe(units(before, 0) - 2);
    expect(units(await stockOf(admin), 1)).toBe(units(before, 1));
    const onTheWay = (await admin.get('/v1/in-transit/deliveries')).items(deliveryItem);
    expect(onTheWay).toMatchObject([{ orderId: placed.orderId, trackingNumber: 'EP1', lines: [{ quantity: 2 }] }]);
    expect((await act(dispatched, 'deliver')).status).toBe('completed');
    expect((await admin.get('/v1/in-transit/deliveries')).items(deliveryItem)).toEqual([]);
    const again = await act(dispatched, 'deliver');
    expect(again.status).toBe('completed');
  });

  it('that is parked and held is released from one after the other, as its status says', async () => {
    const { admin } = running;
    const placed = await place(admin, 'F-parked', { destination: { country: 'ZZ', postcode: '1' } });
    expect(placed.status).toBe('parked');
    const ask = async (action: string) => (await admin.post(`/v1/orders/${placed.orderId}/${action}`)).as(orderAnswer);
    expect((await ask('hold')).status).toBe('held');
    expect((await ask('release')).status).toBe('parked');
    expect((await ask('release')).status).toBe('allocated');
    expect((await ask('release')).status).toBe('allocated');
    expect((await ask('cancel')).status).toBe('cancelled');
  });

  it('tells its whole story, and why these locations', async () => {
    const { admin } = running;
    const order = await place(admin, 'F-2', { lines: [{ sku: 'teapot', quantity: 12 }] });
    expect(new Set(order.fulfilments.map(({ locationId }) => locationId))).toEqual(new Set(['leeds', 'york']));
    const timeline = (await admin.get(`/v1/orders/${order.orderId}/timeline`)).as(timelineAnswer);
    expect(timeline.items.map(({ version }) => version)).toEqual(timeline.items.map((_, index) => index + 1));
    expect(timeline.items.map(({ type }) => type)).toEqual(expect.arrayContaining(['OrderPlaced', 'SourcingDecided']));
    const { decisions } = (await admin.get(`/v1/orders/${order.orderId}/sourcing`)).as(sourcingAnswer);
    expect(decisions[0]?.plan.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0)).toBe(12);
    await admin.post(`/v1/orders/${order.orderId}/cancel`);
    expect(units(await stockOf(admin), 1)).toBe(0);
  });

  it('sources elsewhere what a location rejects, and leaves that location out', async () => {
    const { admin } = running;
    const order = await place(admin, 'F-3');
    const [first] = order.fulfilments;
    const after = await act(order, 'reject', { reason: 'Damaged' });
    expect(after.status).toBe('allocated');
    const live = after.fulfilments.filter(({ status }) => status === 'reserved');
    expect(live.map(({ locationId }) => locationId)).toEqual([first?.locationId === 'leeds' ? 'york' : 'leeds']);
    await admin.post(`/v1/orders/${order.orderId}/cancel`);
  });

  it('writes off what a picker did not find, and finds it elsewhere', async () => {
    const { admin } = running;
    const before = units(await stockOf(admin), 0);
    const order = await place(admin, 'F-4');
    const after = await act(order, 'short-pick', { lines: [{ sku: 'teapot', quantity: 1 }] });
    expect(after.fulfilments.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0)).toBe(2);
    expect(units(await stockOf(admin), 0)).toBe(before - 1);
    expect(units(await stockOf(admin), 1)).toBe(2);
    await admin.post(`/v1/orders/${order.orderId}/cancel`);
    expect(units(await stockOf(admin), 1)).toBe(0);
  });

  it('stands still while on hold, and goes on when released', async () => {
    const { admin } = running;
    const order = await place(admin, 'F-5');
    const held = (await admin.post(`/v1/orders/${order.orderId}/hold`, { reason: 'Payment' })).as(orderAnswer);
    expect(held.status).toBe('held');
    const refused = await admin.post(fulfilmentPath(order, 'pick'));
    expect([refused.status, refused.code]).toEqual([409, 'order-held']);
    await admin.post(`/v1/orders/${order.orderId}/release`);
    expect((await act(order, 'pick')).status).toBe('inProgress');
    const late = await admin.post(fulfilmentPath(order, 'deliver'));
    expect([late.status, late.code]).toEqual([409, 'stage-out-of-order']);
    await admin.post(`/v1/orders/${order.orderId}/cancel`);
  });

  it('cancels some units of a line and keeps the others', async () => {
    const { admin } = running;
    const order = await place(admin, 'F-6');
    const lines = [{ lineId: '1', quantity: 1 }];
    const after = (await admin.post(`/v1/orders/${order.orderId}/cancel`, { lines })).as(orderAnswer);
    expect(after).toMatchObject({ status: 'allocated', lines: [{ quantity: 2, cancelled: 1 }] });
    expect(units(await stockOf(admin), 1)).toBe(1);
    const all = (await admin.post(`/v1/orders/${order.orderId}/cancel`)).as(orderAnswer);
    expect(all.status).toBe('cancelled');
    expect(units(await stockOf(admin), 1)).toBe(0);
  });

  it('counts two lines of one SKU together', async () => {
    const { admin } = running;
    const available = units(await stockOf(admin), 2);
    const half = Math.ceil(available / 2);
    const line = { sku: 'teapot', quantity: half };
    const order = await place(admin, 'F-7', { lines: [line, { sku: 'teapot', quantity: half + 1 }] });
    expect(order.status).toBe('partlyAllocated');
    expect(order.backordered.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(2 * half + 1 - available);
    expect(units(await stockOf(admin), 2)).toBe(0);
    await admin.post(`/v1/orders/${order.orderId}/cancel`);
  });

  it('waits for stock and gets it when a receipt brings it', async () => {
    const { admin } = running;
    const order = await place(admin, 'F-8', { lines: [{ sku: 'samovar', quantity: 3 }] });
    expect(order.status).toBe('backordered');
    await receive(admin, 'york', 3, 'samovar');
    const filled = await eventually(
      () => readOrder(admin, order),
      ({ status }) => status === 'allocated',
    );
    expect(filled.backordered).toEqual([]);
    // The service reserved it by itself: nothing that this key wrote tells the query to wait for it.
    const stock = await eventually(
      () => stockOf(admin, 'samovar'),
      ({ york }) => york?.[1] === 3,
    );
    expect(stock).toEqual({ york: [3, 3, 0] });
  });

  it('leaves a movement in the ledger for each change of the stock', async () => {
    const items = (await running.admin.get('/v1/stock-locations/york/ledger?sku=samovar')).items(ledgerItem);
    expect(items.map(({ onHandDelta, reservedDelta }) => [onHandDelta, reservedDelta])).toEqual([
      [0, 3],
      [3, 0],
    ]);
  });

  it('places the same order once, whoever repeats it, and refuses other content', async () => {
    const { admin } = running;
    const order = await place(admin, 'F-9');
    const again = await place(admin, 'F-9');
    expect([again.orderId, again.version]).toEqual([order.orderId, order.version]);
    const other = orderRequest('F-9', { lines: [{ sku: 'teapot', quantity: 3 }] });
    const refused = await admin.post('/v1/orders', other);
    expect([refused.status, refused.code]).toEqual([409, 'order-differs']);
    expect(refused.body).toMatchObject({ orderId: order.orderId });
    expect((await readOrder(admin, order)).version).toBe(order.version);
  });
});
