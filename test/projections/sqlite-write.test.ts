import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Stored, Write } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { indexedFields, tableOf } from '../../src/projections/sqlite-query.ts';
import { parcels, position } from '../contracts/read-store-examples.ts';

const value = fc.constantFrom('', 'a', 'b', 'a\u0000b', '1', 1, 1.5, -0, 2 ** 53, true, false, null, ['a'], { a: 1 });
const body = fc.record(
  { carrier: value, sentAt: value, express: value, weight: value, note: value },
  { requiredKeys: [] },
);
const stored = fc.record({ id: fc.constant('p1'), position: fc.nat(9).map(position), body });
const step = fc.record({
  id: fc.constantFrom('p1', 'p2'),
  position: fc.nat(9).map(position),
  body: fc.option(body, { freq: 6 }),
  /** What the writer believes: the truth, nothing, whatever, or it does not say. */
  belief: fc.oneof(fc.constantFrom('right' as const, 'nothing' as const, 'unsaid' as const), stored),
});

describe('a document written to SQLite', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'read-store-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('has in its columns what its body says, and is guarded by its position, whatever its writer believed', async () => {
    const file = join(folder, 'read.db');
    const store = createSqliteReadStore({ file });
    const db = new DatabaseSync(file, { readOnly: true });
    await store.ensure(parcels);
    const terms = indexedFields(parcels).map((field) => {
      const extracted = `json_extract(body, '$.${field}')`;
      return `"$${field}" IS iif(json_type(body, '$.${field}') IN ('array', 'object'), NULL, ${extracted}) AS "${field}"`;
    });
    const columnsAreRight = db.prepare(`SELECT ${terms.join(', ')} FROM ${tableOf(parcels.name)}`);

    const run = async (steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) => {
      const model = new Map<string, Stored>();
      await store.drop(parcels.name);
      await store.ensure(parcels);
      for (const { id, position: at, body: next, belief } of steps) {
        const there = model.get(id);
        const before = belief === 'right' ? (there ?? null) : belief === 'nothing' ? null : belief;
        const write: Write = { id, position: at, body: next, ...(before === 'unsaid' ? {} : { before }) };
        const isNewer = there === undefined || there.position < at;
        expect(await store.write(parcels.name, [write])).toEqual(isNewer ? [] : [id]);
        if (isNewer && next === null) model.delete(id);
        if (isNewer && next !== null) model.set(id, { id, position: at, body: JSON.parse(JSON.stringify(next)) });
        expect(await store.get(parcels.name, ['p1', 'p2'])).toEqual(model);
        for (const row of columnsAreRight.all()) expect(Object.values(row)).not.toContain(0);
      }
    };

    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 12 }), run), { numRuns: 150 });
    expect(db.prepare('PRAGMA integrity_check').get()?.integrity_check).toBe('ok');
    db.close();
    await store.close();
  });
});
