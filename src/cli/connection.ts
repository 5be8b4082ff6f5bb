import { pino } from 'pino';
import { adminKey, newAdminKeyNotice } from '../admin-key.ts';
import { type Config, ConfigurationError, readConfig } from '../config.ts';
import { urlOf } from '../http-server.ts';
import { startServer } from '../server.ts';

export type Answer = { readonly status: number; readonly body: unknown };

/** The HTTP API as an administrator. */
export type Connection = {
  readonly url: string;
  readonly send: (method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown) => Promise<Answer>;
};

/**
 * Runs `work` against the service that answers at HOST and PORT with DATA_DIR's key. Where none answers, one is started
 * on DATA_DIR for the while.
 */
export const withConnection = async (work: (connection: Connection) => Promise<void>): Promise<void> => {
  const config = readConfig(process.env);
  const url = urlOf(config);
  if (await isAlive(url)) return work(await authorised(url, config));
  const server = await startServer(
    { ...config, role: 'all', port: 0, host: '127.0.0.1', drainMs: 0 },
    pino({ level: 'warn' }, pino.destination(2)),
  );
  process.stderr.write(`No service answers at ${url}: working on ${config.dataDir} directly.\n`);
  const admin = server.admin ?? adminKey(config);
  if (admin.isNew) process.stderr.write(newAdminKeyNotice(admin));
  try {
    await work(connect(server.url, admin.secret));
  } finally {
    await server.stop();
  }
};

const isAlive = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/livez`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
};

const authorised = async (url: string, config: Config): Promise<Connection> => {
  const connection = connect(url, adminKey(config).secret);
  const { status } = await connection.send('GET', '/v1/api-keys?limit=1');
  if (status === 200) return connection;
  throw new ConfigurationError(
    `The service at ${url} does not take this administrator key. Set DATA_DIR or ADMIN_API_KEY to those it was started with.`,
  );
};

const connect = (url: string, secret: string): Connection => ({
  url,
  send: async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        Authorization: `Bearer ${secret}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  },
});

/** Sends and insists on success: anything else ends the command with what the service said. */
export const mustSucceed = async (
  connection: Connection,
  method: 'PUT' | 'POST',
  path: string,
  body: unknown,
): Promise<unknown> => {
  const answer = await connection.send(method, path, body);
  if (answer.status < 300) return answer.body;
  const message = `${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`;
  throw answer.status < 500 ? new ConfigurationError(message) : new Error(message);
};
