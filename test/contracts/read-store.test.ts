import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { MongoDBContainer } from '@testcontainers/mongodb';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { createMongoReadStore } from '../../src/projections/mongodb.ts';
import { databaseOf } from '../../src/projections/mongodb-url.ts';
import { readStoreContract } from './read-store.ts';

// `npm run test:contracts`: the contract of read stores against a real server, the one that READ_STORE_URL names or one
// in a container. It works in a database of its own, and leaves nothing behind.

const IMAGE = 'mongo:8.0';
const PULL_MS = 300_000;

const given = process.env.READ_STORE_URL ?? '';
const named = /^mongodb(?:\+srv)?:/.test(given) ? given : null;
// Unit tests must not fetch images on whatever machine happens to have Docker.
const asked = process.env.npm_lifecycle_event === 'test:contracts';
const hasDocker = process.env.DOCKER_HOST !== undefined || existsSync('/var/run/docker.sock');
const title = named !== null ? 'READ_STORE_URL' : asked && hasDocker ? IMAGE : 'no READ_STORE_URL, no Docker';

describe.skipIf(named === null && !(asked && hasDocker))(`MongoDB (${title})`, () => {
  const databaseSuffix = `-contract-${randomUUID().slice(0, 8)}`;
  let stop = async (): Promise<unknown> => undefined;
  let url = named ?? '';
  let admin: MongoClient;

  beforeAll(async () => {
    if (named === null) {
      const container = await new MongoDBContainer(IMAGE).start();
      stop = () => container.stop();
      url = `${container.getConnectionString()}/sourcefold?directConnection=true`;
    }
    admin = await new MongoClient(url).connect();
  }, PULL_MS);

  const database = (): Db => admin.db(databaseOf(url) + databaseSuffix);

  afterAll(async () => {
    await database().dropDatabase();
    await admin.close();
    await stop();
  });

  readStoreContract('MongoDB', async () => {
    const store = createMongoReadStore({ url, databaseSuffix });
    const remove = async (): Promise<void> => {
      await store.close();
      for (const { name } of await database().listCollections().toArray()) await database().dropCollection(name);
    };
    return { store, another: async () => createMongoReadStore({ url, databaseSuffix }), remove };
  });
});
