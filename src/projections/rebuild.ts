import type { Position } from '../domain/values.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { type Build, createBuild } from './build.ts';
import { CHECKPOINTS, loadCheckpoints } from './checkpoints.ts';
import { abandonBuild, type Claim, claimBuild, dropRetired, goLive } from './claim.ts';
import { type Comparison, compareWithLive } from './compare.ts';
import type { Decode } from './decode.ts';
import { PROJECTIONS } from './live-collections.ts';
import type { AnyProjection } from './projection.ts';
import { loadQuarantine, strictQuarantine } from './quarantine.ts';
import type { ReadStore } from './read-store.ts';

const BATCH_SIZE = 5000;
const DROP_AFTER_MS = 2_000;

export type RebuildProgress = { readonly events: number; readonly position: Position };

export type RebuildOptions = {
  readonly eventStore: Pick<EventStore, 'readAll'>;
  readonly readStore: ReadStore;
  readonly decode: Decode;
  readonly projections: readonly AnyProjection[];
  /** Leaves out streams from the first event that cannot be taken, as the projector does. Otherwise that event ends the rebuild. */
  readonly skipPoison?: boolean;
  readonly onProgress?: (progress: RebuildProgress) => void;
  /** How long readers may go on with the old collections before these are dropped. */
  readonly dropAfterMs?: number;
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
};

export type Rebuilt = {
  readonly name: string;
  readonly collection: string;
  /** Null when there was nothing of the same version to compare with. */
  readonly comparison: Comparison | null;
};

/**
 * Builds read models anew beside the live ones, in one pass over the log, compares each with the live one, and puts it
 * in its place. A projector that runs meanwhile notices and carries on there. Cancelled or failed, it leaves no trace.
 */
export const rebuildProjections = async (options: RebuildOptions): Promise<readonly Rebuilt[]> => {
  const { readStore, projections, dropAfterMs = DROP_AFTER_MS, signal = new AbortController().signal } = options;
  await readStore.ensure(CHECKPOINTS);
  await readStore.ensure(PROJECTIONS);
  const claims: Claim[] = [];
  let live = 0;
  try {
    for (const projection of projections) claims.push(await claimBuild(readStore, projection));
    const rebuilt = await buildAndCompare(options, claims, signal);
    for (const claim of claims) {
      signal.throwIfAborted();
      await goLive(readStore, claim);
      live += 1;
    }
    await Promise.all(projections.map(({ name }) => dropRetired(readStore, name, dropAfterMs)));
    return rebuilt;
  } catch (error) {
    let reason: unknown = error;
    for (const claim of claims.slice(live)) reason = await abandonBuild(readStore, claim, reason);
    throw reason;
  }
};

const buildAndCompare = async (
  options: RebuildOptions,
  claims: readonly Claim[],
  signal: AbortSignal,
): Promise<readonly Rebuilt[]> => {
  const { readStore, batchSize = BATCH_SIZE, onProgress, skipPoison = false } = options;
  let events = 0;
  const build = await createBuild({
    ...options,
    claims,
    batchSize,
    signal,
    quarantine: skipPoison ? await loadQuarantine(readStore) : strictQuarantine,
    onBatch: (count, position) => {
      events += count;
      onProgress?.({ events, position });
    },
    onQuarantined: () => undefined,
  });
  const comparable = claims.filter(({ live, projection }) => live.version === projection.version);
  await build.advanceTo(await furthestCheckpoint(readStore, claims));
  const rebuilt: Rebuilt[] = [];
  for (const claim of claims) {
    const comparison = comparable.includes(claim) ? await compare(claim, readStore, build, signal) : null;
    rebuilt.push({ name: claim.projection.name, collection: claim.collection, comparison });
  }
  await build.advanceTo(await furthestCheckpoint(readStore, claims));
  return rebuilt;
};

/** Where the live collections stand; null when there are none, and the log's end is the aim. */
const furthestCheckpoint = async (readStore: ReadStore, claims: readonly Claim[]): Promise<Position | null> => {
  const replaced = claims.flatMap(({ replaces }) => (replaces === null ? [] : [replaces]));
  const checkpoints = [...(await loadCheckpoints(readStore, replaced)).values()];
  return checkpoints.reduce<Position | null>((a, b) => (a === null || b > a ? b : a), null);
};

const compare = async (
  { replaces, collection }: Claim,
  store: ReadStore,
  build: Build,
  signal: AbortSignal,
): Promise<Comparison | null> => {
  if (replaces === null || !(await loadCheckpoints(store, [replaces])).has(replaces)) return null;
  return compareWithLive({ store, live: replaces, rebuilt: collection }, build, signal);
};
