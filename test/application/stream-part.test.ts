import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventsOfStream } from '../../src/application/stream-part.ts';
import { collect, events, idsOf } from '../contracts/event-store-examples.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { type WatchedEventStore, watchEventStore } from '../support/watched-event-store.ts';

describe('a part of one stream', () => {
  let store: WatchedEventStore;

  beforeEach(() => {
    store = watchEventStore(createMemoryEventStore());
  });

  it('is what a look at the whole log would find, wherever it begins', async () => {
    const positions: string[] = [];
    const versions = [0, 0];
    for (let index = 0; index < 60; index += 1) {
      const which = (index * 7) % 3 === 0 ? 0 : 1;
      const stream = `order-${which}`;
      const { position } = await store.append(stream, versions[which] ?? 0, events(stream, versions[which] ?? 0, 1));
      versions[which] = (versions[which] ?? 0) + 1;
      positions.push(position);
    }
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(null, ...positions), fc.integer({ min: 1, max: 70 }), async (after, limit) => {
        const whole = await collect(store.readAll({ after, streamPrefixes: ['order-0'] }));
        const part = await eventsOfStream(store, 'order-0', { after, limit });
        expect(idsOf(part ?? [])).toEqual(idsOf(whole.slice(0, limit)));
      }),
    );
  });

  it('is nothing at all where there is no such stream, and an empty part where the stream ends before', async () => {
    const { position } = await store.append('order-1', 0, events('order-1', 0, 2));
    expect(await eventsOfStream(store, 'order-', { after: null, limit: 10 })).toBeNull();
    expect(await eventsOfStream(store, 'order-1', { after: position, limit: 10 })).toEqual([]);
  });
});
