import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { sourcingAnswer } from '../../src/api/answers.ts';
import { dryRunAnswer } from '../../src/api/dry-run.ts';
import { explainHere, isSmall } from '../../src/application/explaining.ts';
import { eventually, locationRequest, place, receive, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const order = {
  destination: { country: 'GB', postcode: 'LS6 2AB', latitude: 53.8, longitude: -1.55 },
  lines: [
    { sku: 'teapot', quantity: 2, unitPrice: 1_250 },
    { sku: 'kettle', quantity: 1, unitPrice: 3_000 },
  ],
};

const problemWithErrors = z.object({ errors: z.array(z.object({ path: z.string() })) });

const stated = (id: string, perParcel: number, stock: Readonly<Record<string, number>>) => ({
  id,
  address: { latitude: 53.8, longitude: -1.55 },
  costs: { perParcel, perUnit: 10 },
  stock: Object.entries(stock).map(([sku, available]) => ({ sku, available })),
});

describe('the sourcing of an order', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 10 });
    await running.admin.put('/v1/stock-locations/york', locationRequest({ name: 'York' }));
    await receive(running.admin, 'york', 3);
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const dryRun = async (body: object) => (await running.admin.post('/v1/sourcing/dry-run', body)).as(dryRunAnswer);

  it('is explained: why here, and why not there', async () => {
    const { orderId } = await place(running.admin, 'S-1');
    const path = `/v1/orders/${orderId}/sourcing?location=york`;
    const { decisions } = (await running.admin.get(path)).as(sourcingAnswer);
    expect(decisions[0]?.explanation).toMatchObject({ split: { isSplit: false } });
    expect(decisions[0]?.explanation?.why).toHaveLength(1);
    const chosen = decisions[0]?.plan[0]?.locationId;
    expect(decisions[0]?.whyNot?.verdict).toBe(chosen === 'york' ? 'chosen' : 'not-better');
  });

  it('is explained beside the requests where that takes long', async () => {
    const lines = Array.from({ length: 600 }, (_, index) => ({ sku: `cup-${index}`, quantity: 1 + (index % 3) }));
    for (const locationId of ['leeds', 'york'])
      await running.admin.post(`/v1/stock-locations/${locationId}/receipts`, {
        reference: 'cups',
        lines: lines.map(({ sku }) => ({ sku, quantity: 2 })),
      });
    await eventually(
      async () => running.service.availability.holdersOf('cup-599'),
      ({ length }) => length === 2,
    );
    const { orderId, fulfilments } = await place(running.admin, 'S-3', { lines });
    expect(fulfilments).toHaveLength(2);
    const isSlow = vi.spyOn(running.service, 'explain');
    const answer = (await running.admin.get(`/v1/orders/${orderId}/sourcing?location=york`)).as(sourcingAnswer);
    const [{ record, policy } = expect.fail()] = isSlow.mock.calls.map(([job]) => job);
    expect(isSmall({ record, policy })).toBe(false);
    expect(answer.decisions).toMatchObject([
      JSON.parse(JSON.stringify(explainHere({ record, policy, location: 'york' }))),
    ]);
  });

  it('is the same again when it is replayed', async () => {
    const { orderId } = await place(running.admin, 'S-2');
    const answer = await running.admin.post(`/v1/orders/${orderId}/sourcing/replay`, {});
    expect(answer.as(z.object({ identical: z.boolean(), attempt: z.int() }))).toMatchObject({
      identical: true,
      attempt: 1,
    });
    const unknown = await running.admin.post(`/v1/orders/${orderId}/sourcing/replay`, { attempt: 9 });
    expect(unknown.status).toBe(404);
  });

  it("is tried against today's network without an order", async () => {
    const answer = await dryRun({ order: { ...order, lines: order.lines.slice(0, 1) } });
    expect(answer).toMatchObject({ outcome: 'planned', proven: true, gap: 0, unfilled: [] });
    expect(answer.plan).toMatchObject([{ lines: [{ lineId: '1', sku: 'teapot', quantity: 2 }] }]);
    const [after] = (await running.admin.get('/v1/inventory?sku=teapot&locationId=leeds')).as(
      z.object({ items: z.array(z.object({ reserved: z.int() })) }),
    ).items;
    expect(after).toBeDefined();
    const before = after?.reserved;
    await dryRun({ order });
    const again = (await running.admin.get('/v1/inventory?sku=teapot&locationId=leeds')).as(
      z.object({ items: z.array(z.object({ reserved: z.int() })) }),
    );
    expect(again.items[0]?.reserved).toBe(before);
  });

  it('is tried against a network and a policy that the request states', async () => {
    const network = {
      locations: [
        stated('a', 100, { teapot: 5 }),
        stated('b', 120, { kettle: 5 }),
        stated('c', 500, { teapot: 5, kettle: 5 }),
      ],
    };
    const split = await dryRun({ order, network });
    expect(split.plan.map(({ locationId, cost }) => [locationId, cost])).toEqual([
      ['a', 120],
      ['b', 130],
    ]);
    expect([split.objective, split.cost]).toEqual([250, 250]);
    expect(split.explanation?.split).toMatchObject({ isSplit: true, bestSingle: { locationId: 'c' } });
    const policy = { routes: [{ name: 'one box', split: { mode: 'never' } }] };
    const single = await dryRun({ order, network, policy });
    expect(single.plan).toMatchObject([{ locationId: 'c', cost: 530 }]);
  });

  it('goes by weight where the stated network has rate cards', async () => {
    const rateCard = {
      rateCardId: 'swift',
      carrier: 'Swift',
      service: 'next day',
      bands: [
        {
          transitDays: 1,
          prices: [
            { upTo: 1_000, price: 400 },
            { upTo: 5_000, price: 900 },
          ],
        },
      ],
    };
    const network = {
      now: '2026-03-02T09:00:00.000Z',
      locations: [stated('a', 0, { teapot: 5, kettle: 5 })],
      rateCards: [rateCard],
      items: [
        { sku: 'teapot', weight: 900 },
        { sku: 'kettle', weight: 1_500 },
      ],
    };
    const { plan, cost } = await dryRun({ order, network });
    expect(cost).toBe(30 + 900);
    expect(plan).toMatchObject([{ dispatchDay: '2026-03-02', deliveryDay: '2026-03-03' }]);
  });

  it.each([
    ['two locations of one id', { locations: [stated('leeds', 1, {}), stated('leeds', 2, {})] }, 'network.locations.1'],
    [
      'a location named like another one that is numbered',
      { locations: [stated('location-2', 1, {}), { ...stated('', 1, {}), id: undefined }] },
      'network.locations.1',
    ],
    [
      'two stocks of one SKU',
      {
        locations: [
          { ...stated('leeds', 1, { teapot: 1 }), stock: [1, 2].map((available) => ({ sku: 'teapot', available })) },
        ],
      },
      'network.locations.0.stock.1',
    ],
    ['two items of one SKU', { locations: [], items: [{ sku: 'teapot' }, { sku: 'teapot' }] }, 'network.items.1'],
  ])('is not tried on a network with %s', async (_, network, path) => {
    const answer = await running.admin.post('/v1/sourcing/dry-run', { order, network });
    expect(answer.status).toBe(400);
    expect(answer.as(problemWithErrors).errors.map((error) => error.path)).toEqual([path]);
  });

  it.each([
    ['half a place', { destination: { country: 'GB', latitude: 53.8 } }, 'order.destination'],
    ['two lines of one id', { lines: [1, 2].map(() => ({ lineId: 'a', sku: 'teapot', quantity: 1 })) }, 'order.lines'],
    ['more than can be added up', { lines: [{ sku: 'teapot', quantity: 2 ** 52, unitPrice: 3 }] }, 'order.lines'],
  ])('is not tried for an order with %s', async (_, change, path) => {
    const answer = await running.admin.post('/v1/sourcing/dry-run', { order: { ...order, ...change } });
    expect(answer.status).toBe(400);
    expect(answer.as(problemWithErrors).errors.map((error) => error.path)).toEqual([path]);
  });

  it('names what is wrong with a stated policy', async () => {
    const answer = await running.admin.post('/v1/sourcing/dry-run', { order, policy: { routes: [] } });
    expect([answer.status, answer.as(z.object({ code: z.string() })).code]).toEqual([422, 'policy-invalid']);
    const unknown = await running.admin.post('/v1/sourcing/dry-run', { order, policy: 12 });
    expect(unknown.status).toBe(404);
  });
});
