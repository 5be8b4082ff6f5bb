import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/config.ts';
import { genesisHash } from '../../src/event-store/hash-chain.ts';
import { eventually } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

describe('recovery', () => {
  let running: RunningService;

  beforeEach(async () => {
    running = await startService();
    await running.admin.put('/v1/channels/web', { name: 'Web', kind: 'web' });
    await running.admin.get('/v1/channels');
  });

  const without = (file: string): void => {
    for (const name of readdirSync(running.folder)) if (name.startsWith(file)) rmSync(join(running.folder, name));
  };

  describe('with one of its files gone', () => {
    afterEach(() => rmSync(running.folder, { recursive: true }));

    it('builds its read models anew from the log', async () => {
      await running.stop();
      without('read-models.db');
      const again = await startService(running.folder);
      const channels = await eventually(
        () => again.admin.get('/v1/channels'),
        ({ body }) => JSON.stringify(body).includes('"web"'),
      );
      expect(channels.status).toBe(200);
      await again.stop();
    });

    it('refuses to start on a log that is older than its read models, and says what to do', async () => {
      await running.stop();
      without('events.db');
      await expect(startService(running.folder)).rejects.toThrow(ConfigurationError);
      without('read-models.db');
      await (await startService(running.folder)).stop();
    });
  });

  it('shows events it cannot read, lets others pass, and tries again when told', async () => {
    const unreadable = {
      id: '00000000-0000-7000-8000-000000000001',
      type: 'NotYetInvented',
      schemaVersion: 1,
      data: '{}',
      metadata: '{}',
      hash: genesisHash,
    };
    await running.service.eventStore.append('channel-odd', 0, [unreadable]);
    const listed = await eventually(
      () => running.admin.get('/v1/quarantine'),
      ({ body }) => JSON.stringify(body).includes('NotYetInvented'),
    );
    expect(listed.body).toMatchObject({ items: [{ stream: 'channel-odd', type: 'NotYetInvented' }] });
    await running.admin.put('/v1/channels/shop', { name: 'Shop', kind: 'pointOfSale' });
    expect(JSON.stringify((await running.admin.get('/v1/channels')).body)).toContain('"shop"');
    expect((await running.admin.post('/v1/quarantine/retry', {})).body).toEqual({
      applied: 0,
      waiting: 1,
      suspect: [],
    });
    await running.stopAndRemove();
  });
});
