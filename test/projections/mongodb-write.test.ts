import { type Collection, MongoBulkWriteError, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMongoReadStore } from '../../src/projections/mongodb.ts';
import type { MongoDocument } from '../../src/projections/mongodb-query.ts';
import { writeNewest } from '../../src/projections/mongodb-write.ts';
import { type ReadStore, ReadStoreUnavailable, type Write } from '../../src/projections/read-store.ts';
import { BUILD_MS, type MongoServer, mongoServerMissing, startMongoServer } from '../peers/mongodb-server.ts';

const maxTimeMS = 5_000;

/** The collection with something else in the place of its bulk writes. */
const withBulkWrite = (
  collection: Collection<MongoDocument>,
  bulkWrite: Collection<MongoDocument>['bulkWrite'],
): Collection<MongoDocument> =>
  new Proxy(collection, {
    get: (target, name) => {
      if (name === 'bulkWrite') return bulkWrite;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

describe.skipIf(mongoServerMissing !== null)(
  `writing to MongoDB (${mongoServerMissing ?? 'mongo-java-server'})`,
  () => {
    let server: MongoServer;
    let client: MongoClient;
    let store: ReadStore;
    let collection: Collection<MongoDocument>;
    let rounds = 0;
    const writeTo = (on: Collection<MongoDocument>, writes: readonly Write[]) =>
      writeNewest((command) => command(on), writes, maxTimeMS);
    const stored = async () => (await store.get('races', ['x'])).get('x');

    beforeAll(async () => {
      server = await startMongoServer();
      client = await new MongoClient(server.url).connect();
      store = createMongoReadStore({ url: `${server.url}/writing` });
      collection = client.db('writing').collection<MongoDocument>('races');
    }, BUILD_MS);

    beforeEach(async () => {
      rounds = 0;
      await store.drop('races');
    });

    afterAll(async () => {
      await store.close();
      await client.close();
      await server.stop();
    });

    /** What one of two upserts of the same moment meets: the other inserted while it was looking. */
    const overtaken = (times: number, by: string): Collection<MongoDocument> =>
      withBulkWrite(collection, async (operations, options) => {
        rounds += 1;
        if (rounds > times) return collection.bulkWrite(operations, options);
        const document = { _id: 'x', position: by, body: { by: 'other' } };
        await collection.replaceOne({ _id: 'x' }, document, { upsert: true });
        return collection.bulkWrite([{ insertOne: { document } }], { ordered: false });
      });

    it('tries again when an older write got ahead of it', async () => {
      const left = await writeTo(overtaken(3, '1'), [{ id: 'x', position: '2', body: { by: 'me' } }]);
      expect(left).toEqual([]);
      expect(await stored()).toEqual({ id: 'x', position: '2', body: { by: 'me' } });
    });

    it('leaves it at that when a newer write got ahead of it', async () => {
      const left = await writeTo(overtaken(1, '3'), [{ id: 'x', position: '2', body: { by: 'me' } }]);
      expect([left, rounds]).toEqual([['x'], 1]);
      expect((await stored())?.body).toEqual({ by: 'other' });
    });

    it('tries again when what it met is gone by the time it looks', async () => {
      const vanished = withBulkWrite(overtaken(1, '3'), async (operations, options) => {
        try {
          return await overtaken(1, '3').bulkWrite(operations, options);
        } finally {
          if (rounds === 1) await collection.deleteOne({ _id: 'x' });
        }
      });
      expect(await writeTo(vanished, [{ id: 'x', position: '2', body: { by: 'me' } }])).toEqual([]);
      expect((await stored())?.body).toEqual({ by: 'me' });
    });

    it('gives up in the end', async () => {
      const write = { id: 'x', position: '2', body: { by: 'me' } };
      await expect(writeTo(overtaken(1_000, '1'), [write])).rejects.toThrow(ReadStoreUnavailable);
    });

    it('does not take a write for done, or for refused, that a majority may not have', async () => {
      const unconfirmed = withBulkWrite(collection, async () => {
        const document = { _id: 'x', position: '3' };
        try {
          return await collection.bulkWrite([{ insertOne: { document } }, { insertOne: { document } }], {
            ordered: false,
          });
        } catch (error) {
          if (error instanceof MongoBulkWriteError)
            Object.defineProperty(error.result, 'getWriteConcernError', { value: () => ({ code: 64 }) });
          throw error;
        }
      });
      await expect(writeTo(unconfirmed, [{ id: 'x', position: '2', body: {} }])).rejects.toThrow(MongoBulkWriteError);
    });
  },
);
