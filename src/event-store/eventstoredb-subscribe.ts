import { setTimeout as delay } from 'node:timers/promises';
import type { Position } from '../domain/values.ts';
import type { EventBatch, SubscribeOptions } from './event-store.ts';
import type { Connection } from './eventstoredb-connection.ts';
import { concernsNode, isForeignPosition } from './eventstoredb-failure.ts';
import type { Reader } from './eventstoredb-read.ts';
import { positionParts } from './eventstoredb-records.ts';
import type { Taken } from './eventstoredb-tail.ts';
import type { Watch } from './eventstoredb-watch.ts';
import type { Watcher } from './eventstoredb-watcher.ts';

const BATCH_SIZE = 1_000;
const LONGEST_PAUSE_MS = 1_000;

export type SubscriberOptions = {
  readonly connection: Connection;
  readonly reader: Reader;
  readonly watcher: Watcher;
  readonly onError: (error: unknown) => void;
  readonly closing: AbortSignal;
};

/**
 * Delivers the log batch by batch. Each is what follows the one before by position, from the shared tail or from a read
 * of its own made when it is asked for, so there is nothing to lose, to repeat or to pile up between the server and the
 * consumer. Whatever fails is tried again.
 */
export const createSubscribe = (
  options: SubscriberOptions,
): ((options: SubscribeOptions) => AsyncIterable<EventBatch>) => {
  const { connection, reader, watcher, onError, closing } = options;

  const refuseBeyondEnd = async ({ tail, look }: Watch, position: Position | null): Promise<void> => {
    if (position === null || position <= (tail.end() ?? '')) return;
    await look();
    if (position > (tail.end() ?? ''))
      throw new RangeError(`position ${position} lies beyond the log's end ${tail.end()}`);
  };

  /**
   * A read that brought nothing shows that nothing of interest stands before the end that was seen, if the same server
   * saw both and was not about to stop: then it answers once more, and the subscription beside it still stands.
   */
  const isTrusted = async (watch: Watch): Promise<boolean> => {
    await watch.look();
    return !watch.isOver();
  };

  /** For subscribers whom the tail has left behind, or who begin. */
  const readBatch = async (
    watch: Watch,
    after: Position | null,
    { streamPrefixes, batchSize = BATCH_SIZE }: SubscribeOptions,
    signal: AbortSignal,
  ): Promise<Taken> => {
    const end = watch.tail.end();
    const request = { after, backwards: false, limit: batchSize, streamPrefixes };
    try {
      const { events } = await reader.pageFrom(watch.node, request, signal);
      const last = events.at(-1)?.position;
      return { events, position: last ?? ((await isTrusted(watch)) ? end : after) };
    } catch (error) {
      if (concernsNode(error)) connection.drop(watch.node, error);
      throw error;
    }
  };

  return async function* subscribe(request: SubscribeOptions): AsyncGenerator<EventBatch, void> {
    if (request.after !== null) positionParts(request.after);
    const signal = AbortSignal.any([request.signal, closing]);
    let position = request.after;
    let saidCaughtUp = false;
    let isChecked = false;

    /** The next batch; `null` when there is none yet. */
    const next = async (): Promise<EventBatch | null> => {
      const watch = await watcher.current(signal);
      if (watch === null) return null;
      if (!isChecked) await refuseBeyondEnd(watch, position);
      isChecked = true;
      const { streamPrefixes, batchSize = BATCH_SIZE } = request;
      const { events, position: reached } =
        watch.tail.take(position, batchSize, streamPrefixes) ?? (await readBatch(watch, position, request, signal));
      const caughtUp = (reached ?? '') >= (watch.tail.end() ?? '');
      if (events.length > 0 || reached !== position || (caughtUp && !saidCaughtUp))
        return { events, position: reached, caughtUp };
      await watcher.news(watch, position, signal);
      return null;
    };

    for (let failures = 0; !signal.aborted; ) {
      let batch: EventBatch | null = null;
      try {
        batch = await next();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof RangeError) throw error;
        if (isForeignPosition(error)) throw new RangeError(`not a position of this log: ${position}`, { cause: error });
        onError(error);
        failures += 1;
        const longest = Math.min(LONGEST_PAUSE_MS, 25 * 2 ** Math.min(failures, 10));
        await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      }
      if (batch === null || signal.aborted) continue;
      position = batch.position;
      saidCaughtUp = batch.caughtUp;
      yield batch;
    }
  };
};
