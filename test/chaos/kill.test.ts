import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stockLocationStream } from '../../src/domain/stock-location/stock-location.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import { genesisHash } from '../../src/event-store/hash-chain.ts';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { exampleProfile } from '../support/examples.ts';
import { type FoldedLog, foldLog, halfDone, reservations } from '../support/log-laws.ts';
import { ownPort } from '../support/own-port.ts';
import { PROCESS_SECRET, type ServiceProcess, startProcess } from '../support/service-process.ts';

const KILLS = Number(process.env.CHAOS_KILLS ?? 50);
const SKUS = ['mug', 'lamp', 'chair'];
const LOCATIONS = ['leeds', 'york', 'hull'];
const CLIENTS = 8;
const ORDERS_PER_LIFE = 20;
const PORT = ownPort();

describe(`the service, killed ${KILLS} times under load`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sourcefold-kill-'));
  const acknowledged = new Set<string>();
  const readyAfter: number[] = [];
  const statuses = new Map<number, number>();
  let service: ServiceProcess;
  let placed = 0;
  let log: FoldedLog;

  type Body = { readonly orderId: string; readonly position: string };

  const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> => {
    const response = await fetch(service.url + path, {
      method,
      headers: { authorization: `Bearer ${PROCESS_SECRET}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  };

  /** Waits until the read models hold all that was written so far. */
  const caughtUp = async (): Promise<void> => {
    const { body } = await call('PUT', '/v1/channels/other', { name: 'Other', kind: 'web' });
    for (;;) {
      const { status } = await call('GET', `/v1/inventory?minPosition=${body.position}`);
      if (status === 200) return;
    }
  };

  const placeOne = async (): Promise<void> => {
    placed += 1;
    const lines = SKUS.slice(0, 1 + (placed % SKUS.length)).map((sku) => ({ sku, quantity: 1 + (placed % 4) }));
    const destination = { country: 'GB', postcode: 'LS1 1AA' };
    const order = { channelId: 'web', channelOrderNumber: `${placed}`, destination, method: 'homeDelivery', lines };
    const { status, body } = await call('POST', '/v1/orders', order);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === 201 || status === 202) acknowledged.add(body.orderId);
    if (status === 201 && placed % 5 === 0) await call('POST', `/v1/orders/${body.orderId}/cancel`, {});
  };

  /** Orders from several clients at once, until the process dies under them. */
  const load = async (): Promise<void> => {
    const client = async (): Promise<void> => {
      for (;;) await placeOne();
    };
    await Promise.allSettled(Array.from({ length: CLIENTS }, client));
  };

  beforeAll(async () => {
    await fillLog(dataDir);
    service = await startProcess(dataDir, PORT);
    await call('PUT', '/v1/channels/web', { name: 'Web', kind: 'web' });
    for (const locationId of LOCATIONS) {
      await call('PUT', `/v1/stock-locations/${locationId}`, exampleProfile());
      const lines = SKUS.map((sku) => ({ sku, quantity: 900 }));
      await call('POST', `/v1/stock-locations/${locationId}/receipts`, { reference: 'opening', lines });
    }
    await caughtUp();
    for (let kill = 0; kill < KILLS; kill++) {
      const loading = load();
      const enough = acknowledged.size + ORDERS_PER_LIFE;
      while (acknowledged.size < enough) await setTimeout(5);
      await setTimeout((kill * 37) % 100);
      await service.kill();
      await loading;
      service = await startProcess(dataDir, PORT);
      readyAfter.push(service.readyAfterMs);
    }
    log = await quiescent(dataDir);
  }, 300_000);

  afterAll(async () => {
    await service.terminate();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('loses no acknowledged order', () => {
    expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS * ORDERS_PER_LIFE);
    expect([...acknowledged].filter((orderId) => !log.orders.has(orderId))).toEqual([]);
  });

  it('leaves no order half done', () => {
    expect(halfDone(log)).toEqual([]);
  });

  it('holds exactly the reservations that open orders need, and never oversold', () => {
    const { atLocations, inOrders } = reservations(log);
    expect(atLocations).toEqual(inOrders);
    expect(log.oversold).toEqual([]);
  });

  it('answers no request with a server error', () => {
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
  });

  it('is ready again within 3 seconds with more than 100,000 events in its log', () => {
    expect(log.events).toBeGreaterThan(100_000);
    expect(readyAfter.filter((milliseconds) => milliseconds > 3_000)).toEqual([]);
  });
});

/** 100,000 receipts at one location that ships nothing. */
const fillLog = async (dataDir: string): Promise<void> => {
  const eventStore = createSqliteEventStore({ file: join(dataDir, 'events.db') });
  const codec = createCodec({ newId: () => crypto.randomUUID() });
  const stream = stockLocationStream('archive');
  const metadata = {
    recordedAt: '2026-11-23T14:20:00.000Z',
    actor: 'test',
    channel: null,
    commandId: 'c',
    correlationId: 'c',
    causationId: 'c',
  };
  let version = 0;
  let previousHash = genesisHash;
  for (let page = 0; page < 100; page++) {
    const events = Array.from({ length: 1_000 }, (_, index) => {
      const onHand = version + index + 1;
      const lines = [{ sku: 'archived', quantity: 1, onHand, reserved: 0 }];
      return { type: 'StockReceived' as const, data: { locationId: 'archive', reference: `r${onHand}`, lines } };
    });
    const encoded = codec.encode(events, { stream, version, previousHash, metadata });
    await eventStore.append(stream, version, encoded);
    version += encoded.length;
    previousHash = encoded.at(-1)?.hash ?? previousHash;
  }
  await eventStore.close();
};

const REST_MS = 15_000;

/** The log once the service has nothing left to do, or as it stands after a while. */
const quiescent = async (dataDir: string): Promise<FoldedLog> => {
  const eventStore = createSqliteEventStore({ file: join(dataDir, 'events.db') });
  const deadline = performance.now() + REST_MS;
  try {
    for (;;) {
      const log = await foldLog(eventStore);
      if (halfDone(log).length === 0 || performance.now() > deadline) return log;
      await setTimeout(250);
    }
  } finally {
    await eventStore.close();
  }
};
