import { setTimeout } from 'node:timers/promises';
import type { Position } from '../domain/values.ts';
import type { EventBatch, EventStore } from '../event-store/event-store.ts';

const LONGEST_PAUSE_MS = 2_000;

/**
 * Follows the log until the signal aborts: whatever ends the subscription or fails in `handle`, it starts again after
 * the last batch that was handled, with growing, jittered pauses.
 */
export const followLog = async (options: {
  readonly eventStore: EventStore;
  readonly streamPrefixes: readonly string[];
  readonly after: Position | null;
  readonly batchSize?: number;
  readonly handle: (batch: EventBatch) => Promise<void> | void;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
}): Promise<void> => {
  const { eventStore, streamPrefixes, batchSize, handle, onError, signal } = options;
  let position = options.after;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const request = { after: position, streamPrefixes, signal, ...(batchSize === undefined ? {} : { batchSize }) };
      for await (const batch of eventStore.subscribe(request)) {
        await handle(batch);
        position = batch.position;
        failures = 0;
      }
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
    }
    failures += 1;
    const pause = Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
    await setTimeout(pause, undefined, { signal }).catch(() => undefined);
  }
};
