import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allProjections } from '../../src/projections/all.ts';
import { createMongoReadStore } from '../../src/projections/mongodb.ts';
import { createReadModels, type ReadModels } from '../../src/projections/read-models.ts';
import { type ReadStore, ReadStoreUnavailable } from '../../src/projections/read-store.ts';
import { BUILD_MS, type MongoServer, mongoServerMissing, startMongoServer } from '../peers/mongodb-server.ts';
import { type Behaviour, startTcpProxy, type TcpProxy } from '../peers/tcp-proxy.ts';
import { digestOfFold, digestOfReadModels } from '../support/fold-documents.ts';
import { asRecorded } from '../support/history.ts';
import { type Bench, createBench } from '../support/projecting.ts';
import { anyHistory } from '../support/random-history.ts';
import { tallies } from '../support/tallies.ts';

const RECOVERED_WITHIN_MS = 5_000;
/** The server is no fast one, and has much to catch up with. */
const CAUGHT_UP_WITHIN_MS = 20_000;
const TRIAL_MS = 90_000;
const projections = [...allProjections, tallies()];
const [history = []] = fc.sample(anyHistory(400), { seed: 20, numRuns: 20 }).toSorted((a, b) => b.length - a.length);
const half = Math.floor(history.length / 2);

/** A log, and a projector that keeps read models in MongoDB behind a proxy. */
type Trial = {
  readonly proxy: TcpProxy;
  readonly bench: Bench;
  readonly store: ReadStore;
  readonly readModels: ReadModels;
  /** The same database, past the proxy. */
  readonly direct: string;
};

/** One of each, at once: what they come to does not matter here, only that they come to something. */
const askEverything = async (store: ReadStore): Promise<readonly PromiseSettledResult<unknown>[]> =>
  Promise.allSettled([
    store.ensure({ name: 'asked', indexes: [['a']] }),
    store.get('asked', ['a', 'b']),
    store.find('asked', { limit: 10 }),
    store.write('asked', [
      { id: 'a', position: '1', body: { a: 1 } },
      { id: 'b', position: '1', body: null },
    ]),
    store.drop('asked-no-more'),
  ]);

const failuresOf = (results: readonly PromiseSettledResult<unknown>[]): readonly unknown[] =>
  results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));

/** Whatever the other side does meanwhile is heard of at once. */
const busyFor = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

const expectUnavailable = (failures: readonly unknown[]): void => {
  for (const failure of failures) expect(failure).toBeInstanceOf(ReadStoreUnavailable);
};

