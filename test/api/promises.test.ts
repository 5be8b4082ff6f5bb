import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Client } from '../support/api-client.ts';
import { locationRequest, place, receive, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const basket = {
  destination: { country: 'GB', postcode: 'LS6 2AB' },
  lines: [{ sku: 'teapot', quantity: 2, unitPrice: 1_250 }],
};
const options = z.object({
  options: z.array(
    z.object({
      method: z.string(),
      locationId: z.string().optional(),
      fulfilments: z.array(z.object({ locationId: z.string(), deliveryDay: z.string(), cost: z.number() })),
      complete: z.boolean(),
      inTime: z.boolean(),
      cost: z.number(),
      unfilled: z.array(z.unknown()),
      validUntil: z.string(),
    }),
  ),
  position: z.string(),
});
const ask = async (client: Client, overrides: Readonly<Record<string, unknown>> = {}) =>
  (await client.post('/v1/promises', { ...basket, ...overrides })).as(options);

describe('POST /v1/promises', () => {
  let running: RunningService;
  let shop: Client;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 10 });
    const store = locationRequest({ name: 'York shop', kind: 'store', capabilities: ['pickup', 'shipToStore'] });
    await running.admin.put('/v1/stock-locations/york', {
      ...store,
      address: { country: 'GB', postcode: 'YO1 7HH', latitude: 53.96, longitude: -1.08 },
    });
    await receive(running.admin, 'york', 3);
    shop = await running.issue({ role: 'channel', channelId: 'web-uk' });
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  it('names each way to have the basket, and the position of the log it looked at', async () => {
    const received = await receive(running.admin, 'york', 1);
    const { position } = received.as(z.object({ position: z.string() }));
    const answer = await ask(shop);
    expect(answer.position).toBe(position);
    expect(answer.options).toMatchObject([
      { method: 'homeDelivery', complete: true, fulfilments: [{ locationId: 'leeds' }] },
      { method: 'pickup', locationId: 'york', cost: 390, fulfilments: [{ locationId: 'york' }] },
      { method: 'shipToStore', locationId: 'york', fulfilments: [{ locationId: 'leeds' }] },
    ]);
    for (const { validUntil } of answer.options) expect(Date.parse(validUntil)).toBeGreaterThan(Date.now());
  });

  it('promises what the order is then given', async () => {
    const { options: promised } = await ask(shop, { methods: ['homeDelivery'] });
    const { fulfilments } = await place(shop, 'P-1', { destination: basket.destination });
    expect(fulfilments.map(({ locationId, cost }) => ({ locationId, cost }))).toEqual(
      promised.flatMap((option) => option.fulfilments.map(({ locationId, cost }) => ({ locationId, cost }))),
    );
  });

  it('changes nothing', async () => {
    const before = await running.admin.get('/v1/events?limit=200');
    await ask(shop);
    await ask(running.admin);
    const after = await running.admin.get('/v1/events?limit=200');
    expect(after.text).toBe(before.text);
  });

  it('answers only what was asked for', async () => {
    const only = await ask(shop, { methods: ['pickup', 'pickup'], withinKilometres: 50 });
    expect(only.options.map(({ method }) => method)).toEqual(['pickup']);
    expect((await ask(shop, { methods: ['pickup'], withinKilometres: 5 })).options).toEqual([]);
  });

  it('says what cannot be had, and what is not in time', async () => {
    const lines = [{ sku: 'teapot', quantity: 10_000 }];
    const [home] = (await ask(shop, { lines, deliverBy: '2020-01-01', methods: ['homeDelivery'] })).options;
    expect(home).toMatchObject({ complete: false, inTime: false, unfilled: [{ lineId: '1', sku: 'teapot' }] });
    expect((await ask(shop, { lines: [{ sku: 'unheard-of', quantity: 1 }] })).options).toEqual([]);
  });

  it('calls lines as the request does, and numbers the others', async () => {
    const lines = [
      { sku: 'teapot', quantity: 9_000 },
      { lineId: '1', sku: 'teapot', quantity: 9_000 },
    ];
    const [home] = (await ask(shop, { lines, methods: ['homeDelivery'] })).options;
    expect(home?.unfilled).toMatchObject([{ lineId: '2' }, { lineId: '1' }]);
    const { code } = await shop.post('/v1/promises', { ...basket, lines: [lines[1], lines[1]] });
    expect(code).toBe('request-invalid');
  });

  it('lets a channel ask for itself only, and an operator for any channel or none', async () => {
    const refused = await shop.post('/v1/promises', { ...basket, channelId: 'web-de' });
    expect([refused.status, refused.code]).toEqual([403, 'not-allowed']);
    expect((await ask(shop, { channelId: 'web-uk' })).options).not.toEqual([]);
    expect((await ask(running.admin, { channelId: 'web-de' })).options).not.toEqual([]);
    const unknown = await running.admin.post('/v1/promises', { ...basket, channelId: 'nobody' });
    expect(unknown.code).toBe('channel-unknown');
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['no lines', { lines: [] }],
    ['too many lines', { lines: Array.from({ length: 101 }, (_, index) => ({ sku: `s${index}`, quantity: 1 })) }],
    ['too many units', { lines: [1, 2].map((sku) => ({ sku: `s${sku}`, quantity: Number.MAX_SAFE_INTEGER })) }],
    ['half a place', { destination: { ...basket.destination, latitude: 1 } }],
    ['an unknown method', { methods: ['drone'] }],
    ['no day', { deliverBy: 'soon' }],
    ['a field that there is not', { lineId: '1' }],
  ])('refuses %s', async (_case, overrides) => {
    const { status, code } = await shop.post('/v1/promises', { ...basket, ...overrides });
    expect([status, code]).toEqual([400, 'request-invalid']);
  });
});
