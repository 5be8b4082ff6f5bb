import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fenced, LeaseLost, type LeaseOptions, type Term, underLease } from '../../src/application/lease.ts';
import { type ReadStore, ReadStoreUnavailable } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';

const DURATION_MS = 240;

type Node = { readonly terms: Term[]; readonly stop: () => Promise<void> };

describe('a lease', () => {
  let folder: string;
  let store: ReadStore;
  let nodes: Node[];
  let working: string[];
  let mostAtOnce: number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-lease-'));
    store = createSqliteReadStore({ file: join(folder, 'read.db') });
    nodes = [];
    working = [];
    mostAtOnce = 0;
  });
  afterEach(async () => {
    await Promise.all(nodes.map(({ stop }) => stop()));
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const start = (name: string, overrides: Partial<LeaseOptions> = {}): Node => {
    const stopping = new AbortController();
    const terms: Term[] = [];
    const options = {
      store,
      name: 'projector',
      process: { space: 'machine', pid: nodes.length + 1, startedAt: 0 },
      hasEnded: () => false,
      newId: () => name,
      durationMs: DURATION_MS,
      onError: () => undefined,
      signal: stopping.signal,
      ...overrides,
    };
    const ended = underLease(options, async (term) => {
      terms.push(term);
      working.push(name);
      // By the clock: whoever has lost it is told so in a turn of its own, perhaps after this one.
      mostAtOnce = Math.max(mostAtOnce, nodes.filter((one) => one.terms.at(-1)?.isHeld()).length);
      await new Promise((resolve) => term.signal.addEventListener('abort', resolve));
      working.splice(working.indexOf(name), 1);
    });
    const stop = async (): Promise<void> => {
      stopping.abort();
      await ended;
    };
    const node = { terms, stop };
    nodes.push(node);
    return node;
  };

  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await setTimeout(5);
  };

  it('is held by one at a time, and handed on at once by whoever stops, with a larger token', async () => {
    const all = ['a', 'b', 'c'].map((name) => start(name));
    const tokens: number[] = [];
    for (let handedOn = 0; handedOn < all.length; handedOn++) {
      await until(() => working.length === 1);
      const holder = all.find(({ terms }) => terms.at(-1)?.isHeld());
      tokens.push(holder?.terms.at(-1)?.token ?? 0);
      await holder?.stop();
    }
    expect(tokens).toEqual([...new Set(tokens)].toSorted((a, b) => a - b));
    expect(mostAtOnce).toBe(1);
  });

  it('stays with its holder for as long as that one renews it', async () => {
    const first = start('a');
    await until(() => working.length === 1);
    const second = start('b');
    await setTimeout(3 * DURATION_MS);
    expect([first.terms.length, second.terms.length]).toEqual([1, 0]);
    expect(first.terms[0]?.isHeld()).toBe(true);
  });

  it('passes on when its holder can no longer renew it, who by then knows that it is lost', async () => {
    let isCut = false;
    const away = async (): Promise<never> => {
      throw new ReadStoreUnavailable('the line is cut');
    };
    const cut: ReadStore = {
      ...store,
      get: (...asked) => (isCut ? away() : store.get(...asked)),
      write: (...asked) => (isCut ? away() : store.write(...asked)),
    };
    const old = start('a', { store: cut });
    await until(() => working.length === 1);
    isCut = true;
    const next = start('b');
    await until(() => next.terms.length > 0);
    expect(old.terms[0]?.isHeld()).toBe(false);
    expect(next.terms[0]?.token).toBeGreaterThan(old.terms[0]?.token ?? Number.POSITIVE_INFINITY);
    expect(mostAtOnce).toBe(1);
  });

  it('is not waited for when its holder has ended for certain', async () => {
    const gone = { space: 'machine', pid: 99, startedAt: 0 };
    const body = { holder: 'dead', process: gone };
    await store.ensure({ name: 'leases', indexes: [] });
    await store.write('leases', [{ id: 'projector', position: '0000000000000007', body }]);
    const next = start('a', { hasEnded: ({ pid }) => pid === 99, durationMs: 60_000 });
    await until(() => next.terms.length > 0);
    expect(next.terms[0]?.token).toBe(8);
  });

  it('is kept through writes that are done but not answered for', async () => {
    let writes = 0;
    const forgetful: ReadStore = {
      ...store,
      write: async (...asked) => {
        const left = await store.write(...asked);
        writes += 1;
        if (writes % 2 === 0) throw new ReadStoreUnavailable('no answer');
        return left;
      },
    };
    const node = start('a', { store: forgetful });
    await until(() => writes > 8);
    expect(node.terms.filter(({ isHeld }) => isHeld())).toHaveLength(1);
    expect(node.terms).toHaveLength(1);
  });

  it('keeps a store from being written by whoever has lost it', async () => {
    const node = start('a');
    await until(() => node.terms.length > 0);
    const [term] = node.terms;
    if (term === undefined) return expect.fail();
    const mine = fenced(store, 'projector', term);
    await mine.ensure({ name: 'things', indexes: [] });
    await mine.write('things', [{ id: 'x', position: '1', body: { by: 'a' } }]);
    await node.stop();
    await expect(mine.write('things', [{ id: 'x', position: '2', body: { by: 'late' } }])).rejects.toThrow(LeaseLost);
    expect((await mine.get('things', ['x'])).get('x')?.body).toEqual({ by: 'a' });
  });

  it('begins work again that failed', async () => {
    const errors: unknown[] = [];
    const stopping = new AbortController();
    let begun = 0;
    const options = {
      store,
      name: 'fulfilment',
      process: { space: null, pid: 1, startedAt: 0 },
      hasEnded: () => false,
      newId: () => 'a',
      durationMs: DURATION_MS,
      onError: (error: unknown) => errors.push(error),
      signal: stopping.signal,
    };
    await underLease(options, async () => {
      begun += 1;
      if (begun === 2) stopping.abort();
      else throw new Error('it broke');
    });
    expect(begun).toBe(2);
    expect(errors).toEqual([new Error('it broke')]);
  });
});
