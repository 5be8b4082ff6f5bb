import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Query, ReadStoreUnavailable } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { findStatement } from '../../src/projections/sqlite-query.ts';
import { readStoreContract } from '../contracts/read-store.ts';

readStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'read-store-'));
  const file = join(folder, 'read.db');
  const store = createSqliteReadStore({ file });
  const remove = async (): Promise<void> => {
    await store.close();
    await rm(folder, { recursive: true });
  };
  return { store, another: async () => createSqliteReadStore({ file }), remove };
});

describe('the SQLite read store', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'read-store-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const indexes = [['placedAt'], ['channelId', 'placedAt'], ['status', 'placedAt']];
  const newest = { orderBy: 'placedAt', descending: true, limit: 50 };
  const after = { value: '2026-01-01', id: 'x' };

  const queries: readonly (readonly [string, Query, string])[] = [
    ['everything, newest first', newest, 'placedAt'],
    ['a page further on', { ...newest, after }, 'placedAt'],
    ['one channel', { ...newest, equals: { channelId: 'web' } }, 'channelId, placedAt'],
    ['one channel, further on', { ...newest, equals: { channelId: 'web' }, after }, 'channelId, placedAt'],
    ['one status in a span of time', { ...newest, equals: { status: 'held' }, from: 'a', to: 'b' }, 'status, placedAt'],
    [
      'one channel and status, further on',
      { ...newest, equals: { channelId: 'web', status: 'held' }, after },
      'status, placedAt',
    ],
  ];

  it.each(queries)('finds %s by its index, without sorting', async (_name, query, index) => {
    const file = join(folder, 'plan.db');
    const store = createSqliteReadStore({ file });
    await store.ensure({ name: 'orders', indexes });
    const db = new DatabaseSync(file);
    const { sql, parameters } = findStatement('orders', query, new Set(indexes.flat()));
    const plan = db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...parameters)
      .map((row) => String(row.detail));
    expect(plan).toHaveLength(1);
    expect(plan[0]).toContain(`SEARCH orders USING INDEX orders by ${index} (`);
    db.close();
    await store.close();
  });

  it('names a file it cannot open', () => {
    expect(() => createSqliteReadStore({ file: join(folder, 'missing', 'read.db') })).toThrow(ReadStoreUnavailable);
  });

  it('serves several threads that open one new file at once', async () => {
    const file = join(folder, 'shared.db');
    const source = new URL('../../src/projections/sqlite.ts', import.meta.url).href;
    const script = `
      const { createSqliteReadStore } = await import(${JSON.stringify(source)});
      const { workerData } = await import('node:worker_threads');
      const store = createSqliteReadStore({ file: workerData.file });
      await store.ensure({ name: 'counts', indexes: [['by']] });
      for (let n = 1; n <= 100; n++) {
        const position = String(n).padStart(16, '0');
        await store.write('counts', [{ id: workerData.by + '/' + n, position, body: { by: workerData.by } }]);
      }
      await store.close();
    `;
    const url = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
    const ends = ['a', 'b', 'c', 'd'].map(
      (by) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(url, { workerData: { file, by } });
          worker.on('exit', resolve);
          worker.on('error', reject);
        }),
    );
    await Promise.all(ends);
    const store = createSqliteReadStore({ file });
    for (const by of ['a', 'b', 'c', 'd'])
      expect(await store.find('counts', { equals: { by }, limit: 1_000 })).toHaveLength(100);
    await store.close();
  });
});
