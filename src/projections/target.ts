import type { ProjectedEvent } from '../domain/event.ts';
import type { Position } from '../domain/values.ts';
import { loadCheckpoints, saveCheckpoints } from './checkpoints.ts';
import { createDocuments, type Documents, type Folded, type PoisonEvent } from './documents.ts';
import type { AnyProjection } from './projection.ts';
import type { ReadStore } from './read-store.ts';

/** A collection that a projection's events go into, and how far it has come. */
export type Target = {
  readonly projection: AnyProjection;
  readonly collection: string;
  readonly documents: Documents;
  checkpoint: Position | null;
};

export const openTargets = async (
  readStore: ReadStore,
  collections: readonly { readonly projection: AnyProjection; readonly collection: string }[],
  writesAtOnce: number,
): Promise<readonly Target[]> => {
  const checkpoints = await loadCheckpoints(
    readStore,
    collections.map(({ collection }) => collection),
  );
  return collections.map(({ projection, collection }) => ({
    projection,
    collection,
    documents: createDocuments(readStore, { projection, collection, writesAtOnce }),
    checkpoint: checkpoints.get(collection) ?? null,
  }));
};

/** Where the log must be read from so that none of them misses anything. */
export const earliestCheckpoint = (targets: readonly Target[]): Position | null =>
  targets
    .map(({ checkpoint }) => checkpoint)
    .reduce((earliest, one) => (earliest === null || one === null ? null : one < earliest ? one : earliest), '~');

export const prefixesOf = (targets: readonly Target[]): readonly string[] => [
  ...new Set(targets.flatMap(({ projection }) => projection.streamPrefixes)),
];

const concerns = ({ projection }: Target, { stream }: ProjectedEvent): boolean =>
  projection.streamPrefixes.some((prefix) => stream.startsWith(prefix));

export type FoldedTarget = {
  readonly target: Target;
  readonly events: readonly ProjectedEvent[];
  readonly folded: Folded;
};

/** Folds the events into every target that wants them. Nothing is written yet, so that a poison event harms nothing. */
export const foldAll = async (
  targets: readonly Target[],
  events: readonly ProjectedEvent[],
  wanted: (target: Target, event: ProjectedEvent) => boolean,
): Promise<readonly FoldedTarget[]> => {
  const all: FoldedTarget[] = [];
  for (const target of targets) {
    const its = events.filter((event) => concerns(target, event) && wanted(target, event));
    if (its.length > 0) all.push({ target, events: its, folded: await target.documents.fold(its) });
  }
  return all;
};

export const poisonIn = (all: readonly FoldedTarget[]): readonly PoisonEvent[] =>
  all.flatMap(({ folded }) => folded.poison);

export const storeAll = async (all: readonly FoldedTarget[]): Promise<number> => {
  // All at once: what a store is told at one moment, it may write together.
  const written = await Promise.all(all.map(({ target, events, folded }) => target.documents.store(folded, events)));
  return written.reduce((sum, one) => sum + one, 0);
};

/** Moves every checkpoint that is behind up to the position. Call it once the documents are stored. */
export const advanceCheckpoints = async (
  readStore: ReadStore,
  targets: readonly Target[],
  position: Position,
): Promise<void> => {
  const behind = targets.filter(({ checkpoint }) => checkpoint === null || checkpoint < position);
  await saveCheckpoints(
    readStore,
    behind.map(({ collection }) => ({ collection, position })),
  );
  for (const target of behind) target.checkpoint = position;
};
