import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { orderRequest, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

describe('a channel that another node has registered just now', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 10 });
  });
  afterEach(() => void vi.restoreAllMocks());
  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  /** What follows the log has not come to the channel yet. */
  const lag = () => vi.spyOn(running.service.directory, 'channel').mockReturnValue(undefined);

  it('takes its first order, and no refusal is kept under the Idempotency-Key', async () => {
    const order = orderRequest('NC-1');
    lag();
    const placed = await running.admin.post('/v1/orders', order, { 'idempotency-key': 'nc-1' });
    expect(placed.status).toBe(201);
  });

  it('is promised for, and given keys', async () => {
    lag();
    const { destination, lines } = orderRequest('NC-2');
    const basket = { channelId: 'web-uk', destination, lines };
    expect((await running.admin.post('/v1/promises', basket)).status).toBe(200);
    const key = { name: 'Web', role: 'channel', channelId: 'web-uk' };
    expect((await running.admin.post('/v1/api-keys', key)).status).toBe(201);
  });

  it('is told from one that nobody has registered', async () => {
    const { code, status } = await running.admin.post('/v1/orders', { ...orderRequest('NC-3'), channelId: 'nobody' });
    expect([status, code]).toEqual([404, 'channel-unknown']);
  });

  it('is looked for in the log only where the node does not know it', async () => {
    const load = vi.spyOn(running.service.channels, 'load');
    expect((await running.admin.post('/v1/orders', orderRequest('NC-4'))).status).toBe(201);
    expect(load).not.toHaveBeenCalled();
  });
});
