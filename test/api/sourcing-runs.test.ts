import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parkedItem } from '../../src/api/answers.ts';
import { policyAnswer } from '../../src/api/policy-answers.ts';
import { runAnswer, runItem } from '../../src/api/sourcing-runs.ts';
import { startScheduledRuns } from '../../src/application/scheduled-runs.ts';
import type { Policy } from '../../src/domain/sourcing/policy.ts';
import { eventually, locationRequest, type Order, place, readOrder, receive, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const policies = '/v1/sourcing/policies';
const runs = '/v1/sourcing/runs';

describe('sourcing runs', () => {
  let running: RunningService;

  /** What nobody has waits for a person, who lets a run share out what has come. */
  const policy = (queue: string, more: Partial<Policy> = {}): Policy => ({
    routes: [{ name: 'all', otherwise: { do: 'park', queue } }],
    ...more,
  });
  const putInForce = async (body: Policy) => {
    const { version } = (await running.admin.post(policies, { policy: body })).as(policyAnswer);
    await running.admin.post(`${policies}/${version}/activate`, {});
    await eventually(
      async () => running.service.sourcing.policyFor('any').version,
      (inForce) => inForce === version,
    );
  };
  const parkedIn = async (queue: string) =>
    (await running.admin.get(`/v1/parked-orders?queue=${queue}`)).items(parkedItem).map(({ orderId }) => orderId);
  const start = async (body: object) => (await running.admin.post(runs, body)).as(runAnswer);
  const line = (sku: string) => ({ sku, quantity: 1, unitPrice: 1_000 });

  /** Two orders: one for a teapot, then one for a teapot and a kettle. Leeds, which is cheap, then gets one of each. */
  const twoParked = async (name: string): Promise<readonly [Order, Order]> => {
    const [teapot, kettle] = [line(`teapot-${name}`), line(`kettle-${name}`)];
    const first = await place(running.admin, `${name}-1`, { lines: [teapot] });
    const second = await place(running.admin, `${name}-2`, { lines: [teapot, kettle] });
    await eventually(
      () => parkedIn(name),
      ({ length }) => length === 2,
    );
    for (const { sku } of [teapot, kettle]) await receive(running.admin, 'leeds', 1, sku);
    await receive(running.admin, 'york', 1, teapot.sku);
    await eventually(
      async () => [
        running.service.availability.holdersOf(kettle.sku),
        running.service.availability.holdersOf(teapot.sku),
      ],
      (holders) => holders.every(({ length }) => length > 0),
    );
    return [first, second];
  };
  const statusOf = async (order: Order) => (await readOrder(running.admin, order)).status;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 0 });
    const dear = locationRequest({ name: 'York', costs: { perParcel: 5_000, perUnit: 20 } });
    await running.admin.put('/v1/stock-locations/york', dear);
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  it('source the orders of a queue together, and tell what each would have come to one by one', async () => {
    await putInForce(policy('scarce'));
    const [first, second] = await twoParked('scarce');
    const { report, ...run } = await start({ queue: 'scarce' });
    expect(run).toMatchObject({ queue: 'scarce', limit: 500, dryRun: false, scheduled: false, status: 'completed' });
    expect(report).toMatchObject({ before: { unfilled: 0, fulfilments: 3 }, after: { unfilled: 0, fulfilments: 2 } });
    expect(report?.bound).toBe(report?.after.objective[0]);
    expect(report?.orders.map(({ orderId, result }) => [orderId, result])).toEqual([
      [first.orderId, 'sourced'],
      [second.orderId, 'sourced'],
    ]);
    const places = await Promise.all(
      [first, second].map(async (one) =>
        (await readOrder(running.admin, one)).fulfilments.map(({ locationId, status }) => [locationId, status]),
      ),
    );
    expect(places).toEqual([[['york', 'reserved']], [['leeds', 'reserved']]]);
    await eventually(
      () => parkedIn('scarce'),
      ({ length }) => length === 0,
    );
  });

  it('that are dry change nothing but the history of runs', async () => {
    await putInForce(policy('dry'));
    const orders = await twoParked('dry');
    const dry = await start({ queue: 'dry', dryRun: true });
    expect(dry.report?.orders.map(({ result }) => result)).toEqual(['planned', 'planned']);
    expect(await Promise.all(orders.map(statusOf))).toEqual(['parked', 'parked']);
    const history = () => running.admin.get(`${runs}?queue=dry`);
    const items = (await history()).items(runItem);
    expect(items.map(({ runId, totals }) => [runId, totals?.orders])).toEqual([[dry.runId, 2]]);
    const read = (await running.admin.get(`${runs}/${dry.runId}`)).as(runAnswer);
    expect(read).toEqual(dry);
    expect((await running.admin.get(`${runs}/nobody`)).code).toBe('sourcing-run-unknown');
  });

  it('say so where nobody was waiting', async () => {
    const { runId, status, note, report } = await start({ queue: 'nope' });
    expect([status, note, report?.orders]).toEqual(['completed', 'No order was waiting to be sourced in "nope".', []]);
    expect((await running.admin.get(`${runs}/${runId}`)).as(runAnswer).note).toBe(note);
  });

  it('leave in its queue what there is nothing for, and what somebody holds', async () => {
    await putInForce(policy('empty'));
    const lonely = await place(running.admin, 'empty-1', { lines: [line('nowhere')] });
    const held = await place(running.admin, 'empty-2', { lines: [line('nowhere')] });
    await running.admin.post(`/v1/orders/${held.orderId}/hold`, { reason: 'payment' });
    await eventually(
      () => parkedIn('empty'),
      ({ length }) => length === 2,
    );
    const { report, note } = await start({ queue: 'empty' });
    expect(note).toBeUndefined();
    expect(report?.orders).toMatchObject([{ orderId: lonely.orderId, result: 'waits', after: { unfilled: 1 } }]);
    expect(await statusOf(lonely)).toBe('parked');
  });

  it('begin by themselves when the policy says so and orders wait, and again when it is time', async () => {
    await putInForce(policy('nightly', { runs: [{ queue: 'nightly', everyMinutes: 60 }] }));
    const orders = await twoParked('nightly');
    const started = async () => (await running.admin.get(`${runs}?queue=nightly`)).items(runItem);
    const begun = vi.fn(running.service.sourcingRuns.start);
    const at = (minutes: number) => ({
      ...running.service,
      sourcingRuns: { ...running.service.sourcingRuns, start: begun },
      now: () => new Date(Date.now() + minutes * 60_000),
    });
    await startScheduledRuns(at(0));
    expect(await Promise.all(orders.map(statusOf))).toEqual(['allocated', 'allocated']);
    const [first, ...none] = await eventually(started, ({ length }) => length > 0);
    expect([first, none]).toMatchObject([{ scheduled: true, startedBy: 'system:schedule', limit: 1_000 }, []]);
    const late = await place(running.admin, 'nightly-3', { lines: [line('nowhere')] });
    await eventually(
      () => parkedIn('nightly'),
      (parked) => parked.includes(late.orderId),
    );
    await startScheduledRuns(at(50));
    expect(begun).toHaveBeenCalledTimes(1);
    await startScheduledRuns(at(61));
    expect(begun).toHaveBeenCalledTimes(2);
    expect(await eventually(started, ({ length }) => length > 1)).toHaveLength(2);
  });

  it('are for operators to start, and for those who audit and report to read', async () => {
    const auditor = await running.issue({ role: 'auditor' });
    expect((await auditor.post(runs, { queue: 'scarce' })).status).toBe(403);
    expect((await auditor.get(runs)).status).toBe(200);
  });
});
