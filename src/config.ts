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
  EVENT_STORE_URL: z.string().optional(),
  READ_STORE_URL: z.string().optional(),
});

export type Config = {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly adminApiKey: string | undefined;
  readonly logLevel: z.infer<typeof schema>['LOG_LEVEL'];
};

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
  const { PORT, HOST, DATA_DIR, ADMIN_API_KEY, LOG_LEVEL, EVENT_STORE_URL, READ_STORE_URL } = parsed.data;
  for (const [name, url] of Object.entries({ EVENT_STORE_URL, READ_STORE_URL })) {
    if (url === undefined) continue;
    throw new ConfigurationError(`${name}: this release keeps its data in SQLite files in DATA_DIR. Unset ${name}.`);
  }
  if (isShortKey(ADMIN_API_KEY) && !isLoopback(HOST)) {
    throw new ConfigurationError(
      `ADMIN_API_KEY has fewer than ${SAFE_KEY_LENGTH} characters, which others could guess, and HOST ${HOST} lets others in. ` +
        'Set a longer key, or HOST to 127.0.0.1.',
    );
  }
  return Object.freeze({ port: PORT, host: HOST, dataDir: DATA_DIR, adminApiKey: ADMIN_API_KEY, logLevel: LOG_LEVEL });
};
