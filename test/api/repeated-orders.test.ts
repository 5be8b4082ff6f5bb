import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderAnswer } from '../../src/api/answers.ts';
import { orderRequest, place, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const customer = { name: 'Ada Example', email: 'ada@example.org' };
const destination = { country: 'GB', postcode: 'SW1A 1AA', city: 'London', street: '1 Example Street' };

describe('the same channel order again', () => {
  let running: RunningService;

  const repeat = async (overrides: Parameters<typeof orderRequest>[1]) => {
    const { status, code } = await running.admin.post(
      '/v1/orders',
      orderRequest('R-1', { customer, destination, ...overrides }),
    );
    return [status, code];
  };

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 100 });
    await place(running.admin, 'R-1', { customer, destination });
  });

  afterAll(() => running.stopAndRemove());

  it('is answered with the order as it stands', async () => {
    expect(await repeat({})).toEqual([200, undefined]);
  });

  it.each([
    ['2026-03-02t10:15:00.5z', '2026-03-02T10:15:00.500Z'],
    ['2026-03-02T12:15:00.500+02:00', '2026-03-02T10:15:00.500Z'],
    ['2017-01-01T05:29:60+05:30', '2016-12-31T23:59:59.000Z'],
  ])('is the same with its instant written otherwise: %s', async (written, instant) => {
    const order = (placedAt: string) => orderRequest(`R-2 ${written}`, { placedAt });
    const first = await running.admin.post('/v1/orders', order(written));
    const again = await running.admin.post('/v1/orders', order(instant));
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.as(orderAnswer).placedAt).toBe(instant);
  });

  it('is refused as a whole where its instant is none', async () => {
    const { status, code, text } = await running.admin.post(
      '/v1/orders',
      orderRequest('R-2', { placedAt: '2026-02-30T10:15:00Z' }),
    );
    expect([status, code]).toEqual([400, 'request-invalid']);
    expect(text).toContain('2026-11-23T14:20:00Z');
  });

  it('is refused for another person or another address', async () => {
    for (const other of [
      { customer: { ...customer, name: 'Bob Example' } },
      { customer: { ...customer, email: 'bob@example.org' } },
      { destination: { ...destination, street: '2 Example Street' } },
      { destination: { ...destination, postcode: 'SW1A 2AA' } },
      { destination: { ...destination, latitude: 51.5, longitude: -0.13 } },
    ]) {
      expect(await repeat(other), JSON.stringify(other)).toEqual([409, 'order-differs']);
    }
  });
});

describe('lines without an id', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 100 });
  });

  afterAll(() => running.stopAndRemove());

  it('get their number, or the next that no other line has', async () => {
    const { lines, fulfilments } = await place(running.admin, 'L-1', {
      lines: [
        { lineId: '2', sku: 'teapot', quantity: 1 },
        { sku: 'teapot', quantity: 2 },
        { sku: 'teapot', quantity: 3 },
        { lineId: '5', sku: 'teapot', quantity: 4 },
      ],
    });
    expect(lines.map(({ lineId }) => lineId)).toEqual(['2', '3', '4', '5']);
    expect(fulfilments[0]?.lines.map(({ lineId, quantity }) => [lineId, quantity])).toEqual([
      ['2', 1],
      ['3', 2],
      ['4', 3],
      ['5', 4],
    ]);
  });
});
