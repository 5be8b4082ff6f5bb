import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { verifyLog } from '../../src/event-store/verify.ts';
import { type Cluster, orderFor, quiescent, startCluster } from '../support/cluster.ts';
import { exampleProfile } from '../support/examples.ts';
import { type FoldedLog, halfDone, reservations } from '../support/log-laws.ts';

/** Where the nodes of a proof keep what they share. */
export type SharedStores = {
  readonly dataDir: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The same log, seen from outside. */
  readonly openLog: () => Promise<EventStore>;
  readonly remove: () => Promise<void>;
};

const ORDERS = 500;
const UNITS = { leeds: 50, york: 30, hull: 20 };
const KILLS = Number(process.env.CHAOS_NODE_KILLS ?? 15);
const KILL_EVERY_MS = 1_000;
const CLIENTS = 8;
const SKUS = ['mug', 'lamp', 'chair'];

/** Three API processes and a worker prove on one log what one process proves on its own. */
export const proveNodes = (name: string, createStores: () => Promise<SharedStores>): void => {
  describe(`three API processes and a worker on one ${name}`, () => {
    let stores: SharedStores;
    let cluster: Cluster;
    let started: Cluster | null = null;

    const start = async (): Promise<void> => {
      stores = await createStores();
      started = null;
      cluster = await startCluster({ roles: ['api', 'api', 'api', 'worker'], ...stores });
      started = cluster;
      await cluster.send('PUT', '/v1/channels/web', { name: 'Web', kind: 'web' });
    };
    const receive = async (locationId: string, lines: readonly { sku: string; quantity: number }[]): Promise<void> => {
      await cluster.send('PUT', `/v1/stock-locations/${locationId}`, exampleProfile());
      await cluster.send('POST', `/v1/stock-locations/${locationId}/receipts`, { reference: 'opening', lines });
    };
    /** Until every node knows the channel and the stock. */
    const spread = async (): Promise<void> => {
      await setTimeout(1_000);
    };
    const stop = async (): Promise<void> => {
      await started?.stop();
      await stores.remove();
    };

    describe('with five hundred orders at once for a hundred units', () => {
      let log: FoldedLog;
      let answered: string[];

      beforeAll(async () => {
        await start();
        for (const [locationId, quantity] of Object.entries(UNITS))
          await receive(locationId, [{ sku: 'mug', quantity }]);
        await spread();
        const placing = Array.from({ length: ORDERS }, (_, number) =>
          cluster.send('POST', '/v1/orders', orderFor(number, [{ sku: 'mug', quantity: 1 }])),
        );
        answered = (await Promise.all(placing)).map(({ status, body }) =>
          status < 300 ? 'placed' : String(body.code),
        );
        const eventStore = await stores.openLog();
        log = await quiescent(eventStore);
        await eventStore.close();
      }, 120_000);
      afterAll(stop);

      it('answers every one of them', () => {
        expect(new Set(answered)).toEqual(new Set(['placed']));
      });

      it('allocates a hundred, never more, and lets all others wait', () => {
        const statuses = [...log.orders.values()].map((order) =>
          order.status === 'open' && order.backordered.length === 0 ? 'allocated' : 'waiting',
        );
        expect(statuses).toHaveLength(ORDERS);
        expect(statuses.filter((status) => status === 'allocated')).toHaveLength(100);
        expect(halfDone(log)).toEqual([]);
        expect(log.oversold).toEqual([]);
        const { atLocations, inOrders } = reservations(log);
        expect(atLocations).toEqual({ 'hull/mug': 20, 'leeds/mug': 50, 'york/mug': 30 });
        expect(inOrders).toEqual(atLocations);
      });
    });

    describe(`with one process killed every second, ${KILLS} times`, () => {
      const acknowledged = new Map<string, number>();
      const statuses = new Map<number, number>();
      let log: FoldedLog;
      let problems: readonly unknown[];
      let listed: number;

      const client = async (name: number, signal: AbortSignal): Promise<void> => {
        for (let number = 0; !signal.aborted; number++) {
          const lines = SKUS.slice(0, 1 + (number % SKUS.length)).map((sku) => ({ sku, quantity: 1 + (number % 4) }));
          // Whatever became of a request that got no answer: the same order again is the same order.
          const { status, body } = await cluster.send('POST', '/v1/orders', orderFor(`${name}-${number}`, lines));
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status < 300) acknowledged.set(String(body.orderId), number);
          if (status < 300 && number % 5 === 0) await cluster.send('POST', `/v1/orders/${body.orderId}/cancel`, {});
        }
      };

      const killInTurn = async (): Promise<void> => {
        const restarting: Promise<void>[] = [];
        for (let kill = 0; kill < KILLS; kill++) {
          await setTimeout(KILL_EVERY_MS);
          const node = cluster.nodes[kill % cluster.nodes.length];
          if (node !== undefined) restarting.push(node.crash());
        }
        await Promise.all(restarting);
      };

      const everyOrderListed = async (): Promise<number> => {
        const deadline = performance.now() + 15_000;
        for (;;) {
          const count = await countListed(cluster);
          if (count >= log.orders.size || performance.now() > deadline) return count;
          await setTimeout(200);
        }
      };

      beforeAll(async () => {
        await start();
        for (const locationId of ['leeds', 'york', 'hull'])
          await receive(
            locationId,
            SKUS.map((sku) => ({ sku, quantity: 100_000 })),
          );
        await spread();
        const stopping = new AbortController();
        const clients = Array.from({ length: CLIENTS }, (_, index) => client(index, stopping.signal));
        await killInTurn();
        stopping.abort();
        await Promise.all(clients);
        const eventStore = await stores.openLog();
        log = await quiescent(eventStore);
        problems = (await verifyLog(eventStore)).problems;
        await eventStore.close();
        listed = await everyOrderListed();
      }, 150_000);
      afterAll(stop);

      it('loses no acknowledged order, and places none twice', () => {
        expect(acknowledged.size).toBeGreaterThan(KILLS);
        expect([...acknowledged.keys()].filter((orderId) => !log.orders.has(orderId))).toEqual([]);
        expect(problems).toEqual([]);
      });

      it('leaves no order half done', () => {
        expect(halfDone(log)).toEqual([]);
      });

      it('holds exactly the reservations that open orders need, and never oversold', () => {
        const { atLocations, inOrders } = reservations(log);
        expect(atLocations).toEqual(inOrders);
        expect(log.oversold).toEqual([]);
      });

      it('has every order in its read models', () => {
        expect(listed).toBe(log.orders.size);
      });

      it('fails at no request', () => {
        expect([...statuses.keys()].filter((status) => status >= 300)).toEqual([]);
      });
    });
  });
};

const countListed = async ({ send }: Cluster): Promise<number> => {
  let count = 0;
  for (let cursor = ''; ; ) {
    const { body } = await send('GET', `/v1/orders?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`);
    count += Array.isArray(body.items) ? body.items.length : 0;
    if (typeof body.nextCursor !== 'string') return count;
    cursor = body.nextCursor;
  }
};
