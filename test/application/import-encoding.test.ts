import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImportFormatError } from '../../src/application/import-csv.ts';
import { assertUtf8 } from '../../src/application/import-encoding.ts';

const HEADER = 'channelOrderNumber,sku,quantity,country,city\n';
const rows = (city: string): string => `${HEADER}W-1,tea,1,DE,Berlin\nW-2,tea,1,DE,${city}\nW-3,tea,1,DE,Berlin\n`;

const inChunks = (content: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(content.length / size) }, (_, n) => content.subarray(n * size, (n + 1) * size));

const read = (content: Uint8Array, size = 65_536): Promise<void> =>
  assertUtf8(
    (async function* () {
      yield* inChunks(content, size);
    })(),
  );

describe('the text of a file to import', () => {
  it('is UTF-8, with or without a byte order mark, however it comes in parts', async () => {
    const anySize = fc.integer({ min: 1, max: 9 });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.boolean(), anySize, async (city, mark, size) => {
        fc.pre(!city.includes('\u0000'));
        await read(Buffer.from(`${mark ? '\ufeff' : ''}${rows(city)}`), size);
      }),
    );
    await read(new Uint8Array());
  });

  it.each([1, 2, 3, 1_000])('in another encoding is refused by its line, read %d bytes at a time', async (size) => {
    const refused = read(Buffer.from(rows('Köln'), 'latin1'), size);
    await expect(refused).rejects.toThrow(ImportFormatError);
    await expect(refused).rejects.toThrow(/^Line 3 is not UTF-8.*iconv -f WINDOWS-1252 -t UTF-8/s);
  });

  it('that ends in the middle of a letter is refused', async () => {
    await expect(read(Buffer.from(`${HEADER}W-1,tea,1,DE,Köln`).subarray(0, -3))).rejects.toThrow(
      /^Line 2 is not UTF-8/,
    );
  });

  it.each([
    ['UTF-16 with its mark', Buffer.from(`\ufeff${rows('Köln')}`, 'utf16le'), /^The file is UTF-16\. Save it as UTF-8/],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${rows('Köln')}`, 'utf16le').swap16(), /^The file is UTF-16/],
    ['UTF-16 without a mark', Buffer.from(rows('Köln'), 'utf16le'), /^Line 1 holds a zero byte: .*UTF-16/],
    ['a compressed file', gzipSync(rows('Berlin')), /^The file is compressed \(gzip\)\. Unpack it first/],
    [
      'a zip archive, as spreadsheets are',
      Buffer.from('PK\u0003\u0004…'),
      /^The file is a zip archive or a spreadsheet/,
    ],
  ])('is not %s', async (_, content, sentence) => {
    await expect(read(content)).rejects.toThrow(sentence);
  });
});
