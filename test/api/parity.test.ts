import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dryRunAnswer } from '../../src/api/dry-run.ts';
import { loadItem } from '../../src/api/location-load.ts';
import { policyAnswer } from '../../src/api/policy-answers.ts';
import { runAnswer, runItem } from '../../src/api/sourcing-runs.ts';
import { cancelOverdueOrders } from '../../src/application/overdue-orders.ts';
import type { Policy, Route } from '../../src/domain/sourcing/policy.ts';
import {
  eventually,
  fulfilmentPath,
  locationRequest,
  type Order,
  orderRequest,
  place,
  readOrder,
  receive,
  setUp,
} from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const DAY_MS = 86_400_000;

describe('parity with the field, over HTTP', () => {
  let running: RunningService;
  let orders = 0;

  /** Leeds is cheap, York is dear; `sku` is at both. */
  const stocked = async (sku: string, quantity = 10): Promise<void> => {
    for (const locationId of ['leeds', 'york']) await receive(running.admin, locationId, quantity, sku);
    await eventually(
      async () => running.service.availability.network([sku]).available,
      ([row = []]) => row.every((units) => units === quantity),
    );
  };
  const order = (sku: string, overrides: Parameters<typeof orderRequest>[1] = {}): Promise<Order> => {
    orders += 1;
    return place(running.admin, `P-${orders}`, { lines: [{ sku, quantity: 2, unitPrice: 1_000 }], ...overrides });
  };
  const placesOf = async (one: Order): Promise<string[]> =>
    (await readOrder(running.admin, one)).fulfilments
      .filter(({ status }) => status !== 'rejected')
      .map(({ locationId }) => locationId);
  const putInForce = async (route: Partial<Route>): Promise<void> => {
    const policy: Policy = { routes: [{ name: 'all', ...route }] };
    const { version } = (await running.admin.post('/v1/sourcing/policies', { policy })).as(policyAnswer);
    await running.admin.post(`/v1/sourcing/policies/${version}/activate`, {});
    await eventually(
      async () => running.service.sourcing.policyFor('any').version,
      (inForce) => inForce === version,
    );
  };
  const putLeeds = (overrides: Parameters<typeof locationRequest>[0] = {}) =>
    running.admin.put('/v1/stock-locations/leeds', locationRequest({ name: 'Leeds', ...overrides }));

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 0 });
    const costs = { perParcel: 900, perUnit: 20 };
    await running.admin.put('/v1/stock-locations/york', locationRequest({ name: 'York', costs }));
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  it('capacity per day', async () => {
    await stocked('vase');
    await putLeeds({ capacity: { fulfilmentsPerDay: 1 } });
    await putInForce({ fences: [{ type: 'capacity' }] });
    expect(await placesOf(await order('vase'))).toEqual(['leeds']);
    expect(await placesOf(await order('vase'))).toEqual(['york']);
    const loads = await eventually(
      async () => (await running.admin.get('/v1/location-load?locationId=leeds')).items(loadItem),
      ({ length }) => length > 0,
    );
    expect(loads).toMatchObject([{ locationId: 'leeds', fulfilments: 1, capacity: 1 }]);
    const [{ day = '' } = {}] = loads;
    expect((await running.admin.get(`/v1/location-load?day=${day}`)).items(loadItem)).toEqual(loads);
    await putLeeds();
  });

  it('safety stock at location', async () => {
    await stocked('urn');
    await running.admin.put('/v1/stock-locations/leeds/safety-stock/urn', { quantity: 9 });
    await eventually(
      async () => running.service.availability.network(['urn']).available,
      ([row = []]) => row.includes(1),
    );
    await putInForce({ split: { mode: 'never' } });
    expect(await placesOf(await order('urn'))).toEqual(['york']);
  });

  it('refusing location excluded for a time', async () => {
    await stocked('lamp');
    await putInForce({ fences: [{ type: 'recentRefusal', hours: 1 }] });
    const first = await order('lamp');
    expect(await placesOf(first)).toEqual(['leeds']);
    await running.admin.post(fulfilmentPath(first, 'reject'), { reason: 'broken' });
    expect(await placesOf(first)).toEqual(['york']);
    expect(await placesOf(await order('lamp'))).toEqual(['york']);
    await putInForce({});
    expect(await placesOf(await order('lamp'))).toEqual(['leeds']);
  });

  it('next route / queue / auto-cancel after days', async () => {
    await putInForce({ otherwise: { do: 'park', queue: 'buyers', cancelAfterDays: 3 } });
    const placedAt = new Date(Date.now() - 2 * DAY_MS).toISOString();
    const { orderId } = await order('nowhere', { placedAt });
    const parked = z.object({ orderId: z.string(), cancelAt: z.string() });
    const [waiting] = await eventually(
      async () => (await running.admin.get('/v1/parked-orders?queue=buyers')).items(parked.loose()),
      ({ length }) => length > 0,
    );
    expect(waiting).toMatchObject({ orderId, cancelAt: new Date(Date.parse(placedAt) + 3 * DAY_MS).toISOString() });
    const cancelAt = async (now: number): Promise<string> => {
      const { signal } = new AbortController();
      const onStuck = (stuck: string) => expect.fail(`${stuck} is stuck`);
      await cancelOverdueOrders({ ...running.service, now: () => new Date(now), onStuck, signal });
      return (await readOrder(running.admin, { orderId })).status;
    };
    expect(await cancelAt(Date.now())).toBe('parked');
    expect(await cancelAt(Date.now() + 2 * DAY_MS)).toBe('cancelled');
  });

  it('dry run', async () => {
    await stocked('jug');
    const {
      channelId: _channelId,
      channelOrderNumber: _number,
      ...asked
    } = orderRequest('none', {
      lines: [{ sku: 'jug', quantity: 2, unitPrice: 1_000 }],
    });
    const answer = await running.admin.post('/v1/sourcing/dry-run', { order: asked });
    expect(answer.as(dryRunAnswer)).toMatchObject({ outcome: 'planned', plan: [{ locationId: 'leeds' }] });
    expect(running.service.availability.network(['jug']).available).toEqual([[10, 10]]);
  });

  it('run history', async () => {
    const { runId } = (await running.admin.post('/v1/sourcing/runs', { queue: 'buyers' })).as(runAnswer);
    const items = await eventually(
      async () => (await running.admin.get('/v1/sourcing/runs')).items(runItem),
      ([newest]) => newest?.status === 'completed',
    );
    expect(items).toMatchObject([{ runId, queue: 'buyers', startedBy: 'admin' }]);
  });
});
