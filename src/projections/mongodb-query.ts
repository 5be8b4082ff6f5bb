import type { Document, Filter, IndexDescription, Sort } from 'mongodb';
import type { CollectionSpec, Query, Scalar } from './read-store.ts';

const COLLECTION_NAME = /^[a-z][a-z0-9]*(?:[-@.][a-z0-9]+)*$/;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9]*$/;

/** Bodies are native documents under `body`, so that `position` and a body's own `position` never meet. */
export type MongoDocument = Document & { readonly _id: string; readonly position: string };

/** The names that every read store takes: one that another adapter would refuse must not work here. */
export const collectionName = (name: string): string => {
  if (!COLLECTION_NAME.test(name) || name.length > 100) throw new RangeError(`not a collection name: ${name}`);
  return name;
};

const pathOf = (field: string): string => {
  if (!FIELD_NAME.test(field)) throw new RangeError(`not a field name: ${field}`);
  return `body.${field}`;
};

/** Documents without an index's first field are left out of it: no query that it serves can ask for them. */
export const indexesOf = ({ indexes }: CollectionSpec): IndexDescription[] =>
  indexes.map((fields) => {
    const [first = ''] = fields;
    return {
      name: `by ${fields.join(', ')}`,
      key: Object.fromEntries([...fields.map(pathOf), '_id'].map((path) => [path, 1])),
      partialFilterExpression: { [pathOf(first)]: { $exists: true } },
    };
  });

/** A list would match whatever one of its items matches. */
const NO_LIST = { $not: { $type: 'array' } };

type Condition = Filter<MongoDocument>;

const compared = (field: string, operator: '$eq' | '$gte' | '$lte', value: Scalar): Condition => ({
  [pathOf(field)]: { [operator]: value, ...NO_LIST },
});

export const filterOf = (query: Query): Condition => {
  if (!Number.isSafeInteger(query.limit) || query.limit < 1) throw new RangeError(`not a limit: ${query.limit}`);
  const conditions = [
    ...Object.entries(query.equals ?? {}).map(([field, value]) => compared(field, '$eq', value)),
    ...rangeOf(query),
    ...cursorOf(query),
  ];
  return conditions.length === 0 ? {} : { $and: conditions };
};

const rangeOf = ({ orderBy, from, to }: Query): readonly Condition[] => {
  if (orderBy === undefined) {
    if (from !== undefined || to !== undefined) throw new RangeError('a range needs a field to order by');
    return [];
  }
  const bounds = [
    ...(from === undefined ? [] : [compared(orderBy, '$gte', from)]),
    ...(to === undefined ? [] : [compared(orderBy, '$lte', to)]),
  ];
  if (bounds.length > 0) return bounds;
  // `$exists` says in the index's own words that it holds every document that is wanted.
  return [{ [pathOf(orderBy)]: { $exists: true, $type: ['string', 'number', 'bool'], ...NO_LIST } }];
};

const cursorOf = ({ orderBy, descending = false, after }: Query): readonly Condition[] => {
  if (after === undefined) return [];
  const { id, value } = after;
  const beyond = descending ? '$lt' : '$gt';
  if (orderBy === undefined) return [{ _id: { [beyond]: id } }];
  if (value === undefined) throw new RangeError(`a cursor needs the value of ${orderBy}`);
  const path = pathOf(orderBy);
  return [
    // Follows from the other condition, but only this one lets the server start there in an index.
    compared(orderBy, descending ? '$lte' : '$gte', value),
    { $or: [{ [path]: { [beyond]: value } }, { [path]: value, _id: { [beyond]: id } }] },
  ];
};

export const sortOf = ({ orderBy, descending = false }: Query): Sort => {
  const direction = descending ? -1 : 1;
  return { ...(orderBy === undefined ? {} : { [pathOf(orderBy)]: direction }), _id: direction };
};
