import { ImportFormatError } from './import-csv.ts';

const LINE_FEED = 0x0a;

/** How files begin that are no text, or text that is written otherwise. */
const beginnings: readonly (readonly [first: readonly number[], what: string])[] = [
  [[0x1f, 0x8b], 'The file is compressed (gzip). Unpack it first: gunzip FILE'],
  [
    [0x50, 0x4b, 0x03, 0x04],
    'The file is a zip archive or a spreadsheet (.xlsx). Unpack it, or save the sheet as CSV UTF-8',
  ],
  [[0xff, 0xfe], 'The file is UTF-16. Save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW'],
  [[0xfe, 0xff], 'The file is UTF-16. Save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW'],
];

const beginningOf = (chunk: Uint8Array): string | undefined =>
  beginnings.find(([first]) => first.every((byte, index) => chunk[index] === byte))?.[1];

const notUtf8 = (line: number): ImportFormatError =>
  new ImportFormatError(
    line,
    `Line ${line} is not UTF-8, and letters of names and addresses would be lost. Save the file as UTF-8 (in a spreadsheet: ` +
      '"CSV UTF-8"), or convert it, for instance: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW',
  );

const zeroByte = (line: number): ImportFormatError =>
  new ImportFormatError(
    line,
    `Line ${line} holds a zero byte: the file is no text, or it is UTF-16. Save it as UTF-8, or convert it: ` +
      'iconv -f UTF-16LE -t UTF-8 FILE > NEW',
  );

/**
 * Throws at the first line that is not text in UTF-8. To be asked before anything of the file is used: who decodes it
 * puts replacement characters where letters were, and says nothing.
 */
export const assertUtf8 = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let isFirst = true;
  const read = (part?: Uint8Array): void => {
    if (part?.includes(0) === true) throw zeroByte(line);
    try {
      decoder.decode(part, { stream: part !== undefined });
    } catch {
      throw notUtf8(line);
    }
  };
  for await (const chunk of source) {
    const fault = isFirst ? beginningOf(chunk) : undefined;
    if (fault !== undefined) throw new ImportFormatError(1, fault);
    isFirst = false;
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      read(chunk.subarray(start, end + 1));
      line += 1;
      start = end + 1;
    }
    read(chunk.subarray(start));
  }
  read();
};
