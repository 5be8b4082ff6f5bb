import { allProjections } from '../projections/all.ts';
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
  let head = '';
  for await (const { position } of eventStore.readAll({ direction: 'backwards', limit: 1 })) head = position;
  return positions.filter(({ position }) => (position ?? '') > head).map(({ name }) => name);
};
