import type { Position } from '../domain/values.ts';
import { allProjections } from './all.ts';
import { loadCheckpoints } from './checkpoints.ts';
import { readLive } from './live-collections.ts';
import { createProgressWatch } from './progress-watch.ts';
import type { AnyProjection } from './projection.ts';
import type { Query, ReadStore, Stored } from './read-store.ts';
import { isPresent } from './tombstone.ts';

const COLLECTION_KNOWN_FOR_MS = 1_000;

export type ReadModelPage = {
  readonly items: readonly Stored[];
  /** The items reflect the log at least up to here; null: the read model has not begun. */
  readonly position: Position | null;
};

/** The read models by name, whichever collections hold them now. */
export type ReadModels = {
  readonly get: (name: string, ids: readonly string[]) => Promise<ReadonlyMap<string, Stored>>;
  readonly find: (name: string, query: Query) => Promise<ReadModelPage>;
  readonly position: (name: string) => Promise<Position | null>;
  /** Whether the read model (null: every one) reflects the position, waiting for that so long. */
  readonly reached: (name: string | null, position: Position, timeoutMs: number) => Promise<boolean>;
};

export type ReadModelsOptions = {
  readonly readStore: ReadStore;
  readonly projections?: readonly Pick<AnyProjection, 'name'>[];
};

export const createReadModels = ({ readStore, projections = allProjections }: ReadModelsOptions): ReadModels => {
  const names = projections.map(({ name }) => name);
  let known: Promise<ReadonlyMap<string, string | null>> | null = null;
  let knownUntil = 0;

  const load = async (): Promise<ReadonlyMap<string, string | null>> => {
    const live = await readLive(readStore, names);
    return new Map([...live].map(([name, { collection }]) => [name, collection]));
  };

  const collections = async (): Promise<ReadonlyMap<string, string | null>> => {
    if (known === null || performance.now() >= knownUntil) {
      known = load();
      knownUntil = performance.now() + COLLECTION_KNOWN_FOR_MS;
    }
    try {
      const found = await known;
      // A read model that does not exist yet may do so at any moment.
      if ([...found.values()].includes(null)) known = null;
      return found;
    } catch (error) {
      known = null;
      throw error;
    }
  };

  const collectionOf = async (name: string): Promise<string | null> => {
    const collection = (await collections()).get(name);
    if (collection === undefined) throw new RangeError(`there is no read model ${name}`);
    return collection;
  };

  const positions = async (): Promise<ReadonlyMap<string, Position | null>> => {
    const held = await collections();
    const checkpoints = await loadCheckpoints(
      readStore,
      [...held.values()].filter((collection) => collection !== null),
    );
    return new Map([...held].map(([name, collection]) => [name, checkpoints.get(collection ?? '') ?? null]));
  };

  const checkpointOf = async (collection: string): Promise<Position | null> =>
    (await loadCheckpoints(readStore, [collection])).get(collection) ?? null;

  const get: ReadModels['get'] = async (name, ids) => {
    const collection = await collectionOf(name);
    if (collection === null) return new Map();
    return new Map([...(await readStore.get(collection, ids))].filter(([, stored]) => isPresent(stored)));
  };

  const find: ReadModels['find'] = async (name, query) => {
    const collection = await collectionOf(name);
    if (collection === null) return { items: [], position: null };
    // The checkpoint first: documents may be newer than it, never older.
    const position = await checkpointOf(collection);
    return { items: (await readStore.find(collection, query)).filter(isPresent), position };
  };

  const position: ReadModels['position'] = async (name) => {
    const collection = await collectionOf(name);
    return collection === null ? null : checkpointOf(collection);
  };

  return Object.freeze({ get, find, position, reached: createProgressWatch({ names, positions }) });
};
