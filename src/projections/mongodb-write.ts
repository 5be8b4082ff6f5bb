import { type AnyBulkWriteOperation, type Collection, MongoBulkWriteError } from 'mongodb';
import { toDocument } from './mongodb-document.ts';
import type { MongoDocument } from './mongodb-query.ts';
import { ReadStoreUnavailable, type Write } from './read-store.ts';

const WRITES_AT_ONCE = 250;
/** How often a write may meet older ones that others write at the same moment. Each time one of them got ahead for good. */
const ROUNDS = 20;
const DUPLICATE_KEY = 11000;

/** Runs one command on a collection, in time, or fails as a read store may. */
export type AskCollection = <Answer>(
  command: (collection: Collection<MongoDocument>) => Promise<Answer>,
) => Promise<Answer>;

/**
 * Each document is guarded by itself, so a batch needs no transaction: where it was cut short, repeating it does the rest.
 * The operations are not ordered, for an expected failure of one must not stop the others; so no two of them
 * may concern the same document.
 */
export const writeNewest = async (
  ask: AskCollection,
  writes: readonly Write[],
  maxTimeMS: number,
): Promise<readonly string[]> => {
  const { newest, left } = newestOfEach(writes);
  for (let start = 0; start < newest.length; start += WRITES_AT_ONCE)
    left.push(...(await writeSlice(ask, newest.slice(start, start + WRITES_AT_ONCE), maxTimeMS)));
  return left;
};

const writeSlice = async (
  ask: AskCollection,
  writes: readonly Write[],
  maxTimeMS: number,
): Promise<readonly string[]> => {
  const left: string[] = [];
  let pending = writes;
  for (let round = 0; round < ROUNDS; round++) {
    const doubtful = await attempt(ask, pending, maxTimeMS);
    if (doubtful.length === 0) return left;
    // Nobody else's write that stood in the way can be undone any more: a refused write, too, is
    // acknowledged only once a majority has everything before it.
    const stored = await positionsOf(ask, doubtful, maxTimeMS);
    const isAsNew = ({ id, position }: Write): boolean => (stored.get(id) ?? '') >= position;
    left.push(...doubtful.filter(isAsNew).map(({ id }) => id));
    // Two writers that both insert: the newer one may be refused because of the older one.
    pending = doubtful.filter((write) => !isAsNew(write) && (write.body !== null || stored.has(write.id)));
    if (pending.length === 0) return left;
  }
  throw new ReadStoreUnavailable(`others keep changing ${pending.map(({ id }) => id).join(', ')}`);
};

/** Answers the writes that may have been left undone. */
const attempt = async (ask: AskCollection, writes: readonly Write[], maxTimeMS: number): Promise<readonly Write[]> => {
  const operations = await Promise.all(writes.map(toOperation));
  return ask(async (collection) => {
    try {
      const { deletedCount } = await collection.bulkWrite(operations, { ordered: false, maxTimeMS });
      return undeleted(writes, deletedCount);
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError) || !isGuardAlone(error)) throw error;
      const refused = [error.writeErrors].flat().flatMap(({ index }) => writes[index] ?? []);
      return [...refused, ...undeleted(writes, error.deletedCount)];
    }
  });
};

const positionsOf = async (
  ask: AskCollection,
  writes: readonly Write[],
  maxTimeMS: number,
): Promise<ReadonlyMap<string, string>> => {
  const filter = { _id: { $in: writes.map(({ id }) => id) } };
  const options = { projection: { position: 1 }, maxTimeMS, batchSize: WRITES_AT_ONCE };
  const found = await ask((collection) => collection.find(filter, options).toArray());
  return new Map(found.map(({ _id, position }) => [_id, position]));
};

/** One write for each document, and the ids of those that come after a newer one. */
const newestOfEach = (writes: readonly Write[]): { readonly newest: readonly Write[]; readonly left: string[] } => {
  const newest = new Map<string, Write>();
  const left: string[] = [];
  for (const write of writes) {
    const before = newest.get(write.id);
    if (before !== undefined && before.position >= write.position) left.push(write.id);
    else newest.set(write.id, write);
  }
  return { newest: [...newest.values()], left };
};

/** An upsert whose guard does not let it replace what is there tries to insert, and fails on the id. */
const toOperation = async ({ id, position, body }: Write): Promise<AnyBulkWriteOperation<MongoDocument>> => {
  const filter = { _id: id, position: { $lt: position } };
  if (body === null) return { deleteOne: { filter } };
  const { _id, ...replacement } = await toDocument(id, position, body);
  return { replaceOne: { filter, replacement, upsert: true } };
};

const isGuardAlone = ({ writeErrors, result }: MongoBulkWriteError): boolean => {
  const codes = [writeErrors].flat().map(({ code }) => code);
  return (
    codes.length > 0 && codes.every((code) => code === DUPLICATE_KEY) && result.getWriteConcernError() === undefined
  );
};

/** Nobody says which of several were not deleted, only how many were. */
const undeleted = (writes: readonly Write[], deletedCount: number): readonly Write[] => {
  const deletions = writes.filter(({ body }) => body === null);
  return deletions.length === deletedCount ? [] : deletions;
};
