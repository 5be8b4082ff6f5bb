import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MOVED } from '../../src/cli/migrate.ts';
import { sourceFilesUnder } from '../support/imports.ts';

/** What the target makes for itself. */
const LEFT_BEHIND = ['leases', 'process-checkpoints', 'snapshots', 'sourcing-run-pulses', 'write-proofs'];

describe('what moves to other stores', () => {
  it('is every collection of the vault but those that are made anew', () => {
    const declared = sourceFilesUnder(join(import.meta.dirname, '..', '..', 'src'))
      .filter(({ path }) => /^(api|application)\//.test(path))
      .flatMap(({ text }) => [...text.matchAll(/= \{ name: '([a-z-]+)', indexes: /g)].map(([, name]) => name));
    expect(declared).toContain('customer-keys');
    expect(declared.toSorted()).toEqual([...MOVED.map(({ name }) => name), ...LEFT_BEHIND].toSorted());
  });
});
