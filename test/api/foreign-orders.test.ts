import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../src/api/all-routes.ts';
import { backorderItem, deliveryItem, eventsAnswer, inventoryItem, orderAnswer } from '../../src/api/answers.ts';
import { requestExamples } from '../../src/api/openapi-examples.ts';
import type { Route } from '../../src/api/route.ts';
import type { Answer, Client } from '../support/api-client.ts';
import { fulfilmentPath, type Order, orderRequest, place, readOrder, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const shipment = { carrier: 'Example Parcel', trackingNumber: 'EP1' };
const NOBODYS = '00000000-0000-5000-8000-000000000000';

describe('what belongs to others', () => {
  let running: RunningService;
  let order: Order;
  let german: Client;
  let atYork: Client;
  let atLeeds: Client;

  beforeAll(async () => {
    running = await startService();
    const { admin, issue } = running;
    await setUp(admin, { leeds: 20, york: 0 });
    german = await issue({ role: 'channel', channelId: 'web-de' });
    atLeeds = await issue({ role: 'locationStaff', locationId: 'leeds' });
    atYork = await issue({ role: 'locationStaff', locationId: 'york' });
    order = await place(admin, 'X-1');
    const sent = await place(admin, 'X-2');
    for (const stage of ['pick', 'pack']) await admin.post(fulfilmentPath(sent, stage));
    await admin.post(fulfilmentPath(sent, 'dispatch'), shipment);
    await place(admin, 'X-3', { lines: [{ sku: 'samovar', quantity: 1 }] });
    await running.caughtUp();
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const call = (client: Client, route: Route, orderId: string): Promise<Answer> => {
    const fulfilmentId = order.fulfilments[0]?.fulfilmentId ?? '';
    const path = route.path.replace('{orderId}', orderId).replace('{fulfilmentId}', fulfilmentId);
    const example = requestExamples[`${route.method} ${route.path}`];
    return route.method === 'post' ? client.post(path, example) : client.get(path);
  };
  const essence = ({ status, body }: Answer) => ({ status, ...(body as object), instance: '' });
  const logLength = async () => (await running.admin.get('/v1/events?limit=200')).as(eventsAnswer).items.length;

  it('does not exist for another channel or location, in any route of an order', async () => {
    const before = await logLength();
    const ofOrders = routes.filter(({ path }) => path.includes('{orderId}'));
    expect(ofOrders.length).toBeGreaterThanOrEqual(13);
    for (const [role, client] of [
      ['channel', german],
      ['locationStaff', atYork],
    ] as const) {
      for (const route of ofOrders.filter(({ roles }) => roles.includes(role))) {
        const foreign = await call(client, route, order.orderId);
        expect([role, route.path, foreign.status, foreign.code]).toEqual([role, route.path, 404, 'not-found']);
        expect(essence(foreign)).toEqual(essence(await call(client, route, NOBODYS)));
      }
    }
    expect(await logLength()).toBe(before);
    expect(await readOrder(running.admin, order)).toEqual(order);
  });

  it('is in no list of another channel, whatever it asks for', async () => {
    for (const path of ['/v1/orders', '/v1/backorders', '/v1/in-transit/deliveries', '/v1/parked-orders']) {
      for (const filter of ['', 'channelId=web-uk']) {
        const { status, body } = await german.get(`${path}?${filter}`);
        expect([path, filter, status, body]).toMatchObject([path, filter, 200, { items: [], nextCursor: null }]);
      }
    }
    for (const filter of ['', '&channelId=web-uk']) {
      const found = await german.get(`/v1/orders?channelOrderNumber=X-1${filter}`);
      expect(found.items(orderAnswer)).toEqual([]);
    }
    expect((await german.get('/v1/channels/web-uk')).status).toBe(404);
    expect((await german.get('/v1/channels/web-de')).status).toBe(200);
  });

  it('is there for its own channel', async () => {
    const british = await running.issue({ role: 'channel', channelId: 'web-uk' });
    expect((await british.get('/v1/orders')).items(orderAnswer)).toHaveLength(3);
    expect((await british.get('/v1/orders?channelOrderNumber=X-1')).items(orderAnswer)).toMatchObject([order]);
    expect((await british.get('/v1/orders?channelOrderNumber=%20X-1%09')).items(orderAnswer)).toMatchObject([order]);
    expect((await british.get('/v1/orders?channelOrderNumber=X-1&status=held')).items(orderAnswer)).toEqual([]);
    expect((await british.get('/v1/orders?channelId=web-de')).items(orderAnswer)).toEqual([]);
    expect((await british.get('/v1/backorders')).items(backorderItem)).toHaveLength(1);
    expect((await british.get('/v1/in-transit/deliveries')).items(deliveryItem)).toHaveLength(1);
    expect((await british.get(`/v1/orders/${order.orderId}`)).status).toBe(200);
  });

  it('cannot be ordered in the name of another channel', async () => {
    const before = await logLength();
    const refused = await german.post('/v1/orders', orderRequest('X-4'));
    expect([refused.status, refused.code]).toEqual([403, 'not-allowed']);
    expect(await logLength()).toBe(before);
  });

  it('does not exist for the staff of another location', async () => {
    const before = await logLength();
    const ofLocations = routes.filter(
      ({ path, roles }) => path.includes('{locationId}') && roles.includes('locationStaff'),
    );
    expect(ofLocations.length).toBeGreaterThanOrEqual(8);
    for (const route of ofLocations) {
      const path = route.path.replace('{locationId}', 'leeds').replace('{sku}', 'teapot');
      const example = requestExamples[`${route.method} ${route.path}`];
      const body = example === undefined ? undefined : JSON.stringify(example);
      const headers = { 'content-type': 'application/json' };
      const { status, code } = await atYork.send(route.method.toUpperCase(), path, body, headers);
      expect([route.path, status, code]).toEqual([route.path, 404, 'not-found']);
    }
    expect(await logLength()).toBe(before);
    const lists = [
      '/v1/stock-locations',
      '/v1/inventory?locationId=leeds',
      '/v1/in-transit/deliveries?locationId=leeds',
    ];
    for (const path of lists) expect((await atYork.get(path)).text).not.toContain('leeds');
    expect((await atLeeds.get('/v1/inventory?locationId=york')).items(inventoryItem)).toEqual([]);
    expect((await atLeeds.get('/v1/in-transit/deliveries')).items(deliveryItem)).toHaveLength(1);
    expect((await atLeeds.get('/v1/stock-locations')).text).toContain('leeds');
  });

  it('is not for location staff when it is the part of another location', async () => {
    const { admin } = running;
    await admin.post('/v1/stock-locations/york/receipts', {
      reference: 'X-5',
      lines: [{ sku: 'kettle', quantity: 1 }],
    });
    const lines = [
      { sku: 'teapot', quantity: 1 },
      { sku: 'kettle', quantity: 1 },
    ];
    const split = await place(admin, 'X-5', { lines });
    expect(split.fulfilments.map(({ locationId }) => locationId).sort()).toEqual(['leeds', 'york']);
    const foreign = await atYork.post(fulfilmentPath(split, 'pick', 'leeds'));
    expect([foreign.status, foreign.code]).toEqual([404, 'not-found']);
    expect((await atYork.post(fulfilmentPath(split, 'pick', 'york'))).status).toBe(200);
  });

  it('is still there for location staff whose part in it is over, but no longer who it goes to', async () => {
    const { admin } = running;
    const reason = { reason: 'broken' };
    const given = await place(admin, 'X-6');
    const rejecting = fulfilmentPath(given, 'reject', 'leeds');
    const recipient = () => atLeeds.get(`/v1/orders/${given.orderId}/recipient`);
    expect((await recipient()).status).toBe(200);
    const rejected = (await atLeeds.post(rejecting, reason)).as(orderAnswer);
    expect((await atLeeds.post(rejecting, reason)).as(orderAnswer).fulfilments).toEqual(rejected.fulfilments);
    expect((await atLeeds.get(`/v1/orders/${given.orderId}`)).status).toBe(200);
    expect((await recipient()).code).toBe('not-found');
    const withdrawn = await place(admin, 'X-7');
    await admin.post(`/v1/orders/${withdrawn.orderId}/cancel`);
    const late = await atLeeds.post(fulfilmentPath(withdrawn, 'pick', 'leeds'));
    expect([late.status, late.code]).toEqual([409, 'stage-out-of-order']);
  });
});
