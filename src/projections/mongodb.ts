import { MongoServerError } from 'mongodb';
import { connectMongo, type MongoReadStoreOptions } from './mongodb-client.ts';
import { toStored } from './mongodb-document.ts';
import { collectionName, filterOf, indexesOf, type MongoDocument, sortOf } from './mongodb-query.ts';
import { type AskCollection, writeNewest } from './mongodb-write.ts';
import type { CollectionSpec, Query, ReadStore, Stored, Write } from './read-store.ts';

const IDS_IN_ONE_READ = 1_000;

const NAMESPACE_EXISTS = 48;
const NAMESPACE_NOT_FOUND = 26;

/** Servers before 7 take it amiss when what is to be dropped is not there, and not all of them give the number for it. */
const isMissing = (error: unknown): boolean =>
  error instanceof MongoServerError && (error.code === NAMESPACE_NOT_FOUND || error.message === 'ns not found');

const isPresent = (error: unknown): boolean => error instanceof MongoServerError && error.code === NAMESPACE_EXISTS;

const unless = (expected: (error: unknown) => boolean) => (error: unknown) => {
  if (!expected(error)) throw error;
};

/** The read store in a MongoDB database, on a standalone server, a replica set or a sharded cluster. */
export const createMongoReadStore = (options: MongoReadStoreOptions): ReadStore => {
  const { maxTimeMS, asking, close } = connectMongo(options);

  const askingOf = (name: string): AskCollection => {
    const checked = collectionName(name);
    return (command) => asking((db) => command(db.collection<MongoDocument>(checked)));
  };

  const ensure = async (spec: CollectionSpec): Promise<void> => {
    const ask = askingOf(spec.name);
    const indexes = indexesOf(spec);
    await asking((db) => db.createCollection(spec.name, { maxTimeMS }).then(() => undefined, unless(isPresent)));
    if (indexes.length > 0) await ask((collection) => collection.createIndexes(indexes, { maxTimeMS }));
  };

  const get = async (name: string, ids: readonly string[]): Promise<ReadonlyMap<string, Stored>> => {
    const ask = askingOf(name);
    const found = new Map<string, Stored>();
    for (let start = 0; start < ids.length; start += IDS_IN_ONE_READ) {
      const some = ids.slice(start, start + IDS_IN_ONE_READ);
      const filter = { _id: { $in: some } };
      const limits = { maxTimeMS, batchSize: some.length };
      const documents = await ask((collection) => collection.find(filter, limits).toArray());
      for (const document of documents) found.set(document._id, await toStored(document));
    }
    return found;
  };

  const find = async (name: string, query: Query): Promise<readonly Stored[]> => {
    const ask = askingOf(name);
    const { limit } = query;
    const filter = filterOf(query);
    const order = { sort: sortOf(query), limit, batchSize: limit, maxTimeMS };
    const documents = await ask((collection) => collection.find(filter, order).toArray());
    return Promise.all(documents.map(toStored));
  };

  const write = async (name: string, writes: readonly Write[]): Promise<readonly string[]> =>
    writeNewest(askingOf(name), writes, maxTimeMS);

  const drop = async (name: string): Promise<void> => {
    const ask = askingOf(name);
    await ask((collection) => collection.drop({ maxTimeMS }).then(() => undefined, unless(isMissing)));
  };

  return Object.freeze({ ensure, get, find, write, drop, close });
};
