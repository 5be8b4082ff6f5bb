import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import type { z } from 'zod';
import { issuedApiKey } from '../../src/api/answers.ts';
import type { newApiKey } from '../../src/api/schemas.ts';
import type { Service } from '../../src/application/service.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { startServer } from '../../src/server.ts';
import { type Client, createClient } from './api-client.ts';

export type RunningService = {
  readonly url: string;
  readonly folder: string;
  readonly service: Service;
  /** Every log line of every level. */
  readonly log: readonly string[];
  /** Those of level error or above: a test that ends well leaves none. */
  readonly errors: readonly string[];
  readonly admin: Client;
  readonly as: (secret: string | null) => Client;
  /** A client with a new API key. */
  readonly issue: (grant: Grant) => Promise<Client & { readonly keyId: string; readonly secret: string }>;
  /** Waits until the read models hold all that was written: a key waits by itself for its own writes only. */
  readonly caughtUp: () => Promise<void>;
  /** Stops the service and keeps its folder. */
  readonly stop: () => Promise<void>;
  readonly stopAndRemove: () => Promise<void>;
};

type Grant = Omit<z.input<typeof newApiKey>, 'name'>;

const CAUGHT_UP_MS = 10_000;
/** The projector's thread takes longer to start than a key waits for its own writes, where the machine is busy. */
const PROJECTOR_MS = 10_000;
const ADMIN_SECRET = 'sfk_test_administrator';

/** The whole service on a port of its own, in this process, with its files in a folder of its own. */
export const startService = async (
  folder = mkdtempSync(join(tmpdir(), 'sourcefold-api-')),
  overrides: Partial<Config> = {},
): Promise<RunningService> => {
  const log: string[] = [];
  const errors: string[] = [];
  const write = (line: string): void => {
    log.push(line);
    if (/"level":[56]0/.test(line)) errors.push(line);
  };
  const logger = pino({ level: 'trace' }, { write });
  const config = {
    ...readConfig({ PORT: '0', DATA_DIR: folder, ADMIN_API_KEY: ADMIN_SECRET, LOG_LEVEL: 'error', DRAIN_MS: '0' }),
    ...overrides,
  };
  const server = await startServer(config, logger);
  const isProjecting = () => config.role === 'api' || log.some((line) => line.includes('"type":"projecting"'));
  for (const until = Date.now() + PROJECTOR_MS; !isProjecting() && Date.now() < until; ) await setTimeout(5);
  const as = (secret: string | null) => createClient(server.url, secret);
  const admin = as(ADMIN_SECRET);
  return {
    url: server.url,
    folder,
    service: server.service,
    log,
    errors,
    admin,
    as,
    issue: async (grant) => {
      const issued = await admin.post('/v1/api-keys', { name: `Test ${grant.role}`, ...grant });
      const { keyId, secret } = issued.as(issuedApiKey);
      return { ...as(secret), keyId, secret };
    },
    caughtUp: async () => {
      const { eventStore, readModels } = server.service;
      const [last] = await Array.fromAsync(eventStore.readAll({ direction: 'backwards', limit: 1 }));
      const isReached = last === undefined || (await readModels.reached(null, last.position, CAUGHT_UP_MS));
      if (!isReached) throw new Error('the read models did not catch up');
    },
    stop: server.stop,
    stopAndRemove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
