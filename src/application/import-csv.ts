import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { createGrouping, type ImportItem } from './import-grouping.ts';
import { createOrderShape } from './import-order-shape.ts';
import { createRetailShape } from './import-retail-shape.ts';
import type { Cells, RowShape } from './import-rows.ts';

/** The file as a whole cannot be read from `row` on. Orders before it may have been imported; a second run is safe. */
export class ImportFormatError extends Error {
  readonly row: number;

  constructor(row: number, message: string) {
    super(message);
    this.name = 'ImportFormatError';
    this.row = row;
  }
}

export type ReadOrdersOptions = {
  readonly channelId: string;
  /** How many rows of other orders may lie between two rows of one order: what bounds the memory. */
  readonly window?: number;
};

const columnsInWords = (shape: RowShape): string => `${shape.name} (${shape.required.join(', ')})`;

/** Throws unless the header is one of the shapes' and each of its columns is one we understand. */
const recogniseShape = (shapes: readonly RowShape[], header: readonly string[]): RowShape => {
  const shape = shapes.find(({ required }) => required.every((column) => header.includes(column)));
  if (shape === undefined)
    throw new ImportFormatError(
      1,
      `the first row is not the header of a file we can import; needed are the columns of ${shapes.map(columnsInWords).join(' or ')}`,
    );
  const repeated = header.find((column, index) => header.indexOf(column) !== index);
  if (repeated !== undefined) throw new ImportFormatError(1, `column ${repeated} appears twice`);
  const unknown = header.find((column) => !shape.required.includes(column) && !shape.optional.includes(column));
  if (unknown === undefined) return shape;
  const known = [...shape.required, ...shape.optional].join(', ');
  throw new ImportFormatError(1, `column ${JSON.stringify(unknown)} is not known in ${shape.name}; known are ${known}`);
};

const named = (header: readonly string[], record: readonly string[]): Cells => {
  const cells: Record<string, string> = {};
  for (const [index, column] of header.entries()) cells[column] = record[index]?.trim() ?? '';
  return cells;
};

const isBlank = (record: readonly string[]): boolean => record.every((cell) => cell.trim() === '');

const parsedRecords = (source: AsyncIterable<Uint8Array | string>): AsyncIterable<string[]> => {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: 1_000_000,
  });
  // The callback is the error handler that pipeline demands; iterating the parser reports the same error.
  pipeline(Readable.from(source), parser, () => undefined);
  return parser;
};

async function* records(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<[row: number, record: string[]]> {
  let row = 0;
  try {
    for await (const record of parsedRecords(source)) {
      row += 1;
      yield [row, record];
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser is ahead of us: rows it had read when it failed are lost, so its count tells where.
    const parsed: unknown = error.records;
    const failed = (typeof parsed === 'number' ? parsed : row) + 1;
    throw new ImportFormatError(failed, `row ${failed} is not well-formed CSV: ${error.message}`);
  }
}

const shapesOfFiles = (): readonly RowShape[] => [createRetailShape(), createOrderShape()];

const headerIn = (record: readonly string[]): readonly string[] => record.map((column) => column.trim().toLowerCase());

/** Throws unless the file begins as one that can be imported. To be asked before anything is made for its orders. */
export const assertHeader = async (source: AsyncIterable<Uint8Array | string>): Promise<void> => {
  let header: readonly string[] = [];
  for await (const [, record] of records(source)) {
    header = headerIn(record);
    break;
  }
  recogniseShape(shapesOfFiles(), header);
};

/** Reads a CSV of one of the known shapes as a stream of orders and refused rows, in memory that the window bounds. */
export async function* readOrders(
  source: AsyncIterable<Uint8Array | string>,
  { channelId, window = 10_000 }: ReadOrdersOptions,
): AsyncGenerator<ImportItem> {
  const shapes = shapesOfFiles();
  let header: readonly string[] | null = null;
  let grouping: ReturnType<typeof createGrouping> | null = null;
  for await (const [row, record] of records(source)) {
    if (header === null || grouping === null) {
      header = headerIn(record);
      grouping = createGrouping({ shape: recogniseShape(shapes, header), channelId, window });
    } else if (!isBlank(record)) {
      yield* grouping.add(row, named(header, record), record.length === header.length);
    }
  }
  if (grouping === null) recogniseShape(shapes, []);
  else yield* grouping.close();
}
