import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTransactions } from '../../src/projections/sqlite-transactions.ts';

describe('transactions that are shared', () => {
  let db: DatabaseSync;
  let transactions: ReturnType<typeof createTransactions>;
  let executed: string[];

  const insert = (value: number) => () => Number(db.prepare('INSERT INTO numbers VALUES (?)').run(value).changes);
  const held = () =>
    db
      .prepare('SELECT value FROM numbers ORDER BY value')
      .all()
      .map(({ value }) => value);
  const commits = () => executed.filter((sql) => sql === 'COMMIT').length;

  beforeEach(() => {
    db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE numbers (value INTEGER PRIMARY KEY)');
    executed = [];
    const watched = new Proxy(db, {
      get: (target, name) => {
        if (name !== 'exec') {
          const value = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return (sql: string) => {
          executed.push(sql);
          target.exec(sql);
        };
      },
    });
    transactions = createTransactions(watched);
  });
  afterEach(() => db.close());

  it('commit once for all that waits, and answer each its own', async () => {
    const { transact } = transactions;
    expect(await Promise.all([1, 2, 3].map((value) => transact(insert(value))))).toEqual([1, 1, 1]);
    expect([held(), commits()]).toEqual([[1, 2, 3], 1]);
    await transact(insert(4));
    expect([held(), commits()]).toEqual([[1, 2, 3, 4], 2]);
  });

  it('let one that fails harm no other, and leave nothing of it', async () => {
    const { transact } = transactions;
    const half = () => {
      insert(7)();
      throw new Error('half done');
    };
    const settled = await Promise.allSettled([transact(insert(1)), transact(half), transact(insert(2))]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(held()).toEqual([1, 2]);
  });

  it('are committed at once when somebody cannot wait', async () => {
    const asked = transactions.transact(insert(1));
    transactions.flush();
    expect(held()).toEqual([1]);
    expect(await asked).toBe(1);
  });
});
