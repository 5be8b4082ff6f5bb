import type { Service } from './application/service.ts';
import { readModelsAheadOfLog } from './application/start-check.ts';
import { ConfigurationError, type StoreSettings } from './config.ts';

/** Refuses read models that claim more than the log holds: what is built beside them would claim it, too. */
export const assertNotAhead = async (
  stores: Pick<Service, 'eventStore' | 'readModels'>,
  { readStoreUrl }: Pick<StoreSettings, 'readStoreUrl'>,
): Promise<void> => {
  const ahead = await readModelsAheadOfLog(stores);
  if (ahead.length === 0) return;
  const remedy =
    readStoreUrl === undefined
      ? 'Move read-models.db away'
      : 'See that READ_STORE_URL is the right one, then drop the database of the read models there';
  throw new ConfigurationError(
    `The read models (${ahead.join(', ')}) are ahead of the event log: was it replaced by an older one, or by another? ` +
      `${remedy}: it is built anew from the log at the next start.`,
  );
};
