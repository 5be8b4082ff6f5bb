import type { CollectionSpec, Query, Scalar } from './read-store.ts';

/** SQLite compares names without case, and index names share one space: so lower case, and no quotes to escape. */
const COLLECTION_NAME = /^[a-z][a-z0-9]*(?:[-@.][a-z0-9]+)*$/;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9]*$/;

export const tableOf = (collection: string): string => {
  if (!COLLECTION_NAME.test(collection) || collection.length > 100)
    throw new RangeError(`not a collection name: ${collection}`);
  return `"${collection}"`;
};

/** The same text in index and query: only then does SQLite see that the one serves the other. */
const fieldOf = (field: string): string => {
  if (!FIELD_NAME.test(field)) throw new RangeError(`not a field name: ${field}`);
  return `json_extract(body, '$.${field}')`;
};

export const schemaOf = ({ name, indexes }: CollectionSpec): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS ${tableOf(name)}
     (id TEXT NOT NULL PRIMARY KEY, position TEXT NOT NULL, body TEXT NOT NULL) STRICT`,
  ...indexes.map(
    (fields) =>
      `CREATE INDEX IF NOT EXISTS "${name} by ${fields.join(', ')}"
       ON ${tableOf(name)} (${[...fields.map(fieldOf), 'id'].join(', ')})`,
  ),
];

type Parameter = string | number;

export type Statement = { readonly sql: string; readonly parameters: readonly Parameter[] };

/** JSON's true and false come out of `json_extract` as 1 and 0. */
const bound = (value: Scalar): Parameter => (typeof value === 'boolean' ? Number(value) : value);

export const findStatement = (collection: string, query: Query): Statement => {
  const { equals = {}, orderBy, descending = false, limit } = query;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`not a limit: ${limit}`);
  const direction = descending ? 'DESC' : 'ASC';
  const conditions: Statement[] = [
    ...Object.entries(equals).map(([field, value]) => ({ sql: `${fieldOf(field)} = ?`, parameters: [bound(value)] })),
    ...rangeOf(query),
    ...cursorOf(query),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  const order = [...(orderBy === undefined ? [] : [fieldOf(orderBy)]), 'id'].map((term) => `${term} ${direction}`);
  return {
    sql: `SELECT id, position, body FROM ${tableOf(collection)}${where} ORDER BY ${order.join(', ')} LIMIT ?`,
    parameters: [...conditions.flatMap(({ parameters }) => parameters), limit],
  };
};

const rangeOf = ({ orderBy, from, to }: Query): readonly Statement[] => {
  if (orderBy === undefined) {
    if (from !== undefined || to !== undefined) throw new RangeError('a range needs a field to order by');
    return [];
  }
  const field = fieldOf(orderBy);
  const bounds = [
    ...(from === undefined ? [] : [{ sql: `${field} >= ?`, parameters: [bound(from)] }]),
    ...(to === undefined ? [] : [{ sql: `${field} <= ?`, parameters: [bound(to)] }]),
  ];
  return bounds.length > 0 ? bounds : [{ sql: `${field} IS NOT NULL`, parameters: [] }];
};

const cursorOf = ({ orderBy, descending = false, after }: Query): readonly Statement[] => {
  if (after === undefined) return [];
  const beyond = descending ? '<' : '>';
  if (orderBy === undefined) return [{ sql: `id ${beyond} ?`, parameters: [after.id] }];
  if (after.value === undefined) throw new RangeError(`a cursor needs the value of ${orderBy}`);
  const field = fieldOf(orderBy);
  // The first condition follows from the second, but only the first lets SQLite start there in an index on an expression.
  const sql = `${field} ${beyond}= ? AND (${field}, id) ${beyond} (?, ?)`;
  return [{ sql, parameters: [bound(after.value), bound(after.value), after.id] }];
};
