import type { StatementSync } from 'node:sqlite';
import type { Stored, Write } from './read-store.ts';
import { bound, columnOf, type Parameter, tableOf } from './sqlite-query.ts';

type Body = Stored['body'];

/** Writes one document where its guard lets it, `text` being its body, and answers whether it did. */
export type WriteOne = (write: Write, text: string | null) => boolean;

export type WriterOptions = {
  readonly collection: string;
  /** Those with a column of their own. */
  readonly fields: readonly string[];
  readonly prepare: (sql: string) => StatementSync;
};

/** Numbers, texts and truth values are what queries compare; anything else has no place in an index. */
const columnValue = (value: unknown): Parameter | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? bound(value) : null;

export const createWriter = ({ collection, fields, prepare }: WriterOptions): WriteOne => {
  const table = tableOf(collection);
  const names = fields.map(columnOf);
  const updates = new Map<string, StatementSync>();
  const put = prepare(
    `INSERT INTO ${table} (${['id', 'position', 'body', ...names].join(', ')})
     VALUES (${['?1', '?2', '?3', ...names.map((_, index) => `?${index + 4}`)].join(', ')})
     ON CONFLICT (id) DO UPDATE SET
     ${['position', 'body', ...names].map((name) => `${name} = excluded.${name}`).join(', ')}
     WHERE excluded.position > ${table}.position`,
  );
  const remove = prepare(`DELETE FROM ${table} WHERE id = ? AND position < ?`);
  const exists = prepare(`SELECT 1 FROM ${table} WHERE id = ?`);

  const valuesOf = (body: Body): readonly (Parameter | null)[] => fields.map((field) => columnValue(body[field]));

  /**
   * Updates a document if only these columns change. SQLite takes a row out of each index whose columns a statement sets,
   * and puts it in again, even if they are set to what they were; so what stays is not set.
   */
  const updateOf = (changing: readonly number[]): StatementSync => {
    const key = changing.join();
    const known = updates.get(key);
    if (known !== undefined) return known;
    const equations = (isMeant: (column: number) => boolean, text: (name: string, value: string) => string) =>
      names.flatMap((name, column) => (isMeant(column) ? [text(name, `?${column + 4}`)] : [])).join(' ');
    const made = prepare(
      `UPDATE ${table} SET position = ?2, body = ?3
       ${equations(
         (column) => changing.includes(column),
         (name, value) => `, ${name} = ${value}`,
       )}
       WHERE id = ?1 AND position < ?2
       ${equations(
         (column) => !changing.includes(column),
         (name, value) => `AND ${name} IS ${value}`,
       )}`,
    );
    updates.set(key, made);
    return made;
  };

  const changesOf = (before: Body, values: readonly (Parameter | null)[]): readonly number[] => {
    const known = valuesOf(before);
    return [...values.keys()].filter((column) => values[column] !== known[column]);
  };

  return ({ id, position, body, before }, text) => {
    if (body === null || text === null) return remove.run(id, position).changes > 0 || exists.get(id) === undefined;
    const values = valuesOf(body);
    const update = before === null ? null : updateOf(before === undefined ? [] : changesOf(before.body, values));
    if (update !== null && update.run(id, position, text, ...values).changes > 0) return true;
    return put.run(id, position, text, ...values).changes > 0;
  };
};
