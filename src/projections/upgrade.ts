import type { EventStore } from '../event-store/event-store.ts';
import { createBuild } from './build.ts';
import { abandonBuild, claimBuild, goLive } from './claim.ts';
import type { Decode } from './decode.ts';
import { readLiveOf } from './live-collections.ts';
import type { AnyProjection } from './projection.ts';
import type { ProjectorHooks } from './projector-session.ts';
import { loadQuarantine } from './quarantine.ts';
import type { ReadStore } from './read-store.ts';

export type UpgradeOptions = {
  readonly eventStore: Pick<EventStore, 'readAll'>;
  readonly readStore: ReadStore;
  readonly decode: Decode;
  readonly projection: AnyProjection;
  readonly batchSize: number;
  readonly hooks: ProjectorHooks;
  readonly signal: AbortSignal;
};

/**
 * Where the live collection was made by another version of the projection: builds the new one from the log while the
 * old one stays readable, then puts it in its place.
 */
export const replaceOutdated = async (options: UpgradeOptions): Promise<void> => {
  const { readStore, projection, hooks, signal } = options;
  const { collection, version } = await readLiveOf(readStore, projection.name);
  if (collection === null || version === projection.version) return;
  const claim = await claimBuild(readStore, projection);
  try {
    const build = await createBuild({
      ...options,
      claims: [claim],
      quarantine: await loadQuarantine(readStore),
      onBatch: () => undefined,
      onQuarantined: (events) => hooks.quarantined?.(events),
    });
    await build.advanceTo(null);
    signal.throwIfAborted();
    await goLive(readStore, claim);
  } catch (error) {
    throw await abandonBuild(readStore, claim, error);
  }
};
