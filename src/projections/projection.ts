import type { ProjectedEvent } from '../domain/event.ts';

export type Document = Readonly<Record<string, unknown>>;

/** A read model: a pure fold per document. */
export type Projection<D extends Document> = {
  readonly name: string;
  /** Raise it when `ids` or `evolve` change meaning: the projector then rebuilds beside the old one and swaps. */
  readonly version: number;
  readonly streamPrefixes: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  /** Which documents this event touches. */
  readonly ids: (event: ProjectedEvent) => readonly string[];
  /** The document with this event in it; `null` before its first event, and to delete it. Never throws. */
  readonly evolve: (document: D | null, event: ProjectedEvent, id: string) => D | null;
  /** Every document has exactly one event, so nothing need be loaded before it is written. */
  readonly writeOnce?: true;
};

/** A projection among others. It is only ever given documents that it made itself, so their type may be forgotten. */
export type AnyProjection = Projection<Document>;

export const anyProjection = <D extends Document>(projection: Projection<D>): AnyProjection => ({
  ...projection,
  evolve: (document, event, id) => projection.evolve(document as D | null, event, id),
});
