import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../src/api/all-routes.ts';
import { availabilityAnswer, eventsAnswer, orderAnswer } from '../../src/api/answers.ts';
import type { Answer, Client } from '../support/api-client.ts';
import { locationRequest, orderRequest, place, receive, setUp, stockOf } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const json = { 'content-type': 'application/json' };
const MOST_ANSWER_BYTES = 65_536;

/** The JSON of an order in which one field's value is this raw text. */
const orderWith = (
  field: 'quantity' | 'unitPrice' | 'sku' | 'latitude' | 'name' | 'postcode' | 'street',
  raw: string,
) =>
  JSON.stringify({
    ...orderRequest('H-1'),
    customer: { name: field === 'name' ? '@' : 'Ada' },
    destination: {
      country: 'GB',
      postcode: field === 'postcode' ? '@' : 'SW1A 1AA',
      ...(field === 'street' ? { street: '@' } : {}),
      ...(field === 'latitude' ? { latitude: '@', longitude: 0 } : {}),
    },
    lines: [
      { sku: 'teapot', quantity: 1, ...(field in { quantity: 1, unitPrice: 1, sku: 1 } ? { [field]: '@' } : {}) },
    ],
  }).replace('"@"', () => raw);

describe('hostile input', () => {
  let running: RunningService;
  let admin: Client;
  let before: number;

  const logLength = async () => (await admin.get('/v1/events?limit=200')).as(eventsAnswer).items.length;
  const post = (body: RequestInit['body'], path = '/v1/orders', headers = {}) =>
    admin.send('POST', path, body, { ...json, ...headers });

  /** Refused quickly, briefly, and without effect. */
  const refuses = async (sending: Promise<Answer>, name: string, statuses = [400]) => {
    const started = performance.now();
    const { status, text } = await sending;
    expect(statuses, `${name} was answered ${status} ${text.slice(0, 200)}`).toContain(status);
    expect(text.length, name).toBeLessThan(MOST_ANSWER_BYTES);
    expect(performance.now() - started, name).toBeLessThan(1_000);
  };

  beforeAll(async () => {
    running = await startService();
    admin = running.admin;
    await setUp(admin, { leeds: 5 });
    before = await logLength();
  });

  afterEach(async () => {
    expect((await admin.get('/livez')).status).toBe(200);
    expect(running.errors).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  afterAll(() => running.stopAndRemove());

  it('takes no object that says one thing twice', async () => {
    const twice = JSON.stringify(orderRequest('H-2')).replace('"quantity":', '"quantity":7,"quantity":');
    await refuses(post(twice), twice);
    expect((await post(twice)).text).toContain('two members');
    const long = 'x'.repeat(400_000);
    await refuses(post(`{"${long}":1,"${long}":2}`), 'a long name twice');
    expect(await logLength()).toBe(before);
  });

  it('takes no parameter that a route does not know', async () => {
    for (const { method, path } of routes) {
      const url = `${path.replaceAll(/\{\w+\}/g, '1')}?foo=1`;
      const { status, code, text } = await admin.send(
        method.toUpperCase(),
        url,
        method === 'get' ? undefined : '{}',
        json,
      );
      expect([method, path, status, code], text).toEqual([method, path, 400, 'request-invalid']);
      expect(text, path).toContain('foo');
    }
    expect(await logLength()).toBe(before);
  });

  it('knows no numbers but whole ones in their bounds', async () => {
    const raws = [
      'NaN',
      '1e309',
      '-1e309',
      'Infinity',
      '1.5',
      '0',
      '-0',
      '-1',
      '9007199254740992',
      '1e-9',
      '"1"',
      'null',
      'true',
      '[1]',
      '{}',
      '0x1',
      '01',
      '1_000',
      '{"$gt":0}',
    ];
    for (const raw of raws) await refuses(post(orderWith('quantity', raw)), `quantity ${raw}`);
    for (const raw of ['-1', '0.1', '-0', '"5"']) await refuses(post(orderWith('unitPrice', raw)), `unitPrice ${raw}`);
    for (const raw of ['90.1', '1e309', '"0"', 'null'])
      await refuses(post(orderWith('latitude', raw)), `latitude ${raw}`);
    const most = Number.MAX_SAFE_INTEGER;
    const tooMany = orderRequest('H-2', {
      lines: [
        { sku: 'teapot', quantity: most },
        { sku: 'teapot', quantity: 1 },
      ],
    });
    await refuses(admin.post('/v1/orders', tooMany), 'a sum above 2^53 - 1');
    const tooDear = orderRequest('H-3', { lines: [{ sku: 'teapot', quantity: 2, unitPrice: most }] });
    await refuses(admin.post('/v1/orders', tooDear), 'a worth above 2^53 - 1');
    for (const raw of ['-0', '-1', '0.5', '1e400']) {
      const path = '/v1/stock-locations/leeds/safety-stock/teapot';
      await refuses(admin.send('PUT', path, `{"quantity":${raw}}`, json), `safety stock ${raw}`);
    }
    expect(await logLength()).toBe(before);
  });

  it('refuses text that is not text', async () => {
    for (const field of ['name', 'postcode', 'street'] as const) {
      for (const raw of [
        '"\\u0000"',
        '"a\\u0000b"',
        '"\\ud800"',
        '"a\\udc00b"',
        '"a\\u001bb"',
        '"a\\nb"',
        '{"$ne":""}',
        `"${'x'.repeat(5_000)}"`,
      ]) {
        await refuses(post(orderWith(field, raw)), `${field} ${raw.slice(0, 20)}`);
      }
    }
    for (const raw of [
      '""',
      '" "',
      '"a b"',
      '"../x"',
      '"a\\u0000"',
      `"${'x'.repeat(65)}"`,
      '"\u212a"',
      '"<b>"',
      '"\'--"',
    ]) {
      await refuses(post(orderWith('sku', raw)), `sku ${raw.slice(0, 20)}`);
    }
    const bytes = Buffer.from(orderWith('name', '"A@da"'));
    bytes[bytes.indexOf('@')] = 0xff;
    await refuses(post(bytes), 'invalid UTF-8');
    expect(await logLength()).toBe(before);
  });

  it('refuses bodies that reach for prototypes or operators', async () => {
    const body = JSON.stringify(orderRequest('H-3'));
    for (const name of ['__proto__', 'constructor', 'prototype', '$where', '$gt']) {
      const extra = `"${name}":{"polluted":true,"prototype":{"polluted":true}}`;
      await refuses(post(body.replace('{', () => `{${extra},`)), `${name} in the body`);
      await refuses(
        post(body.replace('"destination":{', (start) => `${start}${extra},`)),
        `${name} in the destination`,
      );
      await refuses(post(body.replace('"lines":[{', (start) => `${start}${extra},`)), `${name} in a line`);
      await refuses(admin.get(`/v1/orders?${encodeURIComponent(name)}=1`), `${name} in the query`);
      await refuses(admin.get(`/v1/orders?status[${encodeURIComponent(name)}]=1`), `${name} as an operator`);
    }
    await refuses(admin.get('/v1/stock-locations/__proto__'), '__proto__ in the path', [400, 404]);
    expect(await logLength()).toBe(before);
  });

  it('refuses bodies that are too deep, too long, too large, compressed, or no object', async () => {
    const deep = 100_000;
    await refuses(post('['.repeat(deep) + ']'.repeat(deep)), 'deep arrays');
    await refuses(post(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`), 'deep objects');
    await refuses(post(orderWith('name', '['.repeat(deep) + ']'.repeat(deep))), 'a deep name');
    const long = (line: string, count: number) => `{"lines":[${Array.from({ length: count }, () => line).join(',')}]}`;
    await refuses(post(long('{"sku":"a","quantity":1}', 100_000)), '100,000 lines', [413]);
    await refuses(post(long('{"sku":"a","quantity":1}', 40_000)), '40,000 lines');
    await refuses(post(long('0', 500_000)), '500,000 zeros');
    await refuses(post(long('{}', 300_000)), '300,000 empty lines');
    const keys = Array.from({ length: 80_000 }, (_, index) => `"k${index}":0`);
    await refuses(post(`{${keys.join(',')}}`), '80,000 fields');
    await refuses(post(gzipSync('x'.repeat(10_000_000)), '/v1/orders', { 'content-encoding': 'gzip' }), 'gzip', [415]);
    for (const raw of ['null', '1', '"x"', '[]', '', '{', '\ufeff', '{"a":1}{"b":2}'])
      await refuses(post(raw), `body ${raw}`);
    for (const raw of ['null', '1', '"x"', '[]'])
      expect((await post(raw)).text).toContain('Invalid input: expected object, received ');
    expect(await logLength()).toBe(before);
  });

  it('does not wait for the rest of a body that is too large', async () => {
    const { port, hostname } = new URL(running.url);
    const headers = { ...json, authorization: 'Bearer sfk_test_administrator', 'content-length': '104857600' };
    const status = await new Promise((resolve, reject) => {
      const sending = httpRequest({ port, hostname, method: 'POST', path: '/v1/orders', headers }, (response) => {
        resolve(response.statusCode);
        sending.destroy();
      });
      sending.on('error', reject);
      sending.write('{');
    });
    expect(status).toBe(413);
  });

  it('survives headers and paths that are too long', async () => {
    await refuses(admin.get(`/v1/orders/${'a'.repeat(10_000)}`), 'a long id');
    await refuses(admin.get(`/v1/events?stream=${'a'.repeat(5_000)}`), 'a long query');
    const { status } = await fetch(`${running.url}/livez`, { headers: { 'x-padding': 'x'.repeat(65_536) } });
    expect(status).toBe(431);
  });

  it('takes names that mean something elsewhere as plain names', async () => {
    for (const locationId of ['constructor', 'toString', 'hasOwnProperty']) {
      expect((await admin.put(`/v1/stock-locations/${locationId}`, locationRequest())).status).toBe(201);
      expect((await receive(admin, locationId, 3, 'valueOf')).status).toBe(201);
    }
    const order = await place(admin, 'constructor', { lines: [{ lineId: 'toString', sku: 'valueOf', quantity: 9 }] });
    expect(order).toMatchObject({ status: 'allocated', channelOrderNumber: 'constructor' });
    expect(Object.values(await stockOf(admin, 'valueOf'))).toEqual([
      [3, 3, 0],
      [3, 3, 0],
      [3, 3, 0],
    ]);
    expect((await admin.get('/v1/availability/isPrototypeOf')).as(availabilityAnswer).available).toBe(0);
    const text = `Zo\u00eb \u{1f98a} 'DROP TABLE --' <script>`;
    const held = await admin.post(`/v1/orders/${order.orderId}/hold`, { reason: text });
    expect(held.as(orderAnswer).status).toBe('held');
    expect((await admin.get(`/v1/orders/${order.orderId}/timeline`)).text).toContain(JSON.stringify(text).slice(1, -1));
  });
});
