import { afterAll, beforeAll, describe } from 'vitest';
import { createMongoReadStore } from '../../src/projections/mongodb.ts';
import { readStoreContract } from '../contracts/read-store.ts';
import { BUILD_MS, type MongoServer, mongoServerMissing, startMongoServer } from '../peers/mongodb-server.ts';

describe.skipIf(mongoServerMissing !== null)(
  `the MongoDB read store (${mongoServerMissing ?? 'mongo-java-server'})`,
  () => {
    let server: MongoServer;
    let databases = 0;

    beforeAll(async () => {
      server = await startMongoServer();
    }, BUILD_MS);

    afterAll(() => server.stop());

    readStoreContract('MongoDB', async () => {
      databases += 1;
      const url = `${server.url}/contract-${databases}`;
      const store = createMongoReadStore({ url });
      return { store, another: async () => createMongoReadStore({ url }), remove: () => store.close() };
    });
  },
);
