import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { policyAnswer } from '../../src/api/policy-answers.ts';
import { simulationAnswer, simulationItem, startedSimulation } from '../../src/api/simulation-answers.ts';
import { simulationStream } from '../../src/domain/simulation.ts';
import { policyHash } from '../../src/domain/sourcing/policy.ts';
import type { Client } from '../support/api-client.ts';
import { eventually, locationRequest, place, readOrder, receive, setUp, stockOf } from '../support/api-examples.ts';
import { examplePolicy } from '../support/policies.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const path = '/v1/simulations';
const oneBox = examplePolicy('One box', { split: { mode: 'never' } });
const builtIn = { name: 'as it is', policy: 0 };
const twoLines = {
  lines: [
    { sku: 'teapot', quantity: 1, unitPrice: 1_250 },
    { sku: 'kettle', quantity: 1, unitPrice: 3_000 },
  ],
};

type Answer = z.output<typeof simulationAnswer>;

describe('simulations', () => {
  let running: RunningService;
  let operator: Client & { readonly keyId: string };

  beforeAll(async () => {
    running = await startService();
    const { admin } = running;
    operator = await running.issue({ role: 'operator' });
    await setUp(admin, { leeds: 10 });
    await admin.put('/v1/stock-locations/york', locationRequest({ name: 'York' }));
    await receive(admin, 'york', 10, 'kettle');
    // Leeds has teapots, York kettles: what asks for both is split.
    for (const number of ['1', '2', '3']) await place(admin, number, twoLines);
    await place(admin, '4');
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const read = async (simulationId: string, client: Client = operator): Promise<Answer> =>
    (await client.get(`${path}/${simulationId}`)).as(simulationAnswer);
  const start = async (body: object): Promise<string> =>
    (await operator.post(path, body)).as(startedSimulation).simulationId;
  const ended = (simulationId: string): Promise<Answer> =>
    eventually(
      () => read(simulationId),
      ({ status }) => status !== 'running',
    );

  it('compare policies, stated or published, with what really happened', async () => {
    const policy = examplePolicy('Published, one box', { split: { mode: 'never' } });
    const published = (await operator.post('/v1/sourcing/policies', { policy })).as(policyAnswer);
    const variants = [builtIn, { name: 'stated', policy: oneBox }, { name: 'published', policy: published.version }];
    const { status, result, ...asked } = await ended(await start({ variants }));
    expect(status).toBe('completed');
    expect(asked.variants).toEqual([
      expect.objectContaining({ name: 'as it is', version: 0 }),
      { name: 'stated', version: -1, hash: policyHash(oneBox) },
      { name: 'published', version: published.version, hash: policyHash(policy) },
    ]);
    expect(result?.baseline).toMatchObject({ orders: 4, unitsFilled: 8, fulfilments: 7, splitRate: 0.75 });
    const [same, stated, alike] = result?.variants ?? [];
    expect(same).toMatchObject({ kpis: result?.baseline, ordersChanged: 0, changed: [] });
    expect(stated).toMatchObject({
      kpis: { orders: 4, splitRate: 0, fulfilments: 4, unitsFilled: 5, unitsWaiting: 3 },
      ordersChanged: 3,
    });
    expect(stated?.changed).toHaveLength(3);
    expect(alike).toMatchObject({ kpis: stated?.kpis, changed: stated?.changed });
  });

  it('are under way from the moment they are asked for, and say so', async () => {
    const answer = await operator.post(path, { variants: [builtIn] });
    const { simulationId, status } = answer.as(startedSimulation);
    expect([answer.status, status, answer.headers.get('location')]).toEqual([
      202,
      'running',
      `${path}/${simulationId}`,
    ]);
    expect(await ended(simulationId)).toMatchObject({ simulationId, status: 'completed' });
  });

  it('begin once, however often the request is sent', async () => {
    const send = () => operator.post(path, { variants: [builtIn] }, { 'idempotency-key': 'simulate-once' });
    const [first, again] = [await send(), await send()];
    expect(again.as(startedSimulation)).toEqual(first.as(startedSimulation));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('take the orders of the period alone', async () => {
    const between = { from: '2020-01-01T00:00:00Z', to: '2020-02-01T01:00:00+01:00' };
    const { from, to, result } = await ended(await start({ ...between, variants: [builtIn] }));
    expect([from, to]).toEqual(['2020-01-01T00:00:00.000Z', '2020-02-01T00:00:00.000Z']);
    expect(result?.baseline).toMatchObject({ orders: 0, splitRate: null, promiseKept: null });
    const reversed = await operator.post(path, { from: between.to, to: between.from, variants: [builtIn] });
    expect([reversed.status, reversed.code]).toEqual([400, 'request-invalid']);
  });

  it('touch no stock and no order, and record nothing but themselves', async () => {
    const order = await readOrder(running.admin, await place(running.admin, '5', twoLines));
    const stock = await stockOf(running.admin);
    const before = await newestPosition();
    const simulationId = await start({ variants: [{ name: 'one', policy: oneBox }] });
    await ended(simulationId);
    await running.service.simulations.idle();
    expect(await stockOf(running.admin)).toEqual(stock);
    expect(await readOrder(running.admin, order)).toEqual(order);
    expect(await streamsSince(before)).toEqual([simulationStream(simulationId)]);
  });

  it('leave in the log who asked for which policies, and what the result was', async () => {
    const simulationId = await start({ variants: [{ name: 'one', policy: oneBox }] });
    const { result } = await ended(simulationId);
    const recorded = await running.service.simulations.read(simulationId);
    expect(recorded).toMatchObject({ request: { variants: [{ name: 'one', policy: oneBox }] } });
    const [requested, completed] = await eventsOf(simulationStream(simulationId));
    expect([requested?.type, JSON.parse(requested?.metadata ?? '').actor]).toEqual([
      'SimulationRequested',
      operator.keyId,
    ]);
    expect(completed?.type).toBe('SimulationCompleted');
    expect(JSON.parse(completed?.data ?? '')).toEqual({ simulationId, digest: hash('sha256', JSON.stringify(result)) });
  });

  it('are listed newest first, in pages', async () => {
    const ids = [await start({ variants: [builtIn] }), await start({ variants: [builtIn] })];
    const first = await operator.get(`${path}?limit=1`);
    const [newest] = first.items(simulationItem);
    expect(newest).toMatchObject({ simulationId: ids[1], requestedBy: operator.keyId });
    const { nextCursor } = first.body as { nextCursor: string };
    const [before] = (await operator.get(`${path}?limit=1&cursor=${nextCursor}`)).items(simulationItem);
    expect(before?.simulationId).toBe(ids[0]);
    const completed = await eventually(
      async () => (await operator.get(`${path}?limit=1`)).items(simulationItem)[0],
      (item) => item?.status === 'completed',
    );
    expect(completed?.simulationId).toBe(ids[1]);
  });

  it('come with a report to look at, which may load and run nothing', async () => {
    const variants = [{ name: '<b>one box</b>', policy: oneBox }];
    const simulationId = await start({ variants });
    await ended(simulationId);
    const { status, headers, text } = await operator.get(`${path}/${simulationId}/report`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^;]+';/);
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(text).toMatch(/^<!doctype html>[\s\S]*split rate[\s\S]*<\/html>\s*$/);
    expect(text).toContain('&lt;b&gt;one box&lt;/b&gt;');
    expect(text).not.toContain('<b>one box');
  });

  it('are started by those who plan, and read by all who report and audit', async () => {
    const simulationId = await start({ variants: [builtIn] });
    await ended(simulationId);
    for (const role of ['auditor', 'reporting'] as const) {
      const client = await running.issue({ role });
      expect((await read(simulationId, client)).status).toBe('completed');
      expect((await client.get(`${path}/${simulationId}/report`)).status).toBe(200);
      expect((await client.get(path)).status).toBe(200);
      expect((await client.post(path, { variants: [builtIn] })).code).toBe('not-allowed');
    }
    const channel = await running.issue({ role: 'channel', channelId: 'web-uk' });
    for (const one of [path, `${path}/${simulationId}`, `${path}/${simulationId}/report`])
      expect((await channel.get(one)).code).toBe('not-allowed');
  });

  it('are unknown where nobody asked for them', async () => {
    for (const suffix of ['', '/report']) {
      const { status, code } = await operator.get(`${path}/00000000-0000-7000-8000-000000000000${suffix}`);
      expect([status, code]).toEqual([404, 'simulation-unknown']);
    }
  });

  it('are refused with everything that is wrong with a policy, and for a version that there is not', async () => {
    const faulty = await operator.post(path, { variants: [builtIn, { name: 'none', policy: { routes: [] } }] });
    expect([faulty.status, faulty.code]).toEqual([422, 'policy-invalid']);
    expect(faulty.body).toMatchObject({ faults: [{ path: 'routes' }] });
    const unknown = await operator.post(path, { variants: [{ name: 'later', policy: 99 }] });
    expect([unknown.status, unknown.code]).toEqual([404, 'policy-unknown']);
  });

  it('are refused where the policies together are too large to be recorded', async () => {
    const notIn = Array.from({ length: 1_000 }, (_, index) => `a-location-with-a-name-that-is-rather-long-${index}`);
    const large = examplePolicy('Large', { fences: Array.from({ length: 3 }, () => ({ type: 'location', notIn })) });
    const { version } = (await operator.post('/v1/sourcing/policies', { policy: large })).as(policyAnswer);
    const variantsOf = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ name: `${index}`, policy: version }));
    const refused = await operator.post(path, { variants: variantsOf(8) });
    expect([refused.status, refused.code]).toEqual([413, 'request-too-large']);
    expect((await ended(await start({ variants: variantsOf(4) }))).status).toBe('completed');
  });

  it.each([
    ['without a variant', { variants: [] }],
    ['with a name used twice', { variants: [builtIn, builtIn] }],
    [
      'with too many variants',
      { variants: Array.from({ length: 9 }, (_, index) => ({ ...builtIn, name: `${index}` })) },
    ],
    ['with an instant that is none', { from: 'yesterday', variants: [builtIn] }],
  ])('are refused %s', async (_case, body) => {
    const { status, code } = await operator.post(path, body);
    expect([status, code]).toEqual([400, 'request-invalid']);
  });

  const newestPosition = async (): Promise<string | null> => {
    await running.service.simulations.idle();
    for await (const { position } of running.service.eventStore.readAll({ direction: 'backwards', limit: 1 }))
      return position;
    return null;
  };

  const streamsSince = async (after: string | null): Promise<string[]> => {
    const streams = new Set<string>();
    for await (const { stream } of running.service.eventStore.readAll({ after })) streams.add(stream);
    return [...streams];
  };

  const eventsOf = async (stream: string) => {
    const events: { type: string; data: string; metadata: string }[] = [];
    for await (const event of running.service.eventStore.readStream(stream)) events.push(event);
    return events;
  };
});

describe('a simulation whose node ends', () => {
  it('is interrupted, does not hold the node up, and leaves no error', async () => {
    const first = await startService();
    await setUp(first.admin, { leeds: 10 });
    await place(first.admin, '1');
    const ids: string[] = [];
    for (let number = 0; number < 3; number++) {
      const answer = await first.admin.post(path, { variants: [builtIn] });
      ids.push(answer.as(startedSimulation).simulationId);
    }
    await first.stop();
    expect(first.errors).toEqual([]);
    const second = await startService(first.folder);
    const statusOf = async (id: string | undefined) =>
      (await second.admin.get(`${path}/${id}`)).as(simulationAnswer).status;
    expect(await statusOf(ids[2])).toBe('interrupted');
    await second.caughtUp();
    const listed = (await second.admin.get(path)).items(simulationItem);
    expect(listed.find(({ simulationId }) => simulationId === ids[2])?.status).toBe('interrupted');
    expect((await second.admin.get(`${path}/${ids[2]}/report`)).code).toBe('not-found');
    await second.stopAndRemove();
  });

  it('fails where the history cannot be read, and says at which event', async () => {
    const running = await startService();
    await setUp(running.admin, { leeds: 10 });
    const event = {
      id: '018f2a3b-0000-7000-8000-000000000001',
      type: 'ItemLaunchedIntoOrbit',
      schemaVersion: 1,
      ...{ data: '{}', metadata: '{}', hash: '0'.repeat(64) },
    };
    await running.service.eventStore.append('item-rocket', 0, [event]);
    const answer = await running.admin.post(path, { variants: [builtIn] });
    const { simulationId } = answer.as(startedSimulation);
    const failed = await eventually(
      async () => (await running.admin.get(`${path}/${simulationId}`)).as(simulationAnswer),
      ({ status }) => status !== 'running',
    );
    expect(failed.status).toBe('failed');
    expect(failed.reason).toMatch(/^item-rocket cannot be read at version 1/);
    await running.stopAndRemove();
  });
});
