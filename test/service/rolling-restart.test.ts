import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, call, orderFor, startCluster } from '../support/cluster.ts';
import { exampleProfile } from '../support/examples.ts';
import { type RoundRobin, startRoundRobin } from '../support/round-robin.ts';

const CLIENTS = 8;
const BEFORE_MS = 500;

describe('two API nodes behind a proxy that tries nothing twice, restarted one after the other under load', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sourcefold-rolling-'));
  const answers = new Map<string, number>();
  let cluster: Cluster;
  let proxy: RoundRobin;
  let exitCodes: (number | null)[];
  let answeredDuring: number[];

  const count = (answer: string): void => void answers.set(answer, (answers.get(answer) ?? 0) + 1);
  const answered = (): number => [...answers.values()].reduce((sum, one) => sum + one, 0);

  const client = async (name: number, signal: AbortSignal): Promise<void> => {
    for (let number = 0; !signal.aborted; number++) {
      const order = orderFor(`${name}-${number}`, [{ sku: 'mug', quantity: 1 }]);
      for (const [method, path, body] of [
        ['POST', '/v1/orders', order],
        ['GET', '/v1/channels', undefined],
      ] as const) {
        const { status } = await call(proxy.url, method, path, body).catch(() => ({ status: 'no answer' }));
        count(`${method} ${status}`);
      }
    }
  };

  beforeAll(async () => {
    cluster = await startCluster({ roles: ['api', 'api', 'worker'], dataDir, environment: { DRAIN_MS: '500' } });
    await cluster.send('PUT', '/v1/channels/web', { name: 'Web', kind: 'web' });
    await cluster.send('PUT', '/v1/stock-locations/leeds', exampleProfile());
    const lines = [{ sku: 'mug', quantity: 1_000_000 }];
    await cluster.send('POST', '/v1/stock-locations/leeds/receipts', { reference: 'opening', lines });
    await setTimeout(1_000);
    proxy = await startRoundRobin(cluster.apis.map(({ url }) => url));
    const stopping = new AbortController();
    const clients = Array.from({ length: CLIENTS }, (_, name) => client(name, stopping.signal));
    await setTimeout(BEFORE_MS);
    exitCodes = [];
    answeredDuring = [];
    for (const node of cluster.apis) {
      const before = answered();
      exitCodes.push(await node.restart());
      answeredDuring.push(answered() - before);
      // The proxy finds out that it is ready again before the other one stops.
      await setTimeout(BEFORE_MS);
    }
    stopping.abort();
    await Promise.all(clients);
  }, 60_000);

  afterAll(async () => {
    proxy.stop();
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('fail at no request', () => {
    expect([...answers.keys()].toSorted()).toEqual(['GET 200', 'POST 201']);
  });

  it('are answered for all the while', () => {
    expect(answeredDuring.every((during) => during > CLIENTS)).toBe(true);
  });

  it('end in order', () => {
    expect(exitCodes).toEqual([0, 0]);
  });
});
