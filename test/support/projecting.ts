import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { allProjections } from '../../src/projections/all.ts';
import { createProjector, type Projector, type ProjectorOptions } from '../../src/projections/projector.ts';
import { createReadModels, type ReadModels } from '../../src/projections/read-models.ts';
import type { ReadStore } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { createScribe, decodeJson } from './history.ts';
import { createMemoryEventStore } from './memory-event-store.ts';

export type Running = { readonly projector: Projector; readonly stop: () => Promise<void> };

export type Bench = {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly readModels: ReadModels;
  readonly record: ReturnType<typeof createScribe>['record'];
  readonly start: (options?: Partial<ProjectorOptions>) => Running;
  readonly remove: () => Promise<void>;
};

/** A log in memory, a read store in a file, and a projector to start and stop. */
export const createBench = async (projections = allProjections): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), 'projecting-'));
  const eventStore = createMemoryEventStore();
  const readStore = createSqliteReadStore({ file: join(folder, 'read.db') });
  const running = new Set<Running>();

  const start: Bench['start'] = (options = {}) => {
    const aborter = new AbortController();
    const defaults = { eventStore, readStore, decode: decodeJson, projections, dropAfterMs: 20, random: () => 0 };
    const projector = createProjector({ ...defaults, ...options });
    const ended = projector.run(aborter.signal);
    const stop = async (): Promise<void> => {
      running.delete(one);
      aborter.abort();
      await ended;
    };
    const one = { projector, stop };
    running.add(one);
    return one;
  };

  const remove = async (): Promise<void> => {
    for (const { stop } of running) await stop();
    await readStore.close();
    await rm(folder, { recursive: true });
  };

  const readModels = createReadModels({ readStore, projections });
  return { eventStore, readStore, readModels, record: createScribe(eventStore).record, start, remove };
};
