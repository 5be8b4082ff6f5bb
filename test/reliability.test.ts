import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT, readText } from './deploy/compose-file.ts';

const rows = readText('RELIABILITY.md')
  .split('\n')
  .filter((line) => /^\| P\d/.test(line));
const files = [...readText('RELIABILITY.md').matchAll(/`(test\/[\w./-]+\.ts)`/g)].map(([, file = '']) => file);

describe('RELIABILITY.md', () => {
  it('has one row for each promise, in order', () => {
    const numbers = rows.map((row) => Number(/^\| P(\d+) \|/.exec(row)?.[1]));
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  });

  it('says of each promise whether it is kept', () => {
    for (const row of rows) expect(row).toMatch(/\| (kept|partly: |not yet)[^|]*\|$/);
  });

  it('names tests that there are', () => {
    expect(files.filter((file) => !existsSync(`${ROOT}${file}`))).toEqual([]);
  });
});
