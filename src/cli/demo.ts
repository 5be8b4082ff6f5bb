import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoLocations } from '../application/demo-locations.ts';
import { openingStock } from '../application/demo-network.ts';
import { readOrders } from '../application/import-csv.ts';
import type { PlaceOrderBody } from '../application/import-rows.ts';
import { readConfig } from '../config.ts';
import { urlOf } from '../http-server.ts';
import { type Connection, mustSucceed, withConnection } from './connection.ts';
import { importOrdersFrom, printSummary } from './import.ts';
import { showProgress } from './progress.ts';

const FILE = fileURLToPath(new URL('../../examples/online-retail/online-retail.csv', import.meta.url));
const CHANNEL = 'online-retail';
const CONCURRENCY = 16;

/** `npm run demo`: a network of warehouses and stores, its opening stock, and real orders. Safe to run again. */
export const demo = (): Promise<void> =>
  withConnection(async (connection) => {
    await defineNetwork(connection);
    await receiveStock(connection);
    const options = { channel: CHANNEL, concurrency: CONCURRENCY, currency: 'GBP' };
    printSummary(await importOrdersFrom(connection, FILE, options));
    process.stdout.write(lookAround());
  });

const defineNetwork = async (connection: Connection): Promise<void> => {
  await mustSucceed(connection, 'PUT', `/v1/channels/${CHANNEL}`, {
    name: 'Online retail',
    kind: 'web',
    market: 'GB',
    currency: 'GBP',
  });
  for (const { id, profile } of demoLocations)
    await mustSucceed(connection, 'PUT', `/v1/stock-locations/${id}`, profile);
  process.stdout.write(`${demoLocations.length} stock locations.\n`);
};

/** One receipt counts once, so that a second demo receives nothing more. */
export const receiveStock = async (connection: Connection): Promise<void> => {
  const receipts = openingStock(await demandOf(FILE));
  const progress = showProgress('Receiving stock', receipts.length, 'receipts');
  const units = { received: 0, alreadyThere: 0 };
  for (const [index, { locationId, reference, lines }] of receipts.entries()) {
    const path = `/v1/stock-locations/${locationId}/receipts`;
    const { status } = await mustSucceed(connection, 'POST', path, { reference, lines });
    units[status === 201 ? 'received' : 'alreadyThere'] += lines.reduce((sum, { quantity }) => sum + quantity, 0);
    progress.set(index + 1);
  }
  progress.stop();
  process.stdout.write(`Opening stock: ${units.received} units received, ${units.alreadyThere} already there.\n`);
};

const demandOf = async (file: string): Promise<PlaceOrderBody['lines']> => {
  const lines: PlaceOrderBody['lines'][number][] = [];
  for await (const item of readOrders(createReadStream(file), { channelId: CHANNEL })) {
    if (item.kind === 'order') lines.push(...item.order.lines);
  }
  return lines;
};

/** Where the service answers, or will once it is started: the demo's own one ends with the demo. */
const lookAround = (): string => {
  const config = readConfig(process.env);
  const url = urlOf(config);
  const key = config.adminApiKey === undefined ? `$(cat ${join(config.dataDir, 'admin-api-key')})` : '$ADMIN_API_KEY';
  const calls = ['orders?status=partlyAllocated', 'backorders', 'availability/85123A'].map(
    (path) => `  curl -H "Authorization: Bearer ${key}" '${url}/v1/${path}'`,
  );
  return `\nLook around while the service runs (npm start): ${url}/docs, or\n${calls.join('\n')}\n`;
};
