import type { Position } from '../domain/values.ts';
import type { CollectionSpec, ReadStore } from './read-store.ts';

/** How far each collection reflects the log: one document per collection, under its name. */
export const CHECKPOINTS: CollectionSpec = { name: 'checkpoints', indexes: [] };

/** Sorts behind every position, so that it gets past the guard. */
const BEHIND_ALL = '~';

export type Checkpoint = { readonly collection: string; readonly position: Position };

export const loadCheckpoints = async (
  readStore: ReadStore,
  collections: readonly string[],
): Promise<ReadonlyMap<string, Position>> => {
  const stored = await readStore.get(CHECKPOINTS.name, collections);
  return new Map([...stored].map(([collection, { position }]) => [collection, position]));
};

/** Never moves one back. */
export const saveCheckpoints = async (readStore: ReadStore, checkpoints: readonly Checkpoint[]): Promise<void> => {
  const writes = checkpoints.map(({ collection, position }) => ({
    id: collection,
    position,
    body: { kind: 'projection' },
  }));
  await readStore.write(CHECKPOINTS.name, writes);
};

export const removeCheckpoint = async (readStore: ReadStore, collection: string): Promise<void> => {
  await readStore.write(CHECKPOINTS.name, [{ id: collection, position: BEHIND_ALL, body: null }]);
};
