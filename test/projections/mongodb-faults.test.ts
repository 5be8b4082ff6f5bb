import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
const projections = [...allProjections, tallies()];
const history = fc.sample(anyHistory(400), { seed: 20, numRuns: 20 }).toSorted((a, b) => b.length - a.length)[0] ?? [];
const half = Math.floor(history.length / 2);

describe.skipIf(mongoServerMissing !== null)(
  `MongoDB that fails (${mongoServerMissing ?? 'mongo-java-server'})`,
  () => {
    let server: MongoServer;
    let proxy: TcpProxy;
    let bench: Bench;
    let store: ReadStore;
    let readModels: ReadModels;
    let databases = 0;

    beforeAll(async () => {
      server = await startMongoServer();
    }, BUILD_MS);

    afterAll(() => server.stop());

    beforeEach(async () => {
      databases += 1;
      proxy = await startTcpProxy(server);
      const limits = 'serverSelectionTimeoutMS=1000&connectTimeoutMS=1000';
      const url = `mongodb://127.0.0.1:${proxy.port}/faults-${databases}?${limits}`;
      store = createMongoReadStore({ url, operationMs: 500 });
      readModels = createReadModels({ readStore: store, projections });
      bench = await createBench(projections);
    });

    afterEach(async () => {
      await bench.remove();
      await store.close();
      await proxy.stop();
    });

    /** One of each, at once: what they come to does not matter here, only that they come to something. */
    const askEverything = async (): Promise<readonly PromiseSettledResult<unknown>[]> =>
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

    const expectEverythingOnce = async (position: string): Promise<void> => {
      expect(await readModels.reached(null, position, RECOVERED_WITHIN_MS)).toBe(true);
      expect(await digestOfReadModels(projections, readModels)).toEqual(digestOfFold(projections, asRecorded(history)));
    };

    const follow = async (): Promise<void> => {
      bench.start({ readStore: store });
      const position = await bench.record(...history.slice(0, half));
      expect(await readModels.reached(null, position, RECOVERED_WITHIN_MS)).toBe(true);
    };

    const misbehaviours: readonly (readonly [string, Behaviour])[] = [
      ['refuses connections', { kind: 'refuses' }],
      ['goes silent', { kind: 'goes silent' }],
      ['drops its answers after the write', { kind: 'drops answers' }],
      ['answers too late', { kind: 'slows down', ms: 700 }],
      ['takes its time', { kind: 'slows down', ms: 20 }],
    ];

    it.each(misbehaviours)(
      'loses nothing, applies nothing twice and is back within 5 s when it %s',
      async (_what, behaviour) => {
        await follow();
        await proxy.behave(behaviour);
        const asked = askEverything();
        const position = await bench.record(...history.slice(half));
        for (const reason of failuresOf(await asked)) expect(reason).toBeInstanceOf(ReadStoreUnavailable);
        await proxy.behave({ kind: 'passes' });
        await expectEverythingOnce(position);
      },
    );

    it.each(['requests', 'answers'] as const)(
      'loses nothing and applies nothing twice however far its %s get before the connection is cut',
      async (of) => {
        await follow();
        let position = '';
        for (const [index, after] of [0, 1, 15, 16, 200, 350, 500, 900, 2_000, 5_000].entries()) {
          await proxy.behave({ kind: 'cuts', after, of });
          const piece = Math.ceil((history.length - half) / 10);
          const from = half + index * piece;
          position = (await bench.record(...history.slice(from, from + piece))) || position;
          for (const reason of failuresOf(await askEverything())) expect(reason).toBeInstanceOf(ReadStoreUnavailable);
          await proxy.behave({ kind: 'passes' });
          expect(await readModels.reached(null, position, RECOVERED_WITHIN_MS)).toBe(true);
        }
        await expectEverythingOnce(position);
      },
    );

    it('says that it is unavailable while nobody was ever there, and works once somebody is', async () => {
      await proxy.behave({ kind: 'refuses' });
      const results = await askEverything();
      expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
      for (const reason of failuresOf(results)) expect(reason).toBeInstanceOf(ReadStoreUnavailable);
      await proxy.behave({ kind: 'passes' });
      expect(failuresOf(await askEverything())).toEqual([]);
    });

    it('ends what is under way when it is closed', async () => {
      await store.ensure({ name: 'asked', indexes: [] });
      await proxy.behave({ kind: 'goes silent' });
      const asked = askEverything();
      await store.close();
      const reasons = failuresOf(await asked);
      expect(reasons).toHaveLength(5);
      for (const reason of reasons) expect(reason).toBeInstanceOf(ReadStoreUnavailable);
    });

    it('keeps every write that was acknowledged before a kill, and every one it loses was not', async () => {
      await store.ensure({ name: 'notes', indexes: [] });
      const acknowledged: string[] = [];
      let kills = 0;
      const writeUntilKilled = async (): Promise<void> => {
        for (let n = 0; ; n++) {
          const id = `${kills}/${n}`;
          try {
            await store.write('notes', [{ id, position: '1', body: { n } }]);
          } catch (error) {
            expect(error).toBeInstanceOf(ReadStoreUnavailable);
            return;
          }
          acknowledged.push(id);
          if (n === 20 * (kills + 1)) void server.kill();
        }
      };
      for (; kills < 3; kills++) {
        await writeUntilKilled();
        await server.kill();
        await server.restart();
      }
      expect(acknowledged.length).toBeGreaterThan(100);
      const found = await store.get('notes', acknowledged);
      expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
    });
  },
);
