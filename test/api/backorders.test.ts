import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { backorderItem, orderAnswer, sourcingAnswer } from '../../src/api/answers.ts';
import { loadItem } from '../../src/api/location-load.ts';
import { policyAnswer } from '../../src/api/policy-answers.ts';
import { runAnswer } from '../../src/api/sourcing-runs.ts';
import type { Policy } from '../../src/domain/sourcing/policy.ts';
import {
  eventually,
  fulfilmentPath,
  locationRequest,
  type Order,
  place,
  readOrder,
  receive,
  setUp,
} from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const DAY_MS = 86_400_000;
/** Long enough for whatever follows from the log by itself. */
const A_WHILE_MS = 600;

describe('orders that wait, over HTTP', () => {
  let running: RunningService;
  let count = 0;

  const of = (sku: string, quantity = 1) => ({ lines: [{ sku, quantity, unitPrice: 1_000 }] });
  const order = (sku: string, quantity?: number): Promise<Order> => {
    count += 1;
    return place(running.admin, `B-${count}`, of(sku, quantity));
  };
  const statusOf = async (one: Order) => (await readOrder(running.admin, one)).status;
  const statuses = (...orders: readonly Order[]) => Promise.all(orders.map(statusOf));
  const becomes = (one: Order, status: string) =>
    eventually(
      () => statusOf(one),
      (found) => found === status,
    );
  const placesOf = async (one: Order) =>
    (await readOrder(running.admin, one)).fulfilments.map(({ locationId, status }) => [locationId, status]);
  const act = (one: Order, action: string, body?: unknown) =>
    running.admin.post(`/v1/orders/${one.orderId}/${action}`, body);
  const reject = async (one: Order): Promise<Order> =>
    (await running.admin.post(fulfilmentPath(await readOrder(running.admin, one), 'reject'), { reason: 'broken' })).as(
      orderAnswer,
    );
  const aWhile = () => new Promise((resolve) => setTimeout(resolve, A_WHILE_MS));
  const waits = (sku: string, length: number) =>
    eventually(
      async () => (await running.admin.get(`/v1/backorders?sku=${sku}&limit=200`)).items(backorderItem),
      (items) => items.length === length,
    );
  /** A location of its own that can do so much in a day, with five of each SKU. */
  const small = async (locationId: string, fulfilmentsPerDay: number, ...skus: readonly string[]): Promise<void> => {
    await limit(locationId, fulfilmentsPerDay);
    for (const sku of skus) await receive(running.admin, locationId, 5, sku);
    await eventually(
      async () => skus.map((sku) => running.service.availability.holdersOf(sku)),
      (holders) => holders.every((one) => one.includes(locationId)),
    );
  };
  const limit = (locationId: string, fulfilmentsPerDay: number) =>
    running.admin.put(
      `/v1/stock-locations/${locationId}`,
      locationRequest({ name: locationId, capacity: { fulfilmentsPerDay } }),
    );
  const putInForce = async (policy: Policy): Promise<void> => {
    const { version } = (await running.admin.post('/v1/sourcing/policies', { policy })).as(policyAnswer);
    await running.admin.post(`/v1/sourcing/policies/${version}/activate`, {});
    await eventually(
      async () => running.service.sourcing.policyFor('any').version,
      (inForce) => inForce === version,
    );
  };

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 0, york: 0 });
  });
  afterEach(() => void vi.useRealTimers());
  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  it('get a place of the day that is given back, the longest wait first, whatever they wait for', async () => {
    await small('crewe', 1, 'cup', 'saucer', 'spoon');
    const holder = await order('cup');
    const second = await order('saucer');
    const third = await order('spoon');
    expect(await statuses(holder, second, third)).toEqual(['allocated', 'backordered', 'backordered']);
    await act(holder, 'cancel');
    await becomes(second, 'allocated');
    const load = async () => (await running.admin.get('/v1/location-load?locationId=crewe')).items(loadItem);
    expect(await eventually(load, ([day]) => day?.fulfilments === 1)).toHaveLength(1);
    await aWhile();
    expect(await statusOf(third)).toBe('backordered');
  });

  it('get the places that a location can do more', async () => {
    await small('derby', 1, 'fork');
    const [first, second, third] = [await order('fork'), await order('fork'), await order('fork')];
    await limit('derby', 2);
    await becomes(second, 'allocated');
    expect(await statuses(first, third)).toEqual(['allocated', 'backordered']);
  });

  it('get the places of the next day as soon as it has begun at the location', async () => {
    await small('exeter', 1, 'knife');
    const [first, second, third] = [await order('knife'), await order('knife'), await order('knife')];
    await aWhile();
    expect(await statuses(second, third)).toEqual(['backordered', 'backordered']);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DAY_MS });
    await becomes(second, 'allocated');
    const [today, tomorrow] = await Promise.all(
      [first, second].map(async (one) => (await readOrder(running.admin, one)).fulfilments.at(-1)?.dispatchDay ?? ''),
    );
    expect(Date.parse(tomorrow ?? '') - Date.parse(today ?? '')).toBe(DAY_MS);
    expect(await statusOf(third)).toBe('backordered');
  });

  it.each(['hold', 'park'])('get what came meanwhile once nobody holds them any more: %s', async (how) => {
    const waiting = await order(`rare-${how}`, 2);
    if (how === 'hold') await act(waiting, 'hold', { reason: 'fraud check' });
    else {
      const data = { orderId: waiting.orderId, queue: 'review', reason: 'odd' };
      const context = { actor: 'test', channel: null, commandId: 'c', correlationId: 'c', causationId: 'c' };
      await running.service.orders.execute(`order-${waiting.orderId}`, { type: 'ParkOrder', data }, context);
    }
    await waits(`rare-${how}`, 1);
    await receive(running.admin, 'leeds', 5, `rare-${how}`);
    await aWhile();
    expect(await statusOf(waiting)).toBe(how === 'hold' ? 'held' : 'parked');
    await act(waiting, 'release');
    await becomes(waiting, 'allocated');
  });

  it('do not get back what a location rejected, until more of it comes there', async () => {
    await receive(running.admin, 'leeds', 5, 'vase');
    const rejected = await reject(await order('vase', 2));
    expect(rejected).toMatchObject({
      status: 'backordered',
      fulfilments: [{ locationId: 'leeds', status: 'rejected' }],
    });
    await aWhile();
    expect(await readOrder(running.admin, rejected)).toEqual(rejected);
    await receive(running.admin, 'leeds', 1, 'vase');
    await becomes(rejected, 'allocated');
    expect(await placesOf(rejected)).toEqual([
      ['leeds', 'rejected'],
      ['leeds', 'reserved'],
    ]);
  });

  it('are sourced by decisions that tell who rejected them, and that can be made again', async () => {
    for (const locationId of ['leeds', 'york']) await receive(running.admin, locationId, 5, 'plate');
    const rejected = await reject(await order('plate'));
    const [first = '', second = ''] = rejected.fulfilments.map(({ locationId }) => locationId);
    const path = `/v1/orders/${rejected.orderId}/sourcing`;
    const { decisions } = (await running.admin.get(`${path}?location=${first}`)).as(sourcingAnswer);
    expect(decisions.map(({ excluded, plan }) => [excluded, plan.map(({ locationId }) => locationId)])).toEqual([
      [[], [first]],
      [[{ locationId: first, sku: 'plate' }], [second]],
    ]);
    expect(decisions[1]?.whyNot).toMatchObject({ verdict: 'ruled-out', reason: expect.stringContaining('rejected') });
    const replayed = (await running.admin.post(`${path}/replay`, {})).as(z.object({ identical: z.boolean() }));
    expect(replayed.identical).toBe(true);
  });

  it('are not passed on between two locations that reject them, also not by a joint run, but by a person', async () => {
    for (const locationId of ['leeds', 'york']) await receive(running.admin, locationId, 5, 'bowl');
    const rejected = await reject(await reject(await order('bowl')));
    const atBoth = expect.arrayContaining([
      ['leeds', 'rejected'],
      ['york', 'rejected'],
    ]);
    await waits('bowl', 1);
    await aWhile();
    const run = (await running.admin.post('/v1/sourcing/runs', { queue: 'backorders' })).as(runAnswer);
    expect(run.report?.orders.filter(({ orderId }) => orderId === rejected.orderId)).toMatchObject([
      { result: 'waits' },
    ]);
    expect(await placesOf(rejected)).toEqual(atBoth);
    expect(await placesOf(rejected)).toHaveLength(2);
    expect((await act(rejected, 'source')).as(orderAnswer).status).toBe('allocated');
  });

  it('are asked to the last, though hundreds before them have no use for the little that came', async () => {
    await putInForce({ routes: [{ name: 'whole', split: { partial: false } }] });
    await Promise.all(Array.from({ length: 230 }, () => order('tile', 100)));
    const last = await order('tile', 1);
    expect(last.status).toBe('backordered');
    await receive(running.admin, 'leeds', 5, 'tile');
    await becomes(last, 'allocated');
  });
});
