import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCodec } from '../../src/event-store/codec.ts';
import { allProjections } from '../../src/projections/all.ts';
import { type Rebuilt, rebuildProjections } from '../../src/projections/rebuild.ts';
import { openStores } from '../../src/stores.ts';
import { type Cluster, type ClusterNode, orderFor, startCluster } from '../support/cluster.ts';
import { exampleProfile } from '../support/examples.ts';
import { foldLog, halfDone } from '../support/log-laws.ts';

const PAUSES = 3;
/** Longer than a lease lasts. */
const PAUSE_MS = 4_500;
const MOST_TRIES = 10;
const FOUND_MS = 10_000;
const CLIENTS = 4;

type Checks = { readonly checks: Readonly<Record<string, { readonly detail: string }>> };

describe(`two workers, of which the one that projects is stopped and goes on, ${PAUSES} times`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sourcefold-pause-'));
  const stores = { dataDir, environment: {} };
  const takeovers: string[] = [];
  let cluster: Cluster;
  let rebuilt: readonly Rebuilt[];
  let unfinished: readonly string[];

  const isProjecting = async ({ url }: ClusterNode): Promise<boolean> => {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(500) }).catch(() => null);
    if (response === null) return false;
    return ((await response.json()) as Checks).checks.projector?.detail === 'running';
  };

  const projecting = async (among: readonly ClusterNode[], withinMs: number): Promise<ClusterNode | null> => {
    for (const until = performance.now() + withinMs; performance.now() < until; ) {
      for (const node of among) if (await isProjecting(node)) return node;
      await setTimeout(50);
    }
    return null;
  };

  /**
   * Who took over from the worker that projects while that was stopped. Null: nobody could, because it was stopped in the
   * middle of a transaction, which keeps all others from writing to the file.
   */
  const pauseOnce = async (workers: readonly ClusterNode[]): Promise<ClusterNode | null> => {
    const holder = await projecting(workers, FOUND_MS);
    if (holder === null) throw new Error('no worker projects');
    holder.process().pause();
    const resumed = setTimeout(PAUSE_MS).then(() => holder.process().resume());
    const others = workers.filter((worker) => worker !== holder);
    const successor = await projecting(others, PAUSE_MS);
    await resumed;
    await setTimeout(500);
    return successor;
  };

  const client = async (name: number, signal: AbortSignal): Promise<void> => {
    for (let number = 0; !signal.aborted; number++) {
      const order = orderFor(`${name}-${number}`, [{ sku: 'mug', quantity: 1 + (number % 3) }]);
      const { body } = await cluster.send('POST', '/v1/orders', order);
      // Many documents come and go: a backorder is deleted when its order is cancelled.
      if (number % 2 === 0) await cluster.send('POST', `/v1/orders/${body.orderId}/cancel`, {});
      await setTimeout(10);
    }
  };

  beforeAll(async () => {
    cluster = await startCluster({ roles: ['api', 'worker', 'worker'], ...stores });
    const workers = cluster.nodes.slice(1);
    await cluster.send('PUT', '/v1/channels/web', { name: 'Web', kind: 'web' });
    await cluster.send('PUT', '/v1/stock-locations/leeds', exampleProfile());
    const lines = [{ sku: 'mug', quantity: 50 }];
    await cluster.send('POST', '/v1/stock-locations/leeds/receipts', { reference: 'opening', lines });
    const stopping = new AbortController();
    const clients = Array.from({ length: CLIENTS }, (_, index) => client(index, stopping.signal));
    for (let tries = 0; takeovers.length < PAUSES && tries < MOST_TRIES; tries++) {
      const successor = await pauseOnce(workers);
      if (successor !== null) takeovers.push(successor.name);
    }
    stopping.abort();
    await Promise.all(clients);
    const { body } = await cluster.send('PUT', '/v1/channels/last', { name: 'Last', kind: 'web' });
    await cluster.send('GET', `/v1/orders?minPosition=${body.position}`);
    const { eventStore, readStore, close } = await openStores(stores);
    const { decode } = createCodec({ newId: () => crypto.randomUUID() });
    rebuilt = await rebuildProjections({ eventStore, readStore, decode, projections: allProjections, dropAfterMs: 0 });
    unfinished = halfDone(await foldLog(eventStore));
    await close();
  }, 90_000);

  afterAll(async () => {
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('hand the work to each other', () => {
    expect(takeovers).toHaveLength(PAUSES);
    expect(new Set(takeovers).size).toBe(2);
  });

  it('leave read models that equal those built anew from the log', () => {
    for (const { name, comparison } of rebuilt) {
      expect([name, comparison?.different, comparison?.unsettled]).toEqual([name, [], []]);
    }
    expect(rebuilt.map(({ name }) => name)).toEqual(allProjections.map(({ name }) => name));
  });

  it('leave no order half done', () => {
    expect(unfinished).toEqual([]);
  });
});
