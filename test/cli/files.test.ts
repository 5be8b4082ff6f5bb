import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MissingFile, statsOfInput } from '../../src/cli/input-file.ts';
import { assertWritable } from '../../src/cli/output-file.ts';
import { ConfigurationError } from '../../src/config.ts';
import { assertHasLog } from '../../src/data-dir.ts';

describe('a path that cannot be looked into', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);

  // A link to itself leads nowhere for every user; a folder without permissions would keep out all but the superuser.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-files-'));
    symlinkSync(at('loop'), at('loop'));
    mkdirSync(at('empty'));
    writeFileSync(at('file'), 'text');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is not said to be without an event log', () => {
    expect(() => assertHasLog(at('loop'))).toThrow(ConfigurationError);
    expect(() => assertHasLog(at('loop'))).toThrow(`DATA_DIR ${at('loop')} cannot be looked into: ELOOP`);
    for (const name of ['empty', 'nowhere', 'file'])
      expect(() => assertHasLog(at(name))).toThrow(`There is no event log in ${at(name)}.`);
  });

  it('is not said to be without the file to read', async () => {
    const file = at('loop/orders.csv');
    await expect(statsOfInput(file)).rejects.toThrow(MissingFile);
    await expect(statsOfInput(file)).rejects.toThrow(`${file} cannot be reached: ELOOP`);
    for (const name of ['nowhere', 'file/below'])
      await expect(statsOfInput(at(name))).rejects.toThrow(`There is no file ${at(name)}.`);
    expect((await statsOfInput(at('file'))).size).toBe(4);
  });

  it('is refused for what is to be written, as the reason says', () => {
    const file = at('loop/report.html');
    expect(() => assertWritable('--html', file)).toThrow(ConfigurationError);
    expect(() => assertWritable('--html', file)).toThrow(`--html: ${file} cannot be written: ELOOP`);
    const refusals = [
      ['empty', 'it is a folder'],
      ['nowhere/x.html', `there is no folder ${at('nowhere')}`],
      ['file/x.html', `there is no folder ${at('file')}`],
    ] as const;
    for (const [name, why] of refusals)
      expect(() => assertWritable('--html', at(name))).toThrow(`--html: ${at(name)} cannot be written: ${why}.`);
    for (const name of ['file', 'empty/x.html']) assertWritable('--html', at(name));
    expect(readdirSync(at('empty'))).toEqual([]);
  });
});
