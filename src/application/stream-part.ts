import type { Position } from '../domain/values.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';

type Log = Pick<EventStore, 'readStream'>;

/**
 * The events of one stream after a position of the log; null where there is no such stream. Looks at some twenty events
 * of a stream of a million to find where to begin, instead of at all that stands before.
 */
export const eventsOfStream = async (
  log: Log,
  stream: string,
  { after, limit }: { readonly after: Position | null; readonly limit: number },
): Promise<readonly RecordedEvent[] | null> => {
  const [newest] = await Array.fromAsync(log.readStream(stream, { direction: 'backwards', limit: 1 }));
  if (newest === undefined) return null;
  if (after !== null && newest.position <= after) return [];
  const from = after === null ? 0 : await versionAt(log, stream, { after, newest: newest.version });
  return Array.fromAsync(log.readStream(stream, { from, limit }));
};

/** The version of the last event at or before the position: in a stream, positions grow with versions. */
const versionAt = async (
  log: Log,
  stream: string,
  { after, newest }: { readonly after: Position; readonly newest: number },
): Promise<number> => {
  let reached = 0;
  let beyond = newest;
  while (beyond - reached > 1) {
    const middle = Math.floor((reached + beyond) / 2);
    const [event] = await Array.fromAsync(log.readStream(stream, { from: middle - 1, limit: 1 }));
    if (event === undefined || event.position > after) beyond = middle;
    else reached = middle;
  }
  return reached;
};
