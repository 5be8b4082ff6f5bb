import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsAnswer } from '../../src/api/answers.ts';
import type { Client } from '../support/api-client.ts';
import { fulfilmentPath, orderRequest, place, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const json = { 'content-type': 'application/json' };

describe('problems', () => {
  let running: RunningService;
  let admin: Client;
  let unknown: string;
  let reporting: Client;

  beforeAll(async () => {
    running = await startService();
    admin = running.admin;
    await setUp(admin, { leeds: 5 });
    const order = await place(admin, 'P-1');
    unknown = order.orderId.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'));
    reporting = await running.issue({ role: 'reporting' });
    await place(admin, 'P-2');
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const logged = async (): Promise<number> => (await admin.get('/v1/events?limit=200')).as(eventsAnswer).items.length;

  /** The request is refused with this problem, and the log is as long as before. */
  const refuses = async (
    status: number,
    code: string,
    request: (client: Client) => Promise<unknown>,
    client = admin,
  ) => {
    const before = await logged();
    expect(await request(client)).toMatchObject({ status, code });
    expect(await logged()).toBe(before);
  };

  it('400: a request of another shape names each wrong field', async () => {
    const body = { ...orderRequest('P-3'), lines: [{ sku: 'teapot', quantity: 0 }], colour: 'blue' };
    await refuses(400, 'request-invalid', (client) => client.post('/v1/orders', body));
    const { body: problem } = await admin.post('/v1/orders', body);
    const { errors } = problem as { errors: { path: string; message: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(['', 'lines.0.quantity']);
    expect(JSON.stringify(errors)).toContain('colour');
    await refuses(400, 'request-invalid', (client) => client.send('POST', '/v1/orders', '{"channelId":', json));
    await refuses(400, 'request-invalid', (client) => client.send('POST', '/v1/orders', undefined, json));
    await refuses(400, 'request-invalid', (client) => client.get('/v1/orders?colour=blue'));
    await refuses(400, 'request-invalid', (client) => client.get('/v1/stock-locations/a%20b'));
    await refuses(400, 'request-invalid', (client) => client.get('/v1/stock-locations/%ff'));
    await refuses(400, 'request-invalid', (client) => client.get('/v1/events?after=junk'));
    const twice = { reference: 'P-4', lines: [1, 2].map((counted) => ({ sku: 'teapot', counted })) };
    await refuses(400, 'request-invalid', (client) => client.post('/v1/stock-locations/leeds/counts', twice));
  });

  it('401: no key, a wrong key, and another scheme are told how to authenticate', async () => {
    for (const client of [running.as(null), running.as('sfk_wrong'), running.as('')]) {
      await refuses(401, 'authentication-required', (one) => one.post('/v1/orders', orderRequest('P-4')), client);
    }
    const basic = await running.as(null).get('/v1/orders', { authorization: 'Basic YWRtaW46YWRtaW4=' });
    expect(basic.status).toBe(401);
    expect(basic.headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  it('403: a role that may not', async () => {
    await refuses(403, 'not-allowed', (client) => client.post('/v1/orders', orderRequest('P-5')), reporting);
    await refuses(403, 'not-allowed', (client) => client.get('/v1/api-keys'), reporting);
  });

  it('404: what there is not', async () => {
    await refuses(404, 'route-unknown', (client) => client.get('/v1/unheard-of'));
    await refuses(404, 'route-unknown', (client) => client.get('/v2/orders'));
    await refuses(404, 'not-found', (client) => client.get(`/v1/orders/${unknown}`));
    await refuses(404, 'not-found', (client) => client.post(`/v1/orders/${unknown}/cancel`));
    await refuses(404, 'not-found', (client) => client.get('/v1/stock-locations/nowhere'));
    await refuses(404, 'not-found', (client) => client.get('/v1/stock-locations/nowhere/inventory'));
    await refuses(404, 'not-found', (client) => client.get('/v1/channels/nobody'));
    const receipt = { reference: 'R', lines: [{ sku: 'teapot', quantity: 1 }] };
    await refuses(404, 'location-unknown', (client) => client.post('/v1/stock-locations/nowhere/receipts', receipt));
    const order = orderRequest('P-6', { channelId: 'nobody' });
    await refuses(404, 'channel-unknown', (client) => client.post('/v1/orders', order));
    const placed = await place(admin, 'P-1');
    const foreign = fulfilmentPath(placed, 'pick').replace(/fulfilments\/[^/]+/, 'fulfilments/unknown');
    await refuses(404, 'fulfilment-unknown', (client) => client.post(foreign));
  });

  it('405: a method that the resource does not know, with those it does', async () => {
    await refuses(405, 'method-not-allowed', (client) => client.delete('/v1/orders'));
    const answer = await admin.send('PATCH', '/v1/orders', undefined, {});
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
    expect((await admin.send('HEAD', '/v1/orders', undefined, {})).status).toBe(200);
    const writeOnly = await admin.get('/v1/promises');
    expect([writeOnly.status, writeOnly.headers.get('allow')]).toEqual([405, 'POST']);
    const readOnly = ['/livez', '/readyz', '/metrics', '/openapi.json', '/docs', '/docs/start.js', '/problems'];
    for (const path of [...readOnly, '/docs/swagger-ui.css', '/problems/not-found']) {
      const refused = await admin.post(path, {});
      expect([path, refused.status, refused.headers.get('allow')]).toEqual([path, 405, 'GET, HEAD']);
    }
  });

  it('409: what a rule refuses, with the figures behind it', async () => {
    const base = '/v1/stock-locations/leeds';
    const adjust = (delta: number) => ({ reference: `A${delta}`, reason: 'Test', lines: [{ sku: 'teapot', delta }] });
    const count = { reference: 'C', lines: [{ sku: 'teapot', counted: 3 }] };
    await refuses(409, 'stock-below-zero', (client) => client.post(`${base}/adjustments`, adjust(-6)));
    await refuses(409, 'stock-below-reserved', (client) => client.post(`${base}/adjustments`, adjust(-2)));
    await refuses(409, 'stock-below-reserved', (client) => client.post(`${base}/counts`, count));
    const { body } = await admin.post(`${base}/adjustments`, adjust(-2));
    expect(body).toMatchObject({ sku: 'teapot', onHand: 5, reserved: 4 });
    const receipt = (quantity: number) => ({ reference: 'R-one', lines: [{ sku: 'kettle', quantity }] });
    expect((await admin.post(`${base}/receipts`, receipt(1))).status).toBe(201);
    expect((await admin.post(`${base}/receipts`, receipt(1))).status).toBe(200);
    await refuses(409, 'reference-reused', (client) => client.post(`${base}/receipts`, receipt(2)));
    const big = { reference: 'R-big', lines: [{ sku: 'kettle', quantity: Number.MAX_SAFE_INTEGER }] };
    await refuses(409, 'too-many-units', (client) => client.post(`${base}/receipts`, big));
  });

  it('412: a version that has passed', async () => {
    const profile = { name: 'Web shop UK', kind: 'web' };
    await refuses(412, 'version-mismatch', (client) =>
      client.put('/v1/channels/web-uk', profile, { 'if-match': '"9"' }),
    );
  });

  it('413: a body over 1 MiB', async () => {
    const body = JSON.stringify({ ...orderRequest('P-7'), padding: 'x'.repeat(1_048_577) });
    await refuses(413, 'request-too-large', (client) => client.send('POST', '/v1/orders', body, json));
  });

  it('415: a body that is not JSON in UTF-8', async () => {
    const body = JSON.stringify(orderRequest('P-8'));
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1', '']) {
      await refuses(415, 'media-type-unsupported', (client) =>
        client.send('POST', '/v1/orders', body, { 'content-type': type }),
      );
    }
    for (const charset of ['utf-16', 'UTF-16LE', '"utf-32"']) {
      const utf16 = Buffer.from(body, 'utf16le');
      await refuses(415, 'media-type-unsupported', (client) =>
        client.send('POST', '/v1/orders', utf16, { 'content-type': `application/json; charset=${charset}` }),
      );
    }
    const zipped = { ...json, 'content-encoding': 'gzip' };
    await refuses(415, 'media-type-unsupported', (client) => client.send('POST', '/v1/orders', body, zipped));
  });

  it('422: an Idempotency-Key that was used for something else', async () => {
    const key = { 'idempotency-key': 'P-9' };
    expect((await admin.post('/v1/orders', orderRequest('P-9'), key)).status).toBe(201);
    await refuses(422, 'idempotency-key-reused', (client) => client.post('/v1/orders', orderRequest('P-10'), key));
  });

  it('names the occurrence of each problem, of a repeated one too', async () => {
    const cancel = () => admin.post('/v1/orders/none/cancel', {}, { 'idempotency-key': 'P-11' });
    const answers = [await cancel(), await cancel(), await admin.get('/v1/orders/none')];
    for (const { body, headers } of answers)
      expect(body).toMatchObject({ code: 'not-found', instance: `urn:uuid:${headers.get('x-request-id')}` });
  });
});
