import { beforeEach, describe, expect, it, vi } from 'vitest';
import { followLog } from '../../src/application/subscription.ts';
import { type EventBatch, type EventStore, StoreUnavailable } from '../../src/event-store/event-store.ts';
import { events } from '../contracts/event-store-examples.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';

describe('following the log', () => {
  let eventStore: EventStore;
  let seen: string[];
  let failures: unknown[];

  beforeEach(async () => {
    eventStore = createMemoryEventStore();
    seen = [];
    failures = [];
    await eventStore.append('order-1', 0, events('order-1', 0, 3));
    await eventStore.append('channel-1', 0, events('channel-1', 0, 1));
  });

  const follow = (options: Partial<Parameters<typeof followLog>[0]> = {}) => {
    const aborter = new AbortController();
    const ended = followLog({
      eventStore,
      streamPrefixes: ['order-'],
      after: null,
      batchSize: 2,
      handle: ({ events: batch }) => void seen.push(...batch.map(({ stream, version }) => `${stream} ${version}`)),
      onError: (error) => failures.push(error),
      signal: aborter.signal,
      ...options,
    });
    return async () => {
      aborter.abort();
      await ended;
    };
  };

  it('hands on what was there, then what comes, of the streams asked for', async () => {
    const stop = follow();
    await vi.waitFor(() => expect(seen).toEqual(['order-1 1', 'order-1 2', 'order-1 3']));
    await eventStore.append('order-2', 0, events('order-2', 0, 1));
    await vi.waitFor(() => expect(seen.at(-1)).toBe('order-2 1'));
    await stop();
    expect(failures).toEqual([]);
  });

  it('hands on a batch again that could not be handled, and no other', async () => {
    let isAway = true;
    const handle = ({ events: batch }: EventBatch) => {
      seen.push(...batch.map(({ version }) => String(version)));
      if (!seen.includes('3') || !isAway) return;
      isAway = false;
      throw new StoreUnavailable('away', 'none');
    };
    const stop = follow({ handle });
    await vi.waitFor(() => expect(seen).toEqual(['1', '2', '3', '3']));
    expect(failures).toEqual([expect.any(StoreUnavailable)]);
    await stop();
  });

  it('starts again where it was when its subscription fails or ends', async () => {
    const asked: unknown[] = [];
    const subscribe: EventStore['subscribe'] = (options) => {
      asked.push(options.after);
      if (asked.length === 1) return eventStore.subscribe({ ...options, signal: AbortSignal.abort() });
      if (asked.length === 2) throw new StoreUnavailable('away', 'none');
      return eventStore.subscribe(options);
    };
    const after = '0000000000000002';
    const stop = follow({ eventStore: { ...eventStore, subscribe }, after });
    await vi.waitFor(() => expect(seen).toEqual(['order-1 3']));
    expect(asked).toEqual([after, after, after]);
    await stop();
  });

  it('ends at once when it is told to, also between two tries', async () => {
    const subscribe: EventStore['subscribe'] = () => {
      throw new StoreUnavailable('away', 'none');
    };
    const stop = follow({ eventStore: { ...eventStore, subscribe } });
    await vi.waitFor(() => expect(failures.length).toBeGreaterThan(2));
    const startedAt = performance.now();
    await stop();
    expect(performance.now() - startedAt).toBeLessThan(50);
  });
});
