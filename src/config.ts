import { isIPv4 } from 'node:net';
import { z } from 'zod';

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('./data'),
  ADMIN_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]*$/, 'must be of visible ASCII characters, without spaces: it travels in a header')
    .max(512)
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  EVENT_STORE_URL: z
    .string()
    .regex(
      /^esdb(\+discover)?:\/\//,
      'must begin with esdb:// or esdb+discover://; unset: the log is a file in DATA_DIR',
    )
    .optional(),
  READ_STORE_URL: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://; unset: a file in DATA_DIR')
    .optional(),
  DRAIN_MS: z.coerce.number().int().min(0).max(60_000).default(200),
});

/** What a node does: `api` answers requests, `worker` keeps read models and orders moving, `all` does both. */
export type Role = z.infer<typeof schema>['ROLE'];

export type Config = {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly adminApiKey: string | undefined;
  readonly logLevel: z.infer<typeof schema>['LOG_LEVEL'];
  readonly role: Role;
  /** EventStoreDB, as its connection string says; undefined: a file in `dataDir`. It may hold a password. */
  readonly eventStoreUrl: string | undefined;
  /** MongoDB, as its connection string says; undefined: a file in `dataDir`. It may hold a password. */
  readonly readStoreUrl: string | undefined;
  /** How long a node that stops still takes requests, while whoever spreads them finds out. */
  readonly drainMs: number;
};

/** Where a node's stores are. */
export type StoreSettings = Pick<Config, 'dataDir'> & Partial<Pick<Config, 'eventStoreUrl' | 'readStoreUrl'>>;

/** False: all that this node keeps is on other machines. */
export const keepsFiles = ({ eventStoreUrl, readStoreUrl }: Omit<StoreSettings, 'dataDir'>): boolean =>
  eventStoreUrl === undefined || readStoreUrl === undefined;

/** A setting that the service cannot start with: the message names the variable and the fix. */
export class ConfigurationError extends Error {}

const SAFE_KEY_LENGTH = 16;

/** Could be guessed by trying: good enough only where nobody else can try. */
export const isShortKey = (key: string | undefined): boolean => key !== undefined && key.length < SAFE_KEY_LENGTH;

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

/** Environment variables to one frozen configuration. An empty variable counts as unset. */
export const readConfig = (environment: Readonly<Record<string, string | undefined>>): Config => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new ConfigurationError(`The configuration cannot be used:\n${faults.join('\n')}`);
  }
  const { PORT, HOST, ADMIN_API_KEY } = parsed.data;
  if (isShortKey(ADMIN_API_KEY) && !isLoopback(HOST)) {
    throw new ConfigurationError(
      `ADMIN_API_KEY has fewer than ${SAFE_KEY_LENGTH} characters, which others could guess, and HOST ${HOST} lets others in. ` +
        'Set a longer key, or HOST to 127.0.0.1.',
    );
  }
  return Object.freeze({
    port: PORT,
    host: HOST,
    dataDir: parsed.data.DATA_DIR,
    adminApiKey: ADMIN_API_KEY,
    logLevel: parsed.data.LOG_LEVEL,
    role: parsed.data.ROLE,
    eventStoreUrl: parsed.data.EVENT_STORE_URL,
    readStoreUrl: parsed.data.READ_STORE_URL,
    drainMs: parsed.data.DRAIN_MS,
  });
};
