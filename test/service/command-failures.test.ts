import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, sourcefold } from '../support/command.ts';

/** One line and no more: no stack, no second thought. */
const sentence = (beginning: string) => expect.stringMatching(new RegExp(`^${RegExp.escape(beginning)}[^\\n]*\\n$`));

describe('a command that cannot do its work says why in a sentence, ends with 2, and has changed nothing', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const fileOf = (name: string, content: string | Uint8Array): string => {
    writeFileSync(at(name), content);
    return at(name);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-commands-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    sourcefold(args, { DATA_DIR: at('data'), PORT: '1', ...environment });

  const csv = 'channelOrderNumber,sku,quantity,country,city\nW-1,tea,1,DE,Köln\n';

  it.each([
    ['Latin-1', Buffer.from(csv, 'latin1'), 'Line 2 is not UTF-8'],
    ['UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le'), 'The file is UTF-16.'],
    ['compressed', gzipSync(csv), 'The file is compressed (gzip).'],
  ])('import, of a file that is %s', async (name, content, beginning) => {
    const ended = await run(['import', 'orders', fileOf(`${name}.csv`, content)]);
    expect(ended).toEqual({ code: 2, stdout: '', stderr: sentence(beginning) });
    expect(existsSync(at('data'))).toBe(false);
  });
});
