import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleProfile } from '../support/examples.ts';
import { ownPort } from '../support/own-port.ts';
import { PROCESS_SECRET, type ServiceProcess, startProcess } from '../support/service-process.ts';

const CLIENTS = 16;
const LOAD_MS = 1_000;
const LONGEST_STOP_MS = 10_000;
const PORT = ownPort();

type Body = { readonly orderId?: string; readonly items?: readonly unknown[] };
type Answer = { readonly status: number; readonly body: Body };

/** Over kept connections, as busy clients have them; rejects where no answer comes. */
const call = (agent: Agent, url: string, method: string, body?: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${PROCESS_SECRET}`, 'content-type': 'application/json' };
    const sent = request(url, { agent, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Body;
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

describe('the service, told to stop while 16 clients place orders', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sourcefold-stop-'));
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const answers: Answer[] = [];
  const failures: { readonly channelOrderNumber: string; readonly code: string }[] = [];
  let service: ServiceProcess;
  let exitCode: number | null = null;
  let stopMs = 0;

  const setUp = async (): Promise<void> => {
    await call(agent, `${service.url}/v1/channels/web`, 'PUT', { name: 'Web', kind: 'web' });
    await call(agent, `${service.url}/v1/stock-locations/leeds`, 'PUT', exampleProfile());
    const receipt = { reference: 'opening', lines: [{ sku: 'mug', quantity: 100_000 }] };
    await call(agent, `${service.url}/v1/stock-locations/leeds/receipts`, 'POST', receipt);
  };

  /** Places orders one after the other until the service no longer answers. */
  const client = async (name: number): Promise<void> => {
    for (let number = 1; ; number++) {
      const channelOrderNumber = `${name}-${number}`;
      const order = {
        channelId: 'web',
        channelOrderNumber,
        destination: { country: 'GB', postcode: 'LS1 1AA' },
        method: 'homeDelivery',
        lines: [{ sku: 'mug', quantity: 1 }],
      };
      try {
        answers.push(await call(agent, `${service.url}/v1/orders`, 'POST', order));
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
        failures.push({ channelOrderNumber, code });
        return;
      }
    }
  };

  beforeAll(async () => {
    service = await startProcess(dataDir, PORT);
    await setUp();
    const clients = Array.from({ length: CLIENTS }, (_, name) => client(name));
    await setTimeout(LOAD_MS);
    const started = performance.now();
    exitCode = await service.terminate();
    stopMs = performance.now() - started;
    await Promise.all(clients);
    service = await startProcess(dataDir, PORT);
  }, 60_000);

  afterAll(async () => {
    await service.terminate();
    agent.destroy();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('ends in order and within the time it allows itself', () => {
    expect(exitCode).toBe(0);
    expect(stopMs).toBeLessThan(LONGEST_STOP_MS);
  });

  it('answers every request that it takes', () => {
    expect(answers.length).toBeGreaterThan(CLIENTS);
    expect(answers.filter(({ status }) => status < 200 || status > 299)).toEqual([]);
  });

  it('refuses the others at the door, and does nothing of what they asked', async () => {
    expect(failures).toHaveLength(CLIENTS);
    // A kept connection may be closed in the moment in which its client sends the next request.
    const atTheDoor = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'];
    expect(failures.filter(({ code }) => !atTheDoor.includes(code))).toEqual([]);
    for (const { channelOrderNumber } of failures) {
      const path = `/v1/orders?channelId=web&channelOrderNumber=${channelOrderNumber}`;
      expect((await call(agent, service.url + path, 'GET')).body.items).toEqual([]);
    }
  });

  it('holds every order that it answered for after the next start', async () => {
    for (const { body } of answers) {
      const { status } = await call(agent, `${service.url}/v1/orders/${body.orderId}`, 'GET');
      expect([body.orderId, status]).toEqual([body.orderId, 200]);
    }
  });
});
