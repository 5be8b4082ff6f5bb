import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventStoreDbPeer } from '../peers/eventstoredb.ts';
import { BUILD_MS, type MongoServer, mongoServerMissing, startMongoServer } from '../peers/mongodb-server.ts';
import { startTcpProxy, type TcpProxy } from '../peers/tcp-proxy.ts';
import type { Answer } from '../support/api-client.ts';
import { eventually, fulfilmentPath, place, receive, setUp, stockOf } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const OUTAGE_MS = 6_000;
const LONGEST_RECOVERY_MS = 5_000;

describe.skipIf(mongoServerMissing !== null)(
  `a node that loses its MongoDB${mongoServerMissing === null ? '' : ` (${mongoServerMissing})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'sourcefold-mongo-outage-'));
    let mongo: MongoServer;
    let peer: Awaited<ReturnType<typeof createEventStoreDbPeer>>;
    let proxy: TcpProxy;
    let running: RunningService;

    beforeAll(async () => {
      mongo = await startMongoServer();
      peer = await createEventStoreDbPeer({ file: join(folder, 'log.db'), port: 0 });
      proxy = await startTcpProxy({ port: mongo.port });
      running = await startService(folder, {
        eventStoreUrl: peer.url,
        readStoreUrl: `mongodb://127.0.0.1:${proxy.port}/`,
      });
      await setUp(running.admin, { leeds: 100 });
    }, BUILD_MS);

    afterAll(async () => {
      await running.stop();
      await proxy.stop();
      await peer.stop();
      await mongo.stop();
      rmSync(folder, { recursive: true });
    });

    const status = async (path: string): Promise<number> => (await fetch(running.url + path)).status;

    it.each([
      ['refuses connections', { kind: 'refuses' }],
      ['is silent', { kind: 'goes silent' }],
    ] as const)(
      'because it %s, takes commands all the same, answers queries 503, and loses nothing',
      async (_, behaviour) => {
        const { admin } = running;
        const placed = await place(admin, `M-${behaviour.kind}`);
        const onHand = async () => (await stockOf(admin)).leeds?.[0] ?? 0;
        const before = await eventually(onHand, (units) => units > 0);
        await proxy.behave(behaviour);
        const end = performance.now() + OUTAGE_MS;
        const commands: Answer[] = [await admin.post(fulfilmentPath(placed, 'pick'))];
        const queries: Answer[] = [];
        let received = 0;
        const commanding = async (): Promise<void> => {
          for (; performance.now() < end; await setTimeout(50)) {
            commands.push(await receive(admin, 'leeds', 1));
            received += 1;
          }
        };
        const asking = async (): Promise<void> => {
          for (; performance.now() < end; await setTimeout(50)) queries.push(await admin.get('/v1/inventory'));
        };
        await Promise.all([commanding(), asking()]);
        const [live, ready] = [await status('/livez'), await status('/readyz')];
        await proxy.behave({ kind: 'passes' });
        const returned = performance.now();
        while ((await admin.get('/v1/inventory')).status !== 200) await setTimeout(20);
        const recoveredAfterMs = performance.now() - returned;
        expect(received).toBeGreaterThan(10);
        expect(new Set(commands.map((answer) => answer.status))).toEqual(new Set([200, 201]));
        expect(new Set(queries.map((answer) => `${answer.status} ${answer.code}`))).toEqual(
          new Set(['503 read-store-unavailable']),
        );
        expect([live, ready]).toEqual([200, 200]);
        expect(recoveredAfterMs).toBeLessThan(LONGEST_RECOVERY_MS);
        expect(await eventually(onHand, (units) => units === before + received)).toBe(before + received);
      },
      60_000,
    );
  },
);
