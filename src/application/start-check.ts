import type { Position } from '../domain/values.ts';
import { allProjections } from '../projections/all.ts';
import { isBeyondEnd } from './beyond-end.ts';
import type { Service } from './service.ts';

/**
 * The read models that claim to reflect more of the log than there is, which happens when the log's file was replaced by
 * an older one, as from a backup. They would wait for ever, and show what never was.
 */
export const readModelsAheadOfLog = async ({
  eventStore,
  readModels,
}: Pick<Service, 'eventStore' | 'readModels'>): Promise<readonly string[]> => {
  // The positions first: on another node, read models go on growing.
  const positions = await Promise.all(
    allProjections.map(async ({ name }) => ({ name, position: await readModels.position(name) })),
  );
  const beyond = new Map<Position | null, boolean>([[null, false]]);
  for (const { position } of positions)
    if (position !== null && !beyond.has(position)) beyond.set(position, await isBeyondEnd(eventStore, position));
  return positions.filter(({ position }) => beyond.get(position)).map(({ name }) => name);
};
