import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LEASES } from '../../src/application/lease.ts';
import { allProjections } from '../../src/projections/all.ts';
import { sourceFilesUnder } from '../support/imports.ts';
import { readText } from './compose-file.ts';

type Indexes = readonly (readonly string[])[];
type Collection = readonly [name: string, indexes: string];

const inWords = (indexes: Indexes): string =>
  indexes.length === 0 ? 'none' : indexes.map((fields) => fields.join(', ')).join(' · ');

/** Collections that are declared by their own names in the folder. */
const declaredIn = (folders: RegExp): readonly Collection[] =>
  sourceFilesUnder(join(import.meta.dirname, '..', '..', 'src'))
    .filter(({ path }) => folders.test(path))
    .flatMap(({ text }) => [...text.matchAll(/= \{ name: '([a-z-]+)', indexes: (\[.*?\]) \}/g)])
    .map(([, name = '', indexes = '']) => [name, inWords(JSON.parse(indexes.replaceAll("'", '"')))]);

const guide = readText('docs/operations.md').split('\n## MongoDB\n')[1] ?? '';

/** What the guide says is in a database: a row names one only where it is another than in the row before. */
const documentedIn = (database: string): readonly Collection[] => {
  let current = '';
  return guide
    .split('\n')
    .filter((line) => /^\| (?:`sourcefold|\|)/.test(line))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| ?|`/g, '').trim()))
    .flatMap((row): Collection[] => {
      const [named = '', collection = '', , indexes = ''] = row;
      current = named === '' ? current : named;
      return current === database ? [[collection, indexes]] : [];
    });
};

const sorted = (collections: readonly Collection[]) => collections.toSorted(([one], [other]) => (one < other ? -1 : 1));

describe('the guide to collections in MongoDB', () => {
  it('names every read model and what stands beside them, with the indexes', () => {
    const readModels = allProjections.map(({ name, indexes }): Collection => [`${name}@…`, inWords(indexes)]);
    const others = declaredIn(/^projections\//);
    expect(others.map(([name]) => name)).toContain('quarantine');
    expect(sorted(documentedIn('sourcefold'))).toEqual(
      sorted([...readModels, ...others, [LEASES.name, inWords(LEASES.indexes)]]),
    );
  });

  it('names every collection of the vault with its indexes, but the one that only an embedded log has', () => {
    const vault = declaredIn(/^(?:api|application)\//).filter(([name]) => name !== 'write-proofs');
    expect(vault.map(([name]) => name)).toContain('customer-keys');
    expect(sorted(documentedIn('sourcefold-vault'))).toEqual(sorted(vault));
  });
});
