import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locationAnswer } from '../../src/api/answers.ts';
import { locationRequest, place, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const leeds = '/v1/stock-locations/leeds';

describe('entity tags', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 10 });
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const rename = (name: string, headers: Readonly<Record<string, string>>) =>
    running.admin.put(leeds, locationRequest({ name }), headers);
  const current = async () => {
    const answer = await running.admin.get(leeds);
    return { ...answer.as(locationAnswer), etag: answer.etag };
  };

  it('let exactly one of a hundred edits of one version through', async () => {
    const { etag, version } = await current();
    const edits = Array.from({ length: 100 }, (_, index) => rename(`Edit ${index}`, { 'if-match': etag }));
    const answers = await Promise.all(edits);
    const winners = answers.filter(({ status }) => status === 200);
    const losers = answers.filter(({ status, code }) => status === 412 && code === 'version-mismatch');
    expect([winners.length, losers.length]).toEqual([1, 99]);
    const after = await current();
    expect(after).toMatchObject({ version: version + 1, etag: winners[0]?.etag });
    expect(after.profile).toEqual(winners[0]?.as(locationAnswer).profile);
  });

  it('are strong, and the version of the body', async () => {
    const { etag, version } = await current();
    expect(etag).toBe(`"${version}"`);
    const { version: ofOrder, orderId } = await place(running.admin, 'E-1');
    expect((await running.admin.get(`/v1/orders/${orderId}`)).etag).toBe(`"${ofOrder}"`);
  });

  it('never match when they are weak or only look alike', async () => {
    const { etag, version } = await current();
    for (const tag of [`W/${etag}`, `"0${version}"`, `"${version}.0"`, '"x"', '""', '"NaN"']) {
      expect([tag, (await rename('Weak', { 'if-match': tag })).status]).toEqual([tag, 412]);
    }
    expect((await current()).version).toBe(version);
  });

  it('may be several, or any', async () => {
    const { etag } = await current();
    expect((await rename('Several', { 'if-match': `"999", ${etag}` })).status).toBe(200);
    expect((await rename('Any', { 'if-match': '*' })).status).toBe(200);
  });

  it('are refused when malformed', async () => {
    const { version } = await current();
    for (const tag of [
      `${version}`,
      `'${version}'`,
      `"${version}`,
      `"1" "2"`,
      'w/"1"',
      '"1",',
      `${'"1",'.repeat(500)}"1"`,
    ]) {
      const answer = await rename('Malformed', { 'if-match': tag });
      expect([tag, answer.status, answer.code]).toEqual([tag, 400, 'precondition-invalid']);
    }
    expect((await rename('Malformed', { 'if-none-match': '"1"' })).status).toBe(400);
    expect((await current()).version).toBe(version);
  });

  it('make sure that something is new', async () => {
    const path = '/v1/stock-locations/hull';
    const first = await running.admin.put(path, locationRequest(), { 'if-none-match': '*' });
    const again = await running.admin.put(path, locationRequest({ name: 'Other' }), { 'if-none-match': '*' });
    expect([first.status, again.status, again.code]).toEqual([201, 412, 'version-mismatch']);
  });

  it('spare a client what it has already', async () => {
    const { admin } = running;
    const { orderId } = await place(admin, 'E-2');
    const path = `/v1/orders/${orderId}`;
    const { etag } = await admin.get(path);
    for (const tag of [etag, `W/${etag}`, `"0", ${etag}`, '*']) {
      const answer = await admin.get(path, { 'if-none-match': tag });
      expect([tag, answer.status, answer.text, answer.etag]).toEqual([tag, 304, '', etag]);
    }
    expect((await admin.get(path, { 'if-none-match': '"0"' })).status).toBe(200);
    expect((await admin.get(path, { 'if-none-match': 'bare' })).status).toBe(400);
    await admin.post(`${path}/hold`, { reason: 'Test' });
    expect((await admin.get(path, { 'if-none-match': etag })).status).toBe(200);
  });

  it.each(['/v1/channels/web-uk', leeds])('spare a client what it has already of %s', async (path) => {
    const { etag } = await running.admin.get(path);
    const known = await running.admin.get(path, { 'if-none-match': etag });
    expect([known.status, known.text, known.etag]).toEqual([304, '', etag]);
    expect((await running.admin.get(path, { 'if-none-match': '"0"' })).status).toBe(200);
  });

  it('guard what is done to an order', async () => {
    const { admin } = running;
    const { orderId } = await place(admin, 'E-3');
    const path = `/v1/orders/${orderId}`;
    const { etag } = await admin.get(path);
    const held = await admin.post(`${path}/hold`, { reason: 'Test' }, { 'if-match': etag });
    expect([held.status, held.etag === etag]).toEqual([200, false]);
    const late = await admin.post(`${path}/cancel`, {}, { 'if-match': etag });
    expect([late.status, late.code]).toEqual([412, 'version-mismatch']);
    expect((await admin.post(`${path}/cancel`, {}, { 'if-match': held.etag })).status).toBe(200);
  });

  it('guard a new search for stock, whether or not there is anything to find', async () => {
    const { admin } = running;
    const { orderId } = await place(admin, 'E-4', { lines: [{ sku: 'kettle', quantity: 1, unitPrice: 1_000 }] });
    const path = `/v1/orders/${orderId}`;
    const { etag } = await admin.get(path);
    const held = await admin.post(`${path}/hold`, { reason: 'Test' }, { 'if-match': etag });
    for (const tag of [etag, '"999"', `W/${held.etag}`]) {
      const late = await admin.post(`${path}/source`, undefined, { 'if-match': tag });
      expect([tag, late.status, late.code]).toEqual([tag, 412, 'version-mismatch']);
    }
    expect((await admin.post(`${path}/source`, undefined, { 'if-match': 'bare' })).status).toBe(400);
    const { etag: now } = await admin.post(`${path}/release`);
    expect((await admin.post(`${path}/source`, undefined, { 'if-match': `"999", ${now}` })).status).toBe(200);
    expect((await admin.post(`${path}/source`, undefined, { 'if-match': '*' })).status).toBe(200);
  });
});
