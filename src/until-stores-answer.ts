import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ConfigurationError, type StoreSettings } from './config.ts';
import { StoreUnavailable } from './event-store/event-store.ts';
import { ReadStoreUnavailable } from './projections/read-store.ts';
import { storeFailure } from './store-failure.ts';

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
      const away = awayOf(error, { eventStoreUrl, readStoreUrl });
      if (away === null) throw error;
      const { variable, failure } = away;
      if (performance.now() > deadline) {
        throw new ConfigurationError(
          `${variable}: no answer from there (${failure}). Is it running, and reachable from here?`,
          { cause: error },
        );
      }
      logger.warn({ err: error }, `waiting for ${variable}`);
      await setTimeout(PAUSE_MS);
    }
  }
};

type Away = { readonly variable: string; readonly failure: string };

/** The setting whose store did not answer, and what it met; null where it is none, or on this machine. */
const awayOf = (error: unknown, { eventStoreUrl, readStoreUrl }: Omit<StoreSettings, 'dataDir'>): Away | null => {
  if (error instanceof StoreUnavailable && eventStoreUrl !== undefined)
    return { variable: 'EVENT_STORE_URL', failure: storeFailure(error) };
  if (error instanceof ReadStoreUnavailable && readStoreUrl !== undefined)
    return { variable: 'READ_STORE_URL', failure: storeFailure(error) };
  return null;
};
