import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleProfile } from '../support/examples.ts';
import { ownPort } from '../support/own-port.ts';
import { PROCESS_SECRET, type ServiceProcess, startProcess } from '../support/service-process.ts';

const ROUNDS = 4;
const ORDERS = 40;
const PORT = ownPort();

type Body = { readonly orderId: string; readonly lines: readonly { readonly cancelled: number }[] };

describe(`requests under an Idempotency-Key, killed under way ${ROUNDS} times and sent again`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sourcefold-idempotency-'));
  const cancelled: number[] = [];
  const statuses: number[] = [];
  let interrupted = 0;
  let service: ServiceProcess;

  const call = async (method: string, path: string, body?: unknown, key?: string) => {
    const response = await fetch(service.url + path, {
      method,
      headers: {
        authorization: `Bearer ${PROCESS_SECRET}`,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  };

  const place = async (number: string): Promise<string> => {
    const destination = { country: 'GB', postcode: 'LS1 1AA' };
    const lines = [{ lineId: '1', sku: 'mug', quantity: 5 }];
    const order = { channelId: 'web', channelOrderNumber: number, destination, method: 'homeDelivery', lines };
    return (await call('POST', '/v1/orders', order)).body.orderId;
  };

  /** Not idempotent by nature: each one takes a unit off the order. */
  const cancelOne = (orderId: string) =>
    call('POST', `/v1/orders/${orderId}/cancel`, { lines: [{ lineId: '1', quantity: 1 }] }, `cancel ${orderId}`);

  beforeAll(async () => {
    service = await startProcess(dataDir, PORT);
    await call('PUT', '/v1/channels/web', { name: 'Web', kind: 'web' });
    await call('PUT', '/v1/stock-locations/leeds', exampleProfile());
    const receipt = { reference: 'opening', lines: [{ sku: 'mug', quantity: 10_000 }] };
    await call('POST', '/v1/stock-locations/leeds/receipts', receipt);
    for (let round = 0; round < ROUNDS; round += 1) {
      const orders = await Promise.all(Array.from({ length: ORDERS }, (_, n) => place(`${round}-${n}`)));
      const first = orders.map(cancelOne);
      const settled = Promise.allSettled(first);
      await setTimeout(5 + round * 8);
      await service.kill();
      interrupted += (await settled).filter(({ status }) => status === 'rejected').length;
      service = await startProcess(dataDir, PORT);
      for (const { status } of await Promise.all(orders.map(cancelOne))) statuses.push(status);
      for (const orderId of orders) {
        const { body } = await call('GET', `/v1/orders/${orderId}`);
        cancelled.push(body.lines[0]?.cancelled ?? -1);
      }
    }
  }, 120_000);

  afterAll(async () => {
    await service.terminate();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('interrupts some of them, or proves nothing', () => {
    expect(interrupted).toBeGreaterThan(ORDERS / 2);
  });

  it('answers each one that comes again', () => {
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('has done each of them once', () => {
    expect(cancelled).toEqual(cancelled.map(() => 1));
    expect(cancelled).toHaveLength(ROUNDS * ORDERS);
  });
});
