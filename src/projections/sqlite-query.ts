import type { CollectionSpec, Query, Scalar } from './read-store.ts';

/** SQLite compares names without case, and index names share one space: so lower case, and no quotes to escape. */
const COLLECTION_NAME = /^[a-z][a-z0-9]*(?:[-@.][a-z0-9]+)*$/;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9]*$/;

export const tableOf = (collection: string): string => {
  if (!COLLECTION_NAME.test(collection) || collection.length > 100)
    throw new RangeError(`not a collection name: ${collection}`);
  return `"${collection}"`;
};

const assertField = (field: string): string => {
  if (!FIELD_NAME.test(field)) throw new RangeError(`not a field name: ${field}`);
  return field;
};

/** The column that repeats an indexed field of the body: cheaper to keep than an index on an expression over JSON. */
export const columnOf = (field: string): string => `"$${assertField(field)}"`;

/** The fields that a collection's indexes are made of. */
export const indexedFields = ({ indexes }: Pick<CollectionSpec, 'indexes'>): readonly string[] => [
  ...new Set(indexes.flat()),
];

/** A field where a query can find it: in its column, if the collection has one, else in the body. */
const termOf = (field: string, columns: ReadonlySet<string>): string =>
  columns.has(field) ? columnOf(field) : `json_extract(body, '$.${assertField(field)}')`;

export const tableSchemaOf = (spec: CollectionSpec): string => {
  const columns = indexedFields(spec).map((field) => `, ${columnOf(field)} ANY`);
  return `CREATE TABLE IF NOT EXISTS ${tableOf(spec.name)}
    (id TEXT NOT NULL PRIMARY KEY, position TEXT NOT NULL, body TEXT NOT NULL${columns.join('')}) STRICT`;
};

/** For a table that was made when its collection had fewer indexes. */
export const columnSchemaOf = (collection: string, field: string): readonly string[] => [
  `ALTER TABLE ${tableOf(collection)} ADD COLUMN ${columnOf(field)} ANY`,
  `UPDATE ${tableOf(collection)} SET ${columnOf(field)} = json_extract(body, '$.${assertField(field)}')`,
];

/** Documents without an index's first field are left out of it: no query that it serves can ask for them. */
export const indexSchemaOf = ({ name, indexes }: CollectionSpec): readonly string[] =>
  indexes.map((fields) => {
    const [first = ''] = fields;
    return `CREATE INDEX IF NOT EXISTS "${name} by ${fields.join(', ')}"
      ON ${tableOf(name)} (${[...fields.map(columnOf), 'id'].join(', ')}) WHERE ${columnOf(first)} IS NOT NULL`;
  });

export type Parameter = string | number;

export type Statement = { readonly sql: string; readonly parameters: readonly Parameter[] };

/** SQLite has no true and false: JSON's come out of `json_extract` as 1 and 0. */
export const bound = (value: Scalar): Parameter => (typeof value === 'boolean' ? Number(value) : value);

export const findStatement = (collection: string, query: Query, columns: ReadonlySet<string>): Statement => {
  const { equals = {}, orderBy, descending = false, limit } = query;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`not a limit: ${limit}`);
  const direction = descending ? 'DESC' : 'ASC';
  const conditions: Statement[] = [
    ...Object.entries(equals).map(([field, value]) => ({
      sql: `${termOf(field, columns)} = ?`,
      parameters: [bound(value)],
    })),
    ...rangeOf(query, columns),
    ...cursorOf(query, columns),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  const order = [...(orderBy === undefined ? [] : [termOf(orderBy, columns)]), 'id'].map(
    (term) => `${term} ${direction}`,
  );
  return {
    sql: `SELECT id, position, body FROM ${tableOf(collection)}${where} ORDER BY ${order.join(', ')} LIMIT ?`,
    parameters: [...conditions.flatMap(({ parameters }) => parameters), limit],
  };
};

const rangeOf = ({ orderBy, from, to }: Query, columns: ReadonlySet<string>): readonly Statement[] => {
  if (orderBy === undefined) {
    if (from !== undefined || to !== undefined) throw new RangeError('a range needs a field to order by');
    return [];
  }
  const field = termOf(orderBy, columns);
  const bounds = [
    ...(from === undefined ? [] : [{ sql: `${field} >= ?`, parameters: [bound(from)] }]),
    ...(to === undefined ? [] : [{ sql: `${field} <= ?`, parameters: [bound(to)] }]),
  ];
  return bounds.length > 0 ? bounds : [{ sql: `${field} IS NOT NULL`, parameters: [] }];
};

const cursorOf = (
  { orderBy, descending = false, after }: Query,
  columns: ReadonlySet<string>,
): readonly Statement[] => {
  if (after === undefined) return [];
  const beyond = descending ? '<' : '>';
  if (orderBy === undefined) return [{ sql: `id ${beyond} ?`, parameters: [after.id] }];
  if (after.value === undefined) throw new RangeError(`a cursor needs the value of ${orderBy}`);
  const field = termOf(orderBy, columns);
  // The first condition follows from the second, but only the first lets SQLite start there in an index.
  const sql = `${field} ${beyond}= ? AND (${field}, id) ${beyond} (?, ?)`;
  return [{ sql, parameters: [bound(after.value), bound(after.value), after.id] }];
};
