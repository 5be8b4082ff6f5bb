import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Express } from 'express';
import { answerBrokenRequests } from './api/broken-requests.ts';
import { type Config, ConfigurationError } from './config.ts';

const LONGEST_STOP_MS = 10_000;
const CLOSE_IDLE_EVERY_MS = 100;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How late a request may be found to be late. */
const LOOK_EVERY_MS = 1_000;

export const urlOf = ({ host, port }: Pick<Config, 'host' | 'port'>): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

export const listen = (app: Express, { port, host }: Pick<Config, 'host' | 'port'>): Promise<Server> =>
  new Promise((resolve, reject) => {
    // Node itself would refuse a request without Host in no words that clients of this API know.
    const server = createServer({ requireHostHeader: false, connectionsCheckingInterval: LOOK_EVERY_MS }, app);
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    answerBrokenRequests(server, randomUUID);
    server.once('error', (error) => reject(cannotListen(error, host, port)));
    server.listen(port, host, () => resolve(server));
  });

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const cannotListen = (error: NodeJS.ErrnoException, host: string, port: number): Error => {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} of ${host} is taken: set PORT to another one, or stop what uses it.`,
    EACCES: `Port ${port} may not be used by this user: set PORT to one above 1023.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine: set HOST, for instance to 127.0.0.1 or 0.0.0.0.`,
    ENOTFOUND: `HOST ${host} is not known.`,
    EAI_AGAIN: `HOST ${host} is not known at present.`,
  };
  const reason = reasons[error.code ?? ''];
  return reason === undefined ? error : new ConfigurationError(reason, { cause: error });
};

/**
 * For so long still takes requests, while whoever spreads them finds out that this node is not ready any more; then refuses
 * new ones, and lets those under way end.
 */
export const closeServer = async (server: Server, drainMs: number): Promise<void> => {
  await setTimeout(drainMs);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // A kept connection that was answered without `Connection: close` just before the stop is idle only from now on.
  const closing = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  await Promise.race([closed, setTimeout(LONGEST_STOP_MS, undefined, { ref: false })]);
  clearInterval(closing);
  server.closeAllConnections();
};
