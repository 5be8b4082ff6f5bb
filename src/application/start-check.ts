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
  let head = '';
  for await (const { position } of eventStore.readAll({ direction: 'backwards', limit: 1 })) head = position;
  const ahead: string[] = [];
  for (const { name } of allProjections) {
    if (((await readModels.position(name)) ?? '') > head) ahead.push(name);
  }
  return ahead;
};
