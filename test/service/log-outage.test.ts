import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderAnswer } from '../../src/api/answers.ts';
import type { Answer } from '../support/api-client.ts';
import { eventually, orderRequest, place, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const OUTAGE_MS = 9_000;
/** Questions end so long before the outage does: their answers are to tell of it. */
const ASKING_MS = OUTAGE_MS - 1_000;
/** What a command may take, and a little. */
const LONGEST_ANSWER_MS = 5_500;
const LONGEST_RECOVERY_MS = 5_000;

describe('a node whose log takes no appends for a while', () => {
  let running: RunningService;
  let before: string;
  let commands: { readonly answer: Answer; readonly ms: number }[];
  let queries: Answer[];
  let live: number;
  let ready: number[];
  let recoveredAfterMs: number;

  const status = async (path: string): Promise<number> => (await fetch(running.url + path)).status;

  const timed = async (ask: () => Promise<Answer>) => {
    const started = performance.now();
    const answer = await ask();
    return { answer, ms: performance.now() - started };
  };

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 100 });
    before = (await place(running.admin, 'before')).orderId;
    const other = new DatabaseSync(join(running.folder, 'events.db'));
    other.exec('BEGIN IMMEDIATE');
    const begun = performance.now();
    const until = begun + OUTAGE_MS;
    commands = [];
    queries = [];
    ready = [];
    const commanding = async (name: string): Promise<void> => {
      for (let number = 0; performance.now() < until; number++) {
        const order = orderRequest(`during-${name}-${number}`);
        commands.push(await timed(() => running.admin.post('/v1/orders', order)));
      }
    };
    const asking = async (): Promise<void> => {
      while (performance.now() < begun + ASKING_MS) {
        queries.push(await running.admin.get('/v1/orders'), await running.admin.get(`/v1/orders/${before}`));
        ready.push(await status('/readyz'));
        live = await status('/livez');
        await setTimeout(200);
      }
    };
    const load = Promise.all([commanding('a'), commanding('b'), asking()]);
    await setTimeout(OUTAGE_MS);
    other.exec('ROLLBACK');
    const returned = performance.now();
    other.close();
    await load;
    await eventually(
      () => running.admin.post('/v1/orders', orderRequest('after')),
      (answer) => answer.status < 300,
    );
    recoveredAfterMs = performance.now() - returned;
  }, 60_000);

  afterAll(() => running.stopAndRemove());

  it('answers each command 503 with Retry-After, and in time', () => {
    expect(commands.length).toBeGreaterThan(2);
    for (const { answer, ms } of commands.slice(0, -2)) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(['store-unavailable', 'timed-out', 'read-store-unavailable']).toContain(answer.code);
      expect(ms).toBeLessThan(LONGEST_ANSWER_MS);
    }
  });

  it('goes on answering queries', () => {
    expect(queries.length).toBeGreaterThan(4);
    expect(new Set(queries.map((answer) => answer.status))).toEqual(new Set([200]));
  });

  it('is alive, and not ready', () => {
    expect(live).toBe(200);
    expect(ready.at(-1)).toBe(503);
  });

  it('recovers by itself', async () => {
    expect(recoveredAfterMs).toBeLessThan(LONGEST_RECOVERY_MS);
    expect(
      await eventually(
        () => status('/readyz'),
        (code) => code === 200,
      ),
    ).toBe(200);
  });

  it('has done what it answered for, and nothing twice', async () => {
    const done = (await running.admin.get('/v1/orders?limit=200')).items(orderAnswer);
    expect(done.map(({ orderId }) => orderId)).toContain(before);
    expect(new Set(done.map(({ orderId }) => orderId)).size).toBe(done.length);
    const placed = done.map(({ channelOrderNumber }) => channelOrderNumber);
    expect(placed).toContain('after');
  });
});