describe.skipIf(mongoServerMissing !== null)(
  `MongoDB that fails (${mongoServerMissing ?? 'mongo-java-server'})`,
  { timeout: TRIAL_MS },
  () => {
    let server: MongoServer;
    let databases = 0;

    beforeAll(async () => {
      server = await startMongoServer();
    }, BUILD_MS);

    afterAll(() => server.stop());

    const onTrial = async (task: (trial: Trial) => Promise<void>): Promise<void> => {
      databases += 1;
      const database = `faults-${databases}`;
      const proxy = await startTcpProxy(server);
      const limits = 'serverSelectionTimeoutMS=2000&connectTimeoutMS=1500';
      const url = `mongodb://127.0.0.1:${proxy.port}/${database}?${limits}`;
      const store = createMongoReadStore({ url, operationMs: 1_000 });
      const bench = await createBench(projections);
      const readModels = createReadModels({ readStore: store, projections });
      try {
        await task({ proxy, store, bench, readModels, direct: `${server.url}/${database}` });
      } finally {
        await bench.remove();
        await store.close();
        await proxy.stop();
      }
    };

    const follow = async ({ bench, store, readModels }: Trial): Promise<void> => {
      bench.start({ readStore: store });
      const position = await bench.record(...history.slice(0, half));
      expect(await readModels.reached(null, position, CAUGHT_UP_WITHIN_MS)).toBe(true);
    };

    const reaches = ({ readModels }: Trial, position: string): Promise<boolean> =>
      vi.waitFor(() => readModels.reached(null, position, CAUGHT_UP_WITHIN_MS), { timeout: CAUGHT_UP_WITHIN_MS });

    /** Whoever repeats what failed, as a client would, succeeds by then. */
    const recover = async ({ proxy, store }: Trial): Promise<void> => {
      await proxy.behave({ kind: 'passes' });
      const write = { id: 'after', position: '1', body: {} };
      await vi.waitFor(() => store.write('asked', [write]), { timeout: RECOVERED_WITHIN_MS });
    };

    /** Every event once: a read model that missed one, or had one twice, differs. */
    const expectEverythingOnce = async (trial: Trial, position: string): Promise<void> => {
      expect(await reaches(trial, position)).toBe(true);
      expect(await digestOfReadModels(projections, trial.readModels)).toEqual(
        digestOfFold(projections, asRecorded(history)),
      );
    };

    const misbehaviours: readonly (readonly [string, Behaviour])[] = [
      ['refuses connections', { kind: 'refuses' }],
      ['goes silent', { kind: 'goes silent' }],
      ['drops its answers after the write', { kind: 'drops answers' }],
      ['answers too late', { kind: 'slows down', ms: 1_600 }],
      ['takes its time', { kind: 'slows down', ms: 20 }],
    ];

    it.concurrent.each(misbehaviours)(
      'loses 0 events, applies 0 twice and is back within 5 s when it %s',
      async (_what, behaviour) =>
        onTrial(async (trial) => {
          await follow(trial);
          await trial.proxy.behave(behaviour);
          const asked = askEverything(trial.store);
          const position = await trial.bench.record(...history.slice(half));
          expectUnavailable(failuresOf(await asked));
          await recover(trial);
          await expectEverythingOnce(trial, position);
        }),
    );

    it.concurrent.each(['requests', 'answers'] as const)(
      'loses 0 events and applies 0 twice however far its %s get before the connection is cut',
      async (of) =>
        onTrial(async (trial) => {
          await follow(trial);
          let position = '';
          const lengths = [0, 15, 250, 900, 3_000];
          const piece = Math.ceil((history.length - half) / lengths.length);
          for (const [index, after] of lengths.entries()) {
            await trial.proxy.behave({ kind: 'cuts', after, of });
            const from = half + index * piece;
            position = await trial.bench.record(...history.slice(from, from + piece));
            expectUnavailable(failuresOf(await askEverything(trial.store)));
            await recover(trial);
            expect(await reaches(trial, position)).toBe(true);
          }
          await expectEverythingOnce(trial, position);
        }),
    );

    it.concurrent('does not let a write that comes late, after its sender gave up, undo a newer one', async () =>
      onTrial(async ({ proxy, store, direct }) => {
        await store.ensure({ name: 'parcels', indexes: [] });
        const others = createMongoReadStore({ url: direct });
        await others.write('parcels', [{ id: 'changed', position: '1', body: { n: 1 } }]);
        await proxy.behave({ kind: 'goes silent' });
        const late = ['changed', 'emptied', 'untouched'].map((id) => ({ id, position: '2', body: { n: 2 } }));
        await expect(store.write('parcels', late)).rejects.toThrow(ReadStoreUnavailable);
        await others.write('parcels', [
          { id: 'changed', position: '3', body: { n: 3 } },
          { id: 'emptied', position: '3', body: {} },
        ]);
        const bodies = async () =>
          Array.from(await others.find('parcels', { limit: 9 }), ({ id, body }) => [id, body.n]);
        expect(await bodies()).toEqual([
          ['changed', 3],
          ['emptied', undefined],
        ]);
        await proxy.behave({ kind: 'passes' });
        await vi.waitFor(async () => expect((await bodies()).map(([id]) => id)).toContain('untouched'), 5_000);
        expect(await bodies()).toEqual([
          ['changed', 3],
          ['emptied', undefined],
          ['untouched', 2],
        ]);
        await others.close();
      }));

    // A driver may forget for ever to look for its server then (ADR 14): one client in five did, and more.
    it('is found again by every client whose connections all broke at the same moment', async () => {
      const proxy = await startTcpProxy(server);
      const stores = Array.from({ length: 12 }, (_, index) => {
        const url = `mongodb://127.0.0.1:${proxy.port}/broken-${index}?serverSelectionTimeoutMS=1000&connectTimeoutMS=1500`;
        return createMongoReadStore({ url });
      });
      const ending = new AbortController();
      const asking = stores.map(async (store) => {
        while (!ending.signal.aborted) await store.get('asked', ['a']).catch(() => setTimeout(20));
      });
      // Only then does the driver look for its server at once.
      await setTimeout(1_500);
      const refused = proxy.behave({ kind: 'refuses' });
      busyFor(30);
      await refused;
      await setTimeout(300);
      await proxy.behave({ kind: 'passes' });
      ending.abort();
      await Promise.all(asking);
      const found = stores.map((store) =>
        vi.waitFor(() => store.get('asked', ['a']), { timeout: RECOVERED_WITHIN_MS }).then(() => 'found'),
      );
      expect(await Promise.allSettled(found)).toEqual(stores.map(() => ({ status: 'fulfilled', value: 'found' })));
      await Promise.all(stores.map((store) => store.close()));
      await proxy.stop();
    });

    it.concurrent('says that it is unavailable while nobody was ever there, and works once somebody is', async () =>
      onTrial(async ({ proxy, store }) => {
        await proxy.behave({ kind: 'refuses' });
        const failures = failuresOf(await askEverything(store));
        expect(failures).toHaveLength(5);
        expectUnavailable(failures);
        await proxy.behave({ kind: 'passes' });
        const works = async () => expect(failuresOf(await askEverything(store))).toEqual([]);
        await vi.waitFor(works, { timeout: RECOVERED_WITHIN_MS });
      }));

    it.concurrent('ends what is under way when it is closed', async () =>
      onTrial(async ({ proxy, store }) => {
        await store.ensure({ name: 'asked', indexes: [] });
        await proxy.behave({ kind: 'goes silent' });
        const asked = askEverything(store);
        await store.close();
        const failures = failuresOf(await asked);
        expect(failures).toHaveLength(5);
        expectUnavailable(failures);
      }));

    it('has every acknowledged write after a kill in the middle of writing', async () =>
      onTrial(async ({ store }) => {
        await store.ensure({ name: 'notes', indexes: [] });
        const acknowledged: string[] = [];
        const writeUntilKilled = async (kill: number): Promise<void> => {
          for (let n = 0; ; n++) {
            const id = `${kill}/${n}`;
            try {
              await store.write('notes', [{ id, position: '1', body: { n } }]);
            } catch (error) {
              expectUnavailable([error]);
              return;
            }
            acknowledged.push(id);
            if (n === 10 * kill) void server.kill();
          }
        };
        for (const kill of [1, 2, 3]) {
          await writeUntilKilled(kill);
          await server.kill();
          await server.restart();
        }
        expect(acknowledged.length).toBeGreaterThan(60);
        const found = await store.get('notes', acknowledged);
        expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
      }));
  },
);
