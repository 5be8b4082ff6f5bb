import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND_DEADLINE_MS } from '../../src/api/deadline.ts';
import { createEventStoreDbPeer } from '../peers/eventstoredb.ts';
import { type Behaviour, startTcpProxy, type TcpProxy } from '../peers/tcp-proxy.ts';
import type { Answer } from '../support/api-client.ts';
import { eventually, orderRequest, place, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const OUTAGE_MS = 4_000;
const LONGEST_ANSWER_MS = COMMAND_DEADLINE_MS + 500;
const LONGEST_RECOVERY_MS = 5_000;

type Outage = {
  readonly commands: readonly { readonly answer: Answer; readonly ms: number }[];
  readonly queries: readonly Answer[];
  readonly live: number;
  readonly ready: number;
  readonly recoveredAfterMs: number;
};

describe('a node that loses its EventStoreDB', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sourcefold-outage-'));
  let peer: Awaited<ReturnType<typeof createEventStoreDbPeer>>;
  let proxy: TcpProxy;
  let running: RunningService;
  let before: string;
  let number = 0;

  beforeAll(async () => {
    peer = await createEventStoreDbPeer({ file: join(folder, 'log.db'), port: 0 });
    proxy = await startTcpProxy({ port: peer.port });
    const eventStoreUrl = `esdb://127.0.0.1:${proxy.port}?tls=false`;
    running = await startService(join(folder, 'data'), { eventStoreUrl });
    await setUp(running.admin, { leeds: 1_000 });
    before = (await place(running.admin, 'before')).orderId;
    await eventually(
      () => running.admin.get('/v1/orders'),
      ({ text }) => text.includes(before),
    );
  }, 60_000);

  afterAll(async () => {
    await running.stop();
    await proxy.stop();
    await peer.stop();
    rmSync(folder, { recursive: true });
  });

  const status = async (path: string): Promise<number> => (await fetch(running.url + path)).status;

  const order = async () => {
    number += 1;
    const started = performance.now();
    const answer = await running.admin.post('/v1/orders', orderRequest(`O-${number}`));
    return { answer, ms: performance.now() - started };
  };

  const suffer = async (behaviour: Behaviour): Promise<Outage> => {
    await proxy.behave(behaviour);
    const end = performance.now() + OUTAGE_MS;
    const commanding = async () => {
      const answers = [];
      while (performance.now() < end) answers.push(await order());
      return answers;
    };
    const asking = async () => {
      const answers = [];
      for (; performance.now() < end; await setTimeout(200))
        answers.push(await running.admin.get('/v1/inventory'), await running.admin.get(`/v1/orders/${before}`));
      return answers;
    };
    const under = Promise.all([commanding(), commanding(), asking()]);
    await setTimeout(OUTAGE_MS);
    while ((await status('/readyz')) === 200) await setTimeout(20);
    const [live, ready] = await Promise.all([status('/livez'), status('/readyz')]);
    const [one, other, queries] = await under;
    await proxy.behave({ kind: 'passes' });
    const returned = performance.now();
    while ((await order()).answer.status >= 300 || (await status('/readyz')) !== 200) await setTimeout(20);
    return { commands: [...one, ...other], queries, live, ready, recoveredAfterMs: performance.now() - returned };
  };

  it.each<[string, Behaviour]>([
    ['refuses connections', { kind: 'refuses' }],
    ['is silent', { kind: 'goes silent' }],
    ['does what it is told, and answers nothing', { kind: 'drops answers' }],
    ['takes ten seconds for everything', { kind: 'slows down', ms: 10_000 }],
    ['ends every connection', { kind: 'cuts', after: 20, of: 'answers' }],
  ])(
    'because it %s, answers commands 503 in time, goes on reading, and recovers by itself',
    async (_, behaviour) => {
      const { commands, queries, live, ready, recoveredAfterMs } = await suffer(behaviour);
      expect(commands.length).toBeGreaterThan(1);
      for (const { answer, ms } of commands) {
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
        expect(ms).toBeLessThan(LONGEST_ANSWER_MS);
      }
      expect(new Set(queries.map((answer) => answer.status))).toEqual(new Set([200]));
      expect([live, ready]).toEqual([200, 503]);
      expect(recoveredAfterMs).toBeLessThan(LONGEST_RECOVERY_MS);
    },
    60_000,
  );

  it('has placed every order that it answered for, once', async () => {
    const last = await order();
    const position = (last.answer.body as { readonly position: string }).position;
    const listed = await running.admin.get(`/v1/orders?limit=200&minPosition=${position}`);
    const numbers = (listed.body as { items: { channelOrderNumber: string }[] }).items.map(
      (one) => one.channelOrderNumber,
    );
    expect(numbers).toContain(`O-${number}`);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
