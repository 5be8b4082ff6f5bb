import { v7 as uuidV7 } from 'uuid';
import { ConfigurationError, readConfig } from '../config.ts';
import { assertHasLog } from '../data-dir.ts';
import { createAbridgedDecode } from '../event-store/abridged-decode.ts';
import { createCodec } from '../event-store/codec.ts';
import { allProjections } from '../projections/all.ts';
import type { AnyProjection } from '../projections/projection.ts';
import { createReadModels } from '../projections/read-models.ts';
import { rebuildProjections } from '../projections/rebuild.ts';
import { assertNotAhead } from '../restored-log.ts';
import { openStores, type Stores } from '../stores.ts';
import { showProgress } from './progress.ts';

/** `sourcefold rebuild [NAME...]`: builds read models anew beside the live ones, compares, and swaps. */
export const rebuild = async (names: readonly string[]): Promise<void> => {
  const known = new Set(allProjections.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new ConfigurationError(`There is no read model ${unknown.join(', ')}. There are: ${[...known].join(', ')}.`);
  }
  const projections = allProjections.filter(({ name }) => names.length === 0 || names.includes(name));
  const config = readConfig(process.env);
  if (config.eventStoreUrl === undefined) assertHasLog(config.dataDir);
  const stores = await openStores(config, { bulk: true });
  try {
    await assertNotAhead({ ...stores, readModels: createReadModels(stores) }, config);
    await rebuildIn(stores, projections);
  } finally {
    await stores.close();
  }
};

const rebuildIn = async (stores: Stores, projections: readonly AnyProjection[]): Promise<void> => {
  const progress = showProgress('Rebuilding', 0, 'events');
  const stop = new AbortController();
  process.once('SIGINT', () =>
    stop.abort(new ConfigurationError('Interrupted. The live read models are as they were.')),
  );
  try {
    const rebuilt = await rebuildProjections({
      ...stores,
      decode: createAbridgedDecode(createCodec({ newId: uuidV7 }).decode),
      projections,
      onProgress: ({ events }) => progress.set(events),
      signal: stop.signal,
    });
    progress.stop();
    for (const { name, collection, comparison } of rebuilt) {
      const found = comparison === null ? 'built, with nothing to compare with' : JSON.stringify(comparison);
      process.stdout.write(`${name}: ${found} -> ${collection}\n`);
    }
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    progress.stop();
  }
};
