import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/api/attempt.ts';
import { createIdempotency, IDEMPOTENT_ANSWERS } from '../../src/api/idempotency.ts';
import { ApiProblem } from '../../src/api/problem.ts';
import type { HolderProcess } from '../../src/application/lease.ts';
import type { ReadStore } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';

const request = { credential: 'secret', idempotencyKey: 'k', content: 'POST /v1/x {}' };
const done = { status: 201, body: { n: 1 } };
const processOf = (pid: number): HolderProcess => ({ space: 'machine', pid, startedAt: 1 });

const setUp = async () => {
  const store = createSqliteReadStore({ file: ':memory:' });
  await store.ensure(IDEMPOTENT_ANSWERS);
  let time = Date.parse('2026-11-27T09:00:00.000Z');
  const ended = new Set<number>();
  const node = (pid: number, over: ReadStore = store) =>
    createIdempotency({
      store: over,
      now: () => new Date(time),
      self: processOf(pid),
      hasEnded: (other) => ended.has(other.pid),
    });
  const pass = (milliseconds: number): void => {
    time += milliseconds;
  };
  return { store, node, ended, pass };
};

const codeOf = (error: unknown): unknown => (error instanceof ApiProblem ? error.code : error);
const never = (): Promise<never> => new Promise(() => undefined);
/** Two calls make up what one attempt makes up. */
const madeUp = ({ newId, secretBytes, repetition }: Attempt) => ({
  ids: [newId(), newId()],
  secret: secretBytes().toString('hex'),
  repetition: repetition?.(),
});

describe('attempts at one request under an Idempotency-Key', () => {
  it('are told on every node that it runs still, and with another body that the key is used', async () => {
    const { node } = await setUp();
    void node(1).once(request, never);
    await new Promise(setImmediate);
    await expect(node(2).once(request, never)).rejects.toSatisfy((e) => codeOf(e) === 'idempotency-key-in-use');
    const other = { ...request, content: 'POST /v1/x {"n":2}' };
    await expect(node(2).once(other, never)).rejects.toSatisfy((e) => codeOf(e) === 'idempotency-key-reused');
  });

  it('are run once, of any number that come to any number of nodes at once', async () => {
    const { node } = await setUp();
    let runs = 0;
    const run = async () => {
      runs += 1;
      await new Promise(setImmediate);
      return done;
    };
    const nodes = [node(1), node(2), node(3)];
    const asked = nodes.flatMap((one) => Array.from({ length: 10 }, () => one.once(request, run)));
    const settled = await Promise.allSettled(asked);
    expect(runs).toBe(1);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await node(7).once(request, run)).toEqual({ reply: done, replayed: true });
  });

  it('make up the same once the node of the first has ended, and know that there was one', async () => {
    const { node, ended } = await setUp();
    const made: ReturnType<typeof madeUp>[] = [];
    const dying = (attempt: Attempt): Promise<never> => {
      made.push(madeUp(attempt));
      return never();
    };
    void node(1).once(request, dying);
    await new Promise(setImmediate);
    ended.add(1);
    const again = await node(2).once(request, async (attempt) => {
      made.push(madeUp(attempt));
      return done;
    });
    expect(again).toEqual({ reply: done, replayed: false });
    const [first, second] = made;
    expect(first?.repetition).toBe('possible');
    expect(second).toEqual({ ...first, repetition: 'likely' });
    expect(new Set(first?.ids).size).toBe(2);
  });

  it('go on at once after a failure on our side, and only after a while where nobody can tell', async () => {
    const { node, pass } = await setUp();
    const failing = node(1).once(request, () => Promise.reject(new Error('store away')));
    await expect(failing).rejects.toThrow('store away');
    expect((await node(2).once(request, async () => done)).replayed).toBe(false);

    const lost = { ...request, idempotencyKey: 'lost' };
    void node(1).once(lost, never);
    await new Promise(setImmediate);
    await expect(node(2).once(lost, never)).rejects.toSatisfy((e) => codeOf(e) === 'idempotency-key-in-use');
    pass(60_001);
    expect((await node(2).once(lost, async () => done)).reply).toEqual(done);
  });

  it('reckon with others before others may take them over', async () => {
    const { node, pass } = await setUp();
    await node(1).once(request, async ({ repetition }) => {
      expect(repetition?.()).toBe('possible');
      pass(30_000);
      expect(repetition?.()).toBe('likely');
      await expect(node(2).once(request, never)).rejects.toSatisfy((e) => codeOf(e) === 'idempotency-key-in-use');
      return done;
    });
  });

  it('are told apart where two nodes share a process', async () => {
    const { node } = await setUp();
    void node(1).once(request, never);
    await new Promise(setImmediate);
    await expect(node(1).once(request, never)).rejects.toSatisfy((e) => codeOf(e) === 'idempotency-key-in-use');
  });

  it('make up something else when the answer has been forgotten, or somebody else asks', async () => {
    const { node, pass } = await setUp();
    const ids = async (asked: typeof request) => {
      let made: readonly string[] = [];
      await node(1).once(asked, async (attempt) => {
        made = madeUp(attempt).ids;
        return done;
      });
      return made;
    };
    const first = await ids(request);
    const others = await ids({ ...request, credential: 'another' });
    pass(49 * 3_600_000);
    const later = await ids(request);
    expect(new Set([...first, ...others, ...later]).size).toBe(6);
  });

  it('leave nothing behind once they have been kept long enough', async () => {
    const { store, node, pass } = await setUp();
    await node(1).once(request, async () => done);
    pass(49 * 3_600_000);
    await node(1).purge();
    expect(await store.find(IDEMPOTENT_ANSWERS.name, { limit: 10 })).toEqual([]);
  });
});
