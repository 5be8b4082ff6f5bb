import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderAnswer } from '../../src/api/answers.ts';
import type { Answer } from '../support/api-client.ts';
import { orderRequest, setUp, stockOf } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const key = (value: string) => ({ 'idempotency-key': value });
const receipt = (reference: string, quantity = 1) => ({ reference, lines: [{ sku: 'teapot', quantity }] });
const receipts = '/v1/stock-locations/leeds/receipts';
const essence = ({ status, text, etag, headers }: Answer) => [status, text, etag, headers.get('location')];
const isReplay = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true';

describe('Idempotency-Key', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 100 });
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  it('makes fifty requests at once one, and each is answered as the first or told that it is still running', async () => {
    const { admin } = running;
    const send = () => admin.post('/v1/orders', orderRequest('I-1'), key('one'));
    const answers = await Promise.all(Array.from({ length: 50 }, send));
    const done = answers.filter(({ status }) => status === 201);
    expect(done.filter((answer) => !isReplay(answer))).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === 201) expect(essence(answer)).toEqual(essence(done[0] ?? answer));
      else expect([answer.status, answer.code]).toEqual([409, 'idempotency-key-in-use']);
    }
    expect(await stockOf(admin)).toEqual({ leeds: [100, 2, 98] });
    const later = await send();
    expect(isReplay(later)).toBe(true);
    expect(essence(later)).toEqual(essence(done[0] ?? later));
  });

  it('tells a request that runs still when to come back', async () => {
    const { admin } = running;
    const send = () => admin.post('/v1/orders', orderRequest('I-2'), key('busy'));
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    const busy = answers.filter(({ code }) => code === 'idempotency-key-in-use');
    expect(busy.length).toBeGreaterThan(0);
    expect(busy.every(({ headers }) => headers.get('retry-after') !== null)).toBe(true);
  });

  it('answers as before although things have changed since', async () => {
    const { admin } = running;
    const first = await admin.post('/v1/orders', orderRequest('I-3'), key('changed'));
    const { orderId } = first.as(orderAnswer);
    await admin.post(`/v1/orders/${orderId}/cancel`);
    const again = await admin.post('/v1/orders', orderRequest('I-3'), key('changed'));
    expect(essence(again)).toEqual(essence(first));
    expect(again.as(orderAnswer).status).toBe('allocated');
  });

  it('keeps a refusal as well', async () => {
    const { admin } = running;
    const path = '/v1/stock-locations/leeds/adjustments';
    const body = { reference: 'I-4', reason: 'Test', lines: [{ sku: 'samovar', delta: -1 }] };
    const first = await admin.post(path, body, key('refused'));
    expect(first.code).toBe('stock-below-zero');
    await admin.post(receipts, { reference: 'I-4', lines: [{ sku: 'samovar', quantity: 1 }] });
    const again = await admin.post(path, body, key('refused'));
    expect([again.status, again.code, isReplay(again)]).toEqual([409, 'stock-below-zero', true]);
  });

  it('refuses another body, path or method under the same key, also while the first one runs', async () => {
    const { admin } = running;
    await admin.post(receipts, receipt('I-5'), key('used'));
    const others = [
      await admin.post(receipts, receipt('I-5', 2), key('used')),
      await admin.post('/v1/orders', orderRequest('I-5'), key('used')),
    ];
    expect(others.map(({ status, code }) => [status, code])).toEqual(others.map(() => [422, 'idempotency-key-reused']));
    const both = await Promise.all([
      admin.post(receipts, receipt('I-6'), key('race')),
      admin.post(receipts, receipt('I-7'), key('race')),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
  });

  it('knows a body again in whatever order its members come', async () => {
    const { admin } = running;
    const first = await admin.post(
      receipts,
      { reference: 'I-order', lines: [{ sku: 'teapot', quantity: 1 }] },
      key('o'),
    );
    const again = await admin.post(
      receipts,
      { lines: [{ quantity: 1, sku: 'teapot' }], reference: 'I-order' },
      key('o'),
    );
    expect([again.text, isReplay(again)]).toEqual([first.text, true]);
  });

  it('means something else for another API key', async () => {
    const operators = [await running.issue({ role: 'operator' }), await running.issue({ role: 'operator' })];
    const answers = await Promise.all(
      operators.map((client, index) => client.post(receipts, receipt(`I-8-${index}`), key('shared'))),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers.some(isReplay)).toBe(false);
  });

  it('does not open what the caller may no longer do', async () => {
    const operator = await running.issue({ role: 'operator' });
    await operator.post(receipts, receipt('I-9'), key('gone'));
    await running.admin.delete(`/v1/api-keys/${operator.keyId}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await operator.post(receipts, receipt('I-9'), key('gone'))).status).toBe(401);
  });

  it('may be quoted, as a structured field, or bare', async () => {
    const { admin } = running;
    const bare = await admin.post(receipts, receipt('I-10'), key('quoted'));
    const quoted = await admin.post(receipts, receipt('I-10'), key('"quoted"'));
    expect([isReplay(quoted), quoted.text]).toEqual([true, bare.text]);
  });

  it('must be 1 to 255 printable characters', async () => {
    const { admin } = running;
    for (const value of ['""', 'x'.repeat(256), 'tab\there', 'caf\u00e9']) {
      const answer = await admin.post(receipts, receipt(`I-11-${value.length}`), key(value));
      expect([value, answer.status, answer.code]).toEqual([value, 400, 'idempotency-key-invalid']);
    }
    expect((await admin.post(receipts, receipt('I-12'), key('x'.repeat(255)))).status).toBe(201);
  });

  it('is remembered over a restart', async () => {
    const first = await running.admin.post('/v1/orders', orderRequest('I-13'), key('restart'));
    const before = await stockOf(running.admin);
    await running.stop();
    running = await startService(running.folder);
    const again = await running.admin.post('/v1/orders', orderRequest('I-13'), key('restart'));
    expect([isReplay(again), ...essence(again)]).toEqual([true, ...essence(first)]);
    expect(await stockOf(running.admin)).toEqual(before);
  });
});
