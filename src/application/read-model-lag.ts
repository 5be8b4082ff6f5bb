import { metadataSchema } from '../event-store/schemas.ts';
import { allProjections } from '../projections/all.ts';
import { earliest } from './earliest.ts';
import type { Service } from './service.ts';

const streamPrefixes = [...new Set(allProjections.flatMap((projection) => projection.streamPrefixes))];

type LagOf = Pick<Service, 'eventStore' | 'readModels' | 'now'>;

/** For how many seconds there has been an event that some read model does not reflect yet; 0: all are up to date. */
export const readModelLag = async ({ eventStore, readModels, now }: LagOf): Promise<number> => {
  const after = earliest(await Promise.all(allProjections.map(({ name }) => readModels.position(name))));
  for await (const { metadata } of eventStore.readAll({ after, streamPrefixes, limit: 1 })) {
    const { recordedAt } = metadataSchema.parse(JSON.parse(metadata));
    return Math.max(0, (now().getTime() - Date.parse(recordedAt)) / 1_000);
  }
  return 0;
};
