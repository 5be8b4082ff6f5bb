import { pino } from 'pino';
import { z } from 'zod';
import { adminKey, knownAdminKey, newAdminKeyNotice } from '../admin-key.ts';
import { type Config, ConfigurationError, readConfig } from '../config.ts';
import { urlOf } from '../http-server.ts';
import { startServer } from '../server.ts';
import { ServiceTrouble } from './service-trouble.ts';

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
  if (await isAnswered(url)) return work(await authorised(url, config));
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

const LONGEST_GREETING_MS = 2_000;
const greeting = z.looseObject({ status: z.literal('alive') });

/** Whether a service answers there. Who else might answer is not spoken to any further. */
const isAnswered = async (url: string): Promise<boolean> => {
  const response = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(LONGEST_GREETING_MS) }).catch(
    (error: unknown) => {
      if (isNoHttp(error)) throw anotherProgram(url);
      return null;
    },
  );
  if (response === null) return false;
  const said = greeting.safeParse(jsonIn(await response.text()));
  if (!response.ok || !said.success) throw anotherProgram(url);
  return true;
};

const isNoHttp = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && error.cause.name === 'HTTPParserError';

const anotherProgram = (url: string): ConfigurationError =>
  new ConfigurationError(
    `At ${url} another program answers, not Sourcefold. Set HOST and PORT to those of the service, or to where it shall be.`,
  );

const authorised = async (url: string, config: Config): Promise<Connection> => {
  const secret = knownAdminKey(config);
  if (secret === null)
    throw new ConfigurationError(
      `The service at ${url} wants its administrator's key, and there is none here: set ADMIN_API_KEY to the one it was started with.`,
    );
  const connection = connect(url, secret);
  const { status } = await connection.send('GET', '/v1/api-keys?limit=1');
  if (status === 200) return connection;
  if (status === 404)
    throw new ConfigurationError(
      `The node at ${url} takes no requests (ROLE=worker): set HOST and PORT to those of an API node.`,
    );
  if (status >= 500) throw new ServiceTrouble(`The service at ${url} answered ${status}.`);
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
    }).catch((cause: unknown) => {
      throw new ServiceTrouble(`The service at ${url} does not answer any more.`, { cause });
    });
    return { status: response.status, body: jsonIn(await response.text()) };
  },
});

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Sends and insists on success: anything else ends the command with what the service said. */
export const mustSucceed = async (
  connection: Connection,
  method: 'PUT' | 'POST',
  path: string,
  body: unknown,
): Promise<Answer> => {
  const answer = await connection.send(method, path, body);
  if (answer.status < 300) return answer;
  const message = `${method} ${path} was answered ${answer.status}: ${problemIn(answer.body)}`;
  throw answer.status < 500 ? new ConfigurationError(message) : new ServiceTrouble(message);
};

const problem = z.looseObject({
  title: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.looseObject({ path: z.string(), message: z.string() })).default([]),
});

const problemIn = (body: unknown): string => {
  const { success, data } = problem.safeParse(body);
  if (!success) return 'no reason was given.';
  const faults = data.errors.map(({ path, message }) => `${path}: ${message}.`);
  return [data.detail ?? data.title, ...faults].join(' ');
};
