import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuedApiKey, orderAnswer } from '../../src/api/answers.ts';
import { policyAnswer } from '../../src/api/policy-answers.ts';
import { eventually, orderRequest, setUp, stockOf } from '../support/api-examples.ts';
import { examplePolicy } from '../support/policies.ts';
import { type RunningService, startService } from '../support/running-service.ts';

/** What must have reached every node. */
const WITHIN_MS = 1_000;

const within = async (isSo: () => Promise<boolean>): Promise<boolean> => {
  const deadline = performance.now() + WITHIN_MS;
  while (performance.now() < deadline) if (await isSo()) return true;
  return isSo();
};

describe('two API nodes and a worker on the same stores', () => {
  let north: RunningService;
  let south: RunningService;
  let worker: RunningService;

  beforeAll(async () => {
    north = await startService(undefined, { role: 'api' });
    south = await startService(north.folder, { role: 'api' });
    worker = await startService(north.folder, { role: 'worker' });
    await setUp(north.admin, { leeds: 100 });
  });

  afterAll(async () => {
    for (const node of [north, south, worker]) expect(node.errors).toEqual([]);
    for (const node of [worker, south, north]) await node.stop();
    rmSync(north.folder, { recursive: true });
  });

  it('takes a key that another node issued, and refuses it once another node has revoked it, within a second', async () => {
    const issued = await north.admin.post('/v1/api-keys', { name: 'Till', role: 'channel', channelId: 'web-uk' });
    const { keyId, secret } = issued.as(issuedApiKey);
    const statusOnSouth = async () => (await south.as(secret).get('/v1/orders')).status;
    expect(await within(async () => (await statusOnSouth()) === 200)).toBe(true);
    await north.admin.delete(`/v1/api-keys/${keyId}`);
    expect(await within(async () => (await statusOnSouth()) === 401)).toBe(true);
  });

  it('knows a channel that was registered on another node within a second', async () => {
    await north.admin.put('/v1/channels/market', { name: 'Market', kind: 'marketplace' });
    const place = () => south.admin.post('/v1/orders', orderRequest('N-1', { channelId: 'market' }));
    expect(await within(async () => (await place()).status < 300)).toBe(true);
  });

  it('sources by a policy that was put into force on another node within a second', async () => {
    const policies = '/v1/sourcing/policies';
    const published = await north.admin.post(policies, { policy: examplePolicy('Known to all nodes') });
    const { version } = published.as(policyAnswer);
    await north.admin.post(`${policies}/${version}/activate`);
    let number = 0;
    const usedOnSouth = async () => {
      number += 1;
      const { orderId } = (await south.admin.post('/v1/orders', orderRequest(`policy-${number}`))).as(orderAnswer);
      const { body } = await south.admin.get(`/v1/orders/${orderId}/sourcing`);
      return JSON.stringify(body).includes(`"version":${version}`);
    };
    expect(await within(usedOnSouth)).toBe(true);
    await north.admin.post(`${policies}/roll-back`, { to: 0, reason: 'Next test' });
  });

  it('shows a key what it wrote on another node', async () => {
    for (let number = 0; number < 20; number++) {
      const [one, other] = number % 2 === 0 ? [north, south] : [south, north];
      const placed = (await one.admin.post('/v1/orders', orderRequest(`own-${number}`))).as(orderAnswer);
      const listed = (await other.admin.get('/v1/orders?channelId=web-uk')).items(orderAnswer);
      expect(listed.map(({ orderId }) => orderId)).toContain(placed.orderId);
    }
  });

  it('waits for a position that another node answered', async () => {
    const { keyId, ...reader } = await north.issue({ role: 'reporting' });
    await within(async () => (await south.as(reader.secret).get('/v1/orders')).status === 200);
    const placed = (await north.admin.post('/v1/orders', orderRequest('N-2'))).as(orderAnswer);
    const path = `/v1/orders?channelId=web-uk&minPosition=${placed.position}`;
    const listed = (await south.as(reader.secret).get(path)).items(orderAnswer);
    expect(listed.map(({ orderId }) => orderId)).toContain(placed.orderId);
    expect(keyId).not.toBe('');
  });

  it('gives one effect and one answer to requests that come to both at once under one Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'both' };
    const lines = [{ sku: 'samovar', quantity: 5 }];
    const send = ({ admin }: RunningService) =>
      admin.post('/v1/stock-locations/leeds/receipts', { reference: 'both', lines }, key);
    const answers = await Promise.all([north, south, north, south].map(send));
    const done = answers.filter(({ status }) => status !== 409);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    expect(await stockOf(north.admin, 'samovar')).toEqual({ leeds: [5, 0, 5] });
  });

  it('leaves to the worker what an API node has only begun', async () => {
    const prefer = { prefer: 'respond-async' };
    const [first, second] = await Promise.all(
      [north, south].map(({ admin }, index) => admin.post('/v1/orders', orderRequest(`A-${index}`), prefer)),
    );
    for (const placed of [first, second]) {
      const path = `/v1/orders/${placed?.as(orderAnswer).orderId}`;
      const read = async () => (await south.admin.get(path)).as(orderAnswer).status;
      expect(await eventually(read, (status) => status === 'allocated')).toBe('allocated');
    }
  });

  it('gives a request one effect that comes to several nodes at once under one Idempotency-Key', async () => {
    const { orderId } = (await north.admin.post('/v1/orders', orderRequest('once'))).as(orderAnswer);
    const cancelOne = ({ admin }: RunningService) =>
      admin.post(
        `/v1/orders/${orderId}/cancel`,
        { lines: [{ lineId: '1', quantity: 1 }] },
        { 'idempotency-key': 'cancel one' },
      );
    const issue = ({ admin }: RunningService) =>
      admin.post('/v1/api-keys', { name: 'Once', role: 'auditor' }, { 'idempotency-key': 'issue one' });
    const nodes = [north, south, north, south];
    for (const send of [cancelOne, issue]) {
      const answers = await Promise.all(nodes.map(send));
      const codes = answers.map(({ status, code }) => (status < 300 ? 'done' : code));
      expect(codes).toContain('done');
      expect(new Set(codes)).toEqual(
        new Set(codes.includes('idempotency-key-in-use') ? ['done', 'idempotency-key-in-use'] : ['done']),
      );
    }
    const again = await Promise.all(nodes.map(cancelOne));
    expect(again.map(({ status, headers }) => [status, headers.get('idempotency-replayed')])).toEqual(
      nodes.map(() => [200, 'true']),
    );
    const read = (await south.admin.get(`/v1/orders/${orderId}`)).as(orderAnswer);
    expect(read.lines.map(({ cancelled }) => cancelled)).toEqual([1]);
    const named = async () => {
      const { items } = (await north.admin.get('/v1/api-keys?limit=200')).body as { items: { name: string }[] };
      return items.filter(({ name }) => name === 'Once').length;
    };
    expect(await eventually(named, (count) => count > 0)).toBe(1);
  });

  it('refuses another body under one Idempotency-Key, whichever node had the first', async () => {
    const key = { 'idempotency-key': 'one body' };
    const adjust = (node: RunningService, reference: string) =>
      node.admin.post(
        '/v1/stock-locations/leeds/receipts',
        { reference, lines: [{ sku: 'kettle', quantity: 1 }] },
        key,
      );
    expect((await adjust(north, 'body-1')).status).toBe(201);
    expect((await adjust(south, 'body-2')).code).toBe('idempotency-key-reused');
  });

  it('lets an administrator retry quarantined events on any node', async () => {
    const retried = await north.admin.post('/v1/quarantine/retry', {});
    expect(retried.body).toEqual({ applied: 0, waiting: 0, suspect: [] });
  });

  it('answers on a worker by its health only', async () => {
    const status = async (path: string) => (await fetch(worker.url + path)).status;
    expect(await status('/livez')).toBe(200);
    expect(await status('/readyz')).toBe(200);
    expect(await status('/metrics')).toBe(200);
    expect((await worker.admin.get('/v1/orders')).code).toBe('route-unknown');
    expect(await status('/openapi.json')).toBe(404);
  });

  it('tells on each node, workers too, how far the read models are behind', async () => {
    for (const { url } of [north, worker]) {
      const lag = async () => {
        const text = await (await fetch(`${url}/metrics`)).text();
        return Number(/^sourcefold_read_model_lag_seconds (.+)$/m.exec(text)?.[1]);
      };
      expect(await eventually(lag, (seconds) => seconds === 0)).toBe(0);
    }
  });

  it('says on each node what it takes part in', async () => {
    const checks = async ({ url }: RunningService): Promise<string[]> => {
      const body = (await (await fetch(`${url}/readyz`)).json()) as { readonly checks: object };
      return Object.keys(body.checks);
    };
    expect(await checks(north)).not.toContain('projector');
    expect(await checks(worker)).toContain('projector');
  });
});

describe('an API node without a worker', () => {
  let alone: RunningService;

  beforeAll(async () => {
    alone = await startService(undefined, { role: 'api' });
    await alone.admin.put('/v1/channels/web-uk', { name: 'Web shop UK', kind: 'web' });
  });
  afterAll(() => alone.stopAndRemove());

  it('says in time that a position is not reached', async () => {
    const placed = (await alone.admin.post('/v1/orders', orderRequest('W-1'))).as(orderAnswer);
    const answer = await alone.admin.get(`/v1/orders?minPosition=${placed.position}`);
    expect([answer.status, answer.code, answer.headers.get('retry-after')]).toEqual([503, 'read-model-behind', '1']);
  });

  it('shows what there is when its own writes do not come', async () => {
    await alone.admin.post('/v1/orders', orderRequest('W-2'));
    expect((await alone.admin.get('/v1/orders')).status).toBe(200);
  });
});
