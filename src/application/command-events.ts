import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { metadataSchema } from '../event-store/schemas.ts';

/** Further back nobody looks: a command is repeated soon, or not at all. */
const LOOKED_BACK = 10_000;

/** The events that a command caused, by its id, as far as they stand among the newest of the stream up to a version. */
export const eventsOfCommand = async (
  eventStore: Pick<EventStore, 'readStream'>,
  stream: string,
  version: number,
  commandId: string,
): Promise<readonly RecordedEvent[]> => {
  const found: RecordedEvent[] = [];
  const newest = { from: version, direction: 'backwards', limit: LOOKED_BACK } as const;
  for await (const recorded of eventStore.readStream(stream, newest)) {
    if (isOf(recorded, commandId)) found.unshift(recorded);
    else if (found.length > 0) break;
  }
  return found;
};

const isOf = ({ metadata }: RecordedEvent, commandId: string): boolean =>
  metadata.includes(commandId) && metadataSchema.parse(JSON.parse(metadata)).commandId === commandId;
