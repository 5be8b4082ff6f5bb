import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuedApiKey, recipientAnswer } from '../../src/api/answers.ts';
import { fulfilmentPath, type Order, orderRequest, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const customer = { name: 'Zebedee Quillfeather', email: 'zebedee.q@canary.example', phone: '+44 7700 900461' };
const destination = { country: 'GB', postcode: 'YO61 9QX', city: 'Quillborough', street: '17 Canary Wynd' };
const canaries = [...Object.values(customer), 'YO61 9QX', 'YO619QX', 'Quillborough', '17 Canary Wynd', 'Quillfeather'];

/** The canaries found in a text or in bytes, whatever the case; JSON escapes nothing in them. */
const found = (content: string): string[] => {
  const lower = content.toLowerCase();
  return canaries.filter((canary) => lower.includes(canary.toLowerCase()));
};

describe('personal data', () => {
  let running: RunningService;
  let order: Order;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 10 });
    const body = orderRequest('D-1', { customer, destination });
    const placed = await running.admin.post('/v1/orders', body, { 'idempotency-key': 'canary' });
    order = placed.body as Order;
    await running.admin.post('/v1/orders', body, { 'idempotency-key': 'canary' });
    await running.admin.post(fulfilmentPath(order, 'pick'));
  });

  afterAll(() => running.stopAndRemove());

  const files = () =>
    readdirSync(running.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  const search = () => files().map((file) => [file, found(readFileSync(file, 'latin1'))] as const);

  it('is shown to whoever sends the parcel, complete', async () => {
    const recipient = (await running.admin.get(`/v1/orders/${order.orderId}/recipient`)).as(recipientAnswer);
    expect(recipient).toMatchObject({ erased: false, customer, destination });
  });

  it('is in no other answer', async () => {
    const paths = ['', '/timeline', '/sourcing'].map((part) => `/v1/orders/${order.orderId}${part}`);
    for (const path of [
      ...paths,
      '/v1/orders',
      '/v1/events?limit=200',
      '/v1/stock-locations/leeds/ledger',
      '/metrics',
    ]) {
      const { status, text } = await running.admin.get(path);
      expect([path, status, found(text)]).toEqual([path, 200, []]);
    }
  });

  it('is in no problem: what was wrong is named, not repeated', async () => {
    const body = { ...orderRequest('D-2', { customer, destination }), method: customer.name, [customer.email]: 1 };
    const { status, text } = await running.admin.post('/v1/orders', body);
    expect(status).toBe(400);
    expect(found(text).filter((canary) => canary !== customer.email)).toEqual([]);
  });

  it('is in no line of the log', () => {
    expect(running.log.length).toBeGreaterThan(5);
    expect(found(running.log.join('\n'))).toEqual([]);
  });

  it('is in no file in clear, neither while the service runs nor afterwards', async () => {
    const dirty = () => search().filter(([, names]) => names.length > 0);
    expect(files().some((file) => file.endsWith('events.db'))).toBe(true);
    expect(files().some((file) => file.endsWith('-wal'))).toBe(true);
    expect(dirty()).toEqual([]);
    await running.stop();
    expect(files().length).toBeGreaterThanOrEqual(2);
    expect(dirty()).toEqual([]);
    running = await startService(running.folder);
    const recipient = await running.admin.get(`/v1/orders/${order.orderId}/recipient`);
    expect(recipient.as(recipientAnswer).customer).toEqual(customer);
  });
});

describe('the secret of an API key', () => {
  it('is in no file in clear, though its answer is kept for an Idempotency-Key', async () => {
    const { admin, folder, stopAndRemove } = await startService();
    const issue = () =>
      admin.post('/v1/api-keys', { name: 'Auditor', role: 'auditor' }, { 'idempotency-key': 'issue-1' });
    const first = await issue();
    const { secret } = first.as(issuedApiKey);
    expect((await issue()).text).toBe(first.text);
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name), 'latin1').includes(secret), name).toBe(false);
    }
    await stopAndRemove();
  });
});
