import { createHash } from 'node:crypto';
import type { ProjectedEvent } from '../../src/domain/event.ts';
import { canonical } from '../../src/projections/canonical.ts';
import type { AnyProjection, Document, Projection } from '../../src/projections/projection.ts';
import type { ReadModels } from '../../src/projections/read-models.ts';
import type { Stored } from '../../src/projections/read-store.ts';

/** The documents that a log makes, folded event by event: what a projector must arrive at by any way. */
export const foldDocuments = <D extends Document>(
  { ids, evolve }: Projection<D>,
  events: readonly ProjectedEvent[],
): ReadonlyMap<string, { readonly position: string; readonly body: D }> => {
  const documents = new Map<string, { position: string; body: D }>();
  for (const event of events) {
    for (const id of ids(event)) {
      const before = documents.get(id)?.body ?? null;
      const body = evolve(before, event, id);
      if (body === null) documents.delete(id);
      else if (body !== before) documents.set(id, { position: event.position, body });
    }
  }
  return documents;
};

/** Only the bodies, by id. */
export const bodiesOf = <D extends Document>(
  projection: Projection<D>,
  events: readonly ProjectedEvent[],
): Readonly<Record<string, D>> =>
  Object.fromEntries([...foldDocuments(projection, events)].map(([id, { body }]) => [id, body]));

const digest = (documents: readonly Pick<Stored, 'id' | 'position' | 'body'>[]): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(documents.toSorted((a, b) => (a.id < b.id ? -1 : 1)))))
    .digest('hex');

export const digestOfFold = (projections: readonly AnyProjection[], events: readonly ProjectedEvent[]) =>
  Object.fromEntries(
    projections.map((projection) => [
      projection.name,
      digest([...foldDocuments(projection, events)].map(([id, stored]) => ({ id, ...stored }))),
    ]),
  );

export const digestOfReadModels = async (projections: readonly AnyProjection[], readModels: ReadModels) =>
  Object.fromEntries(
    await Promise.all(
      projections.map(async ({ name }) => {
        const { items } = await readModels.find(name, { limit: 1_000_000 });
        return [name, digest(items)] as const;
      }),
    ),
  );
