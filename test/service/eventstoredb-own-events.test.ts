import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { write } from '../peers/eventstoredb-log.ts';
import { createEventStoreDbWorld, type EventStoreDbWorld } from '../support/eventstoredb-world.ts';
import { type RunningService, startService } from '../support/running-service.ts';

/** Longer than read models that have nothing to do wait before they note how far they have come. */
const IDLE_MS = 4_000;

describe('a server that writes events of its own', () => {
  let world: EventStoreDbWorld;
  let running: RunningService;
  beforeAll(async () => {
    world = await createEventStoreDbWorld();
  });
  afterAll(async () => {
    await running.stopAndRemove();
    await world.remove();
  });

  it('does not make a node that starts again believe that its read models are ahead of the log', async () => {
    const peer = await world.startPeer();
    const overrides = { eventStoreUrl: peer.url };
    running = await startService(undefined, overrides);
    await running.admin.put('/v1/channels/web', { name: 'Web', kind: 'web' });
    await running.caughtUp();
    const server = createSqliteEventStore({ file: world.file });
    const nothing = new TextEncoder().encode('{}');
    await write(server, '$scavenges-1', 'any', [
      { id: randomUUID(), type: '$scavengeCompleted', isJson: true, data: nothing, metadata: nothing },
    ]);
    await server.close();
    await delay(IDLE_MS);
    await running.stop();
    running = await startService(running.folder, overrides);
    expect((await running.admin.get('/v1/channels/web')).status).toBe(200);
  }, 60_000);
});
