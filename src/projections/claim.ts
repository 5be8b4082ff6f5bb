import { setTimeout } from 'node:timers/promises';
import { removeCheckpoint } from './checkpoints.ts';
import { changeLive, freshCollection, type LiveCollection, readLiveOf } from './live-collections.ts';
import type { AnyProjection } from './projection.ts';
import type { ReadStore } from './read-store.ts';

/** Somebody else has begun to build the same read model since: theirs goes on, this one ends. */
export class BuildSuperseded extends Error {
  constructor(name: string, options?: ErrorOptions) {
    super(`Another build of ${name} has begun since. It goes on; this one has ended, and changed nothing.`, options);
    this.name = 'BuildSuperseded';
  }
}

/** A new collection that is announced beside the live one. */
export type Claim = {
  readonly projection: AnyProjection;
  readonly collection: string;
  readonly replaces: string | null;
  readonly live: LiveCollection;
};

/** Announces a new collection for a read model; what a build that was cut short left behind is dropped. */
export const claimBuild = async (readStore: ReadStore, projection: AnyProjection): Promise<Claim> => {
  const { name, version, indexes } = projection;
  const seen = await readLiveOf(readStore, name);
  const collection = freshCollection(name, version, seen);
  const left = [...seen.retired, ...(seen.building === null ? [] : [seen.building])];
  const live = await changeLive(readStore, name, seen, { building: collection, retired: [] });
  if (live === null) throw new BuildSuperseded(name);
  for (const one of left) await dropCollection(readStore, one);
  await readStore.ensure({ name: collection, indexes });
  return { projection, collection, replaces: seen.collection, live };
};

/** Makes the new collection the live one; answers the new state. The old collection is only marked, for readers still use it. */
export const goLive = async (readStore: ReadStore, claim: Claim): Promise<LiveCollection> => {
  const { projection, collection, replaces, live } = claim;
  const change = {
    collection,
    version: projection.version,
    building: null,
    retired: [...live.retired, ...(replaces === null ? [] : [replaces])],
  };
  const swapped = await changeLive(readStore, projection.name, live, change);
  if (swapped === null) throw new BuildSuperseded(projection.name);
  return swapped;
};

/** Removes every trace of a build that ends without going live, and answers why it did. */
export const abandonBuild = async (
  readStore: ReadStore,
  { projection, collection, live }: Claim,
  cause: unknown,
): Promise<unknown> => {
  await dropCollection(readStore, collection);
  const cleared = await changeLive(readStore, projection.name, live, { building: null });
  // Whoever began after it has dropped the collection under it, so its own failure says little.
  return cleared === null ? new BuildSuperseded(projection.name, { cause }) : cause;
};

/** Drops what a swap has retired, once readers have had time to move on. */
export const dropRetired = async (readStore: ReadStore, name: string, graceMs: number): Promise<void> => {
  const before = await readLiveOf(readStore, name);
  if (before.retired.length === 0) return;
  await setTimeout(graceMs);
  const seen = await readLiveOf(readStore, name);
  // Another swap meanwhile: its readers have not had their time, and it will drop these, too.
  if (seen.revision !== before.revision) return;
  for (const collection of seen.retired) await dropCollection(readStore, collection);
  await changeLive(readStore, name, seen, { retired: [] });
};

const dropCollection = async (readStore: ReadStore, collection: string): Promise<void> => {
  await readStore.drop(collection);
  await removeCheckpoint(readStore, collection);
};
