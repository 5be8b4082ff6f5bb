import type { Position } from '../domain/values.ts';
import { type EventStore, StoreUnavailable } from '../event-store/event-store.ts';

const PATIENCE_MS = 5_000;

/**
 * Whether a position lies beyond the log's end, as after a restore. Whoever follows the log from there is told: a read of its last event
 * would not do, since a server writes events of its own behind ours, and subscribers come past them.
 */
export const isBeyondEnd = async (log: Pick<EventStore, 'subscribe'>, after: Position): Promise<boolean> => {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    for await (const _batch of log.subscribe({ after, streamPrefixes: [], batchSize: 1, signal })) return false;
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
  throw new StoreUnavailable('the event log does not answer', 'none');
};
