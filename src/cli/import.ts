import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { channelProfile, id } from '../api/schemas.ts';
import { assertHeader, readOrders } from '../application/import-csv.ts';
import { assertUtf8 } from '../application/import-encoding.ts';
import { type ImportSummary, importOrders, type Placement } from '../application/import-orders.ts';
import type { PlaceOrderBody } from '../application/import-rows.ts';
import { ConfigurationError } from '../config.ts';
import { type Connection, mustSucceed, withConnection } from './connection.ts';
import { statsOfInput } from './input-file.ts';
import { showProgress } from './progress.ts';
import { ServiceTrouble } from './service-trouble.ts';

export type ImportOptions = { readonly channel: string; readonly concurrency: number; readonly currency: string };

/** `sourcefold import orders FILE`. */
export const importFile = async (file: string, options: ImportOptions): Promise<void> => {
  if (!(await statsOfInput(file)).isFile())
    throw new ConfigurationError(`${file} is no plain file, and an import reads it more than once: save it as one.`);
  assertChannel(options);
  await assertUtf8(createReadStream(file));
  await assertHeader(createReadStream(file));
  await withConnection(async (connection) => {
    await ensureChannel(connection, options);
    const summary = await importOrdersFrom(connection, file, options);
    printSummary(summary);
    if (!isComplete(summary)) process.exitCode = 1;
  });
};

/** What the service would refuse in any case, before one is started for it. */
const assertChannel = ({ channel, currency }: ImportOptions): void => {
  const given = [
    ['--channel', channel, id],
    ['--currency', currency, channelProfile.shape.currency],
  ] as const;
  for (const [option, value, schema] of given) {
    const fault = schema.safeParse(value).error?.issues[0]?.message;
    if (fault !== undefined) throw new ConfigurationError(`${option} ${JSON.stringify(value)} ${fault}.`);
  }
};

/** Rows that are no orders: setting them aside is what the shape of the file is for. */
const setAside: ReadonlySet<string> = new Set(['cancellation', 'not-a-product', 'not-a-sale']);

/** Whether every order that the file holds is there now. */
export const isComplete = ({ refusedOrders, byReason, interrupted }: ImportSummary): boolean =>
  refusedOrders === 0 && !interrupted && Object.keys(byReason).every((reason) => setAside.has(reason));

/** An import needs a channel to book its orders on: made when it is missing, left alone when it is there. */
const ensureChannel = async (connection: Connection, { channel, currency }: ImportOptions): Promise<void> => {
  const path = `/v1/channels/${encodeURIComponent(channel)}`;
  if ((await connection.send('GET', path)).status === 200) return;
  await mustSucceed(connection, 'PUT', path, { name: channel, kind: 'other', currency });
};

const LINE_BREAK = 10;

/** About so many behind the header: a line break within quotes counts as one more. */
const rowsIn = async (file: string): Promise<number> => {
  let breaks = 0;
  let last: number | undefined;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(LINE_BREAK); at !== -1; at = chunk.indexOf(LINE_BREAK, at + 1)) breaks += 1;
    last = chunk.at(-1);
  }
  return last === LINE_BREAK ? breaks - 1 : breaks;
};

/** Streams the file into the API with a progress bar; every refused row is told at once, with its reason. */
export const importOrdersFrom = async (
  connection: Connection,
  file: string,
  options: ImportOptions,
): Promise<ImportSummary> => {
  const total = await rowsIn(file);
  const progress = showProgress('Importing', total, 'rows');
  const refused: string[] = [];
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  try {
    const summary = await importOrders({
      items: readOrders(createReadStream(file), { channelId: options.channel }),
      place: (order) => place(connection, order),
      concurrency: options.concurrency,
      onProgress: ({ rows }) => progress.set(Math.min(rows, total)),
      onRefused: ({ row, reason, message }) => refused.push(`  row ${row}: ${reason}: ${message}`),
      onOrderRefused: ({ channelOrderNumber, rows, code, message }) =>
        refused.push(`  order ${channelOrderNumber} (rows ${rows.join(' to ')}): ${code}: ${message}`),
      signal: stop.signal,
    });
    if (!summary.interrupted) progress.set(total);
    return summary;
  } finally {
    progress.stop();
    if (refused.length > 0) process.stdout.write(`Refused:\n${refused.join('\n')}\n`);
  }
};

/** What is looked at of an answer, whoever gave it. */
const orderAnswer = z
  .looseObject({
    status: z.unknown().optional(),
    code: z.unknown().optional(),
    title: z.string().optional(),
    detail: z.string().optional(),
    errors: z.unknown().optional(),
  })
  .catch({});

const place = async (connection: Connection, order: PlaceOrderBody): Promise<Placement> => {
  const { status, body } = await connection.send('POST', '/v1/orders', order);
  const answer = orderAnswer.parse(body);
  if (status === 200 || status === 201 || status === 202) {
    return { status: status === 200 ? 'alreadyThere' : 'placed', orderStatus: String(answer.status) };
  }
  if (status >= 500) throw new ServiceTrouble(`The service answered ${status}: ${JSON.stringify(body)}.`);
  const message = [answer.detail ?? answer.title, answer.errors === undefined ? '' : JSON.stringify(answer.errors)];
  return { status: 'refused', code: String(answer.code), message: message.join(' ').trim() };
};

const counts = (table: Readonly<Record<string, number>>): string =>
  Object.entries(table)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none';

export const printSummary = (summary: ImportSummary): void => {
  const { rows, orders, placed, alreadyThere, refusedOrders, refusedRows, byReason, byOrderStatus } = summary;
  process.stdout.write(
    [
      `${rows} rows, ${orders} orders: ${placed} placed, ${alreadyThere} already there, ${refusedOrders} refused.`,
      `Order status: ${counts(byOrderStatus)}.`,
      `Refused rows: ${refusedRows} (${counts(byReason)}).`,
      ...(summary.interrupted ? ['Interrupted: run it again to go on; what is there is not placed twice.'] : []),
      '',
    ].join('\n'),
  );
};
