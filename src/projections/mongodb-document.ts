import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Binary } from 'mongodb';
import type { MongoDocument } from './mongodb-query.ts';
import type { Stored } from './read-store.ts';

type Body = Stored['body'];

/** As BSON, a text of zeros in a list takes almost seven times its length; 16 MiB is the most that a document may be. */
const LONGEST_NATIVE = 2 * 1024 * 1024;
const LARGEST_PACKED = 15 * 1024 * 1024;
/** MongoDB nests a hundred levels, of which the document and `body` are two. */
const DEEPEST = 90;
const LONGEST_QUERIED_TEXT = 1_024;

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/**
 * What a body becomes in MongoDB: a native document, for people to query, wherever that comes back as the JSON it was.
 * Some JSON does not (field names with `$` or `.`, texts that are no Unicode, several megabytes): it is kept
 * packed, and only its plain top-level fields stand beside it to be found by.
 */
export const toDocument = async (id: string, position: string, body: Body): Promise<MongoDocument> => {
  const text = JSON.stringify(body);
  const value: unknown = JSON.parse(text);
  if (text.length <= LONGEST_NATIVE && isFaithful(value, 0)) return { _id: id, position, body: value };
  const packed = await zip(text, { level: 1 });
  if (packed.length > LARGEST_PACKED) throw new RangeError(`too large for a MongoDB document: ${id}`);
  return { _id: id, position, body: queriedOf(value), packed: new Binary(packed) };
};

export const toStored = async ({ _id, position, body, packed }: MongoDocument): Promise<Stored> => ({
  id: _id,
  position,
  body: packed instanceof Binary ? JSON.parse((await unzip(packed.value())).toString('utf8')) : body,
});

/** `_bsontype` would turn an object into one of the driver's own. */
const isPlainName = (name: string): boolean => /^[^$.\0][^.\0]*$/.test(name) && !/^(?:_bsontype|__proto__)$/.test(name);

/** Whether this JSON value comes back from BSON as it is. */
const isFaithful = (value: unknown, depth: number): boolean => {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= DEEPEST) return false;
  if (Array.isArray(value)) return value.every((item) => isFaithful(item, depth + 1));
  return Object.entries(value).every(
    ([name, field]) => isPlainName(name) && name.isWellFormed() && isFaithful(field, depth + 1),
  );
};

const isQueried = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.length <= LONGEST_QUERIED_TEXT
    : typeof value === 'number' || typeof value === 'boolean';

const queriedOf = (value: unknown): Body =>
  Object.fromEntries(
    Object.entries(value ?? {}).filter(([name, field]) => isPlainName(name) && name.isWellFormed() && isQueried(field)),
  );
