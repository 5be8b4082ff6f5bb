import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuedApiKey } from '../../src/api/answers.ts';
import { createEventStoreDbPeer } from '../peers/eventstoredb.ts';
import { locationRequest, orderRequest, place, receive, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const ROUNDS = 8;
const rounds = Array.from({ length: ROUNDS }, (_, index) => index);

describe('a node on EventStoreDB goes at once by what it has answered', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sourcefold-own-'));
  let peer: Awaited<ReturnType<typeof createEventStoreDbPeer>>;
  let running: RunningService;

  beforeAll(async () => {
    peer = await createEventStoreDbPeer({ file: join(folder, 'log.db'), port: 0 });
    running = await startService(join(folder, 'data'), { eventStoreUrl: peer.url });
    await setUp(running.admin, { leeds: 1_000 });
  }, 60_000);

  afterAll(async () => {
    await running.stop();
    await peer.stop();
    rmSync(folder, { recursive: true });
  });

  it('takes orders of a channel that was just registered', async () => {
    for (const round of rounds) {
      const channelId = `channel-${round}`;
      await running.admin.put(`/v1/channels/${channelId}`, { name: 'New', kind: 'web' });
      const placed = await running.admin.post('/v1/orders', orderRequest(`C-${round}`, { channelId }));
      expect([round, placed.status]).toEqual([round, 201]);
    }
  });

  it('lets a key in that was just issued, and out that was just revoked', async () => {
    for (const round of rounds) {
      const issued = await running.admin.post('/v1/api-keys', { name: `Key ${round}`, role: 'auditor' });
      const { keyId, secret } = issued.as(issuedApiKey);
      const reading = async () => (await running.as(secret).get('/v1/orders')).status;
      const before = await reading();
      await running.admin.delete(`/v1/api-keys/${keyId}`);
      expect([round, before, await reading()]).toEqual([round, 200, 401]);
    }
  });

  it('sources from stock that has just come in, at a location that was just registered', async () => {
    for (const round of rounds) {
      const sku = `new-${round}`;
      await running.admin.put(`/v1/stock-locations/place-${round}`, locationRequest());
      await receive(running.admin, `place-${round}`, 5, sku);
      const { status } = await place(running.admin, `S-${round}`, { lines: [{ sku, quantity: 1 }] });
      expect([round, status]).toEqual([round, 'allocated']);
    }
  });
});
