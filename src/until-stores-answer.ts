import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ConfigurationError, type StoreSettings } from './config.ts';
import { StoreUnavailable } from './event-store/event-store.ts';
import { ReadStoreUnavailable } from './projections/read-store.ts';

const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;

/**
 * Begins again as long as a store is away. Stores on other machines may start later than this node, and are waited for; a file
 * that fails will not mend itself.
 */
export const untilStoresAnswer = async <Answer>(
  { eventStoreUrl, readStoreUrl }: Omit<StoreSettings, 'dataDir'>,
  logger: Logger,
  ask: () => Promise<Answer>,
): Promise<Answer> => {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const variable = awayOf(error, { eventStoreUrl, readStoreUrl });
      if (variable === null) throw error;
      if (performance.now() > deadline) {
        throw new ConfigurationError(
          `${variable}: no answer from there (${reasonOf(error)}). Is it running, and reachable from here?`,
          { cause: error },
        );
      }
      logger.warn({ err: error }, `waiting for ${variable}`);
      await setTimeout(PAUSE_MS);
    }
  }
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && !message.includes(cause.message) ? `${message}: ${cause.message}` : message;
};

/** The setting whose store did not answer; null where it is none, or on this machine. */
const awayOf = (error: unknown, { eventStoreUrl, readStoreUrl }: Omit<StoreSettings, 'dataDir'>): string | null => {
  if (error instanceof StoreUnavailable && eventStoreUrl !== undefined) return 'EVENT_STORE_URL';
  if (error instanceof ReadStoreUnavailable && readStoreUrl !== undefined) return 'READ_STORE_URL';
  return null;
};
