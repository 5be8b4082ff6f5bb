import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allProjections } from '../../src/projections/all.ts';
import { createMongoReadStore } from '../../src/projections/mongodb.ts';
import { createReadModels, type ReadModels } from '../../src/projections/read-models.ts';
import type { Query, ReadStore } from '../../src/projections/read-store.ts';
import { rebuildProjections } from '../../src/projections/rebuild.ts';
import { BUILD_MS, type MongoServer, mongoServerMissing, startMongoServer } from '../peers/mongodb-server.ts';
import { decodeJson } from '../support/history.ts';
import { type Bench, createBench } from '../support/projecting.ts';
import { anyHistory } from '../support/random-history.ts';

const histories = fc.sample(anyHistory(400), { seed: 5, numRuns: 60 }).toSorted((a, b) => b.length - a.length);
const [history = []] = histories;

const all: Query = { limit: 10_000 };
/** For every index the first and the last page that it serves. */
const queriesOf = (indexes: readonly (readonly string[])[]): readonly Query[] => [
  all,
  ...indexes.flatMap((fields) => {
    const orderBy = fields.at(-1);
    return orderBy === undefined
      ? []
      : [
          { orderBy, limit: 20 },
          { orderBy, descending: true, limit: 20 },
        ];
  }),
];

describe.skipIf(mongoServerMissing !== null)(
  `read models in MongoDB (${mongoServerMissing ?? 'mongo-java-server'})`,
  () => {
    let server: MongoServer;
    let bench: Bench;
    let store: ReadStore;
    let readModels: ReadModels;

    beforeAll(async () => {
      server = await startMongoServer();
      store = createMongoReadStore({ url: server.url });
      readModels = createReadModels({ readStore: store });
      bench = await createBench();
      const position = await bench.record(...history);
      bench.start();
      bench.start({ readStore: store });
      expect(await bench.readModels.reached(null, position, 20_000)).toBe(true);
      expect(await readModels.reached(null, position, 20_000)).toBe(true);
    }, BUILD_MS);

    afterAll(async () => {
      await bench.remove();
      await store.close();
      await server.stop();
    });

    it('equal those of the embedded store, document by document, in every order that is asked for', async () => {
      const sizes = new Map<string, number>();
      for (const { name, indexes } of allProjections) {
        for (const query of queriesOf(indexes)) {
          const embedded = await bench.readModels.find(name, query);
          const inMongo = await readModels.find(name, query);
          expect(inMongo).toEqual(embedded);
          expect(JSON.stringify(inMongo)).toBe(JSON.stringify(embedded));
          sizes.set(name, Math.max(embedded.items.length, sizes.get(name) ?? 0));
        }
      }
      for (const name of ['orders', 'inventory', 'stock-ledger', 'locations'])
        expect(sizes.get(name)).toBeGreaterThan(0);
    });

    it('are rebuilt, compared with the live ones, and found equal', async () => {
      const { eventStore } = bench;
      const options = {
        eventStore,
        readStore: store,
        decode: decodeJson,
        projections: allProjections,
        dropAfterMs: 20,
      };
      const rebuilt = await rebuildProjections(options);
      expect(rebuilt.map(({ name }) => name)).toEqual(allProjections.map(({ name }) => name));
      for (const { comparison } of rebuilt) expect(comparison).toMatchObject({ different: [], unsettled: [] });
      // Whoever asked just before still knows the collection of before, which is dropped sooner here than in life.
      const asked = createReadModels({ readStore: store });
      expect(await asked.find('orders', all)).toEqual(await bench.readModels.find('orders', all));
    });
  },
);
