import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../src/domain/values.ts';
import type { EventBatch, EventStore, SubscribeOptions } from '../../src/event-store/event-store.ts';
import type { StoreUnderTest } from './event-store.ts';
import { collect, endOf, events, fill, idsOf, newPrefix, takeUntil } from './event-store-examples.ts';

export const subscribingContract = (createStore: () => Promise<StoreUnderTest>): void => {
  describe('subscribing', () => {
    let made: StoreUnderTest;
    let store: EventStore;
    let prefix: string;
    let beginning: Position | null;
    let stop: AbortController;

    beforeEach(async () => {
      made = await createStore();
      store = made.store;
      prefix = newPrefix();
      beginning = await endOf(store);
      stop = new AbortController();
    });
    afterEach(async () => {
      stop.abort();
      await made.cleanup();
    });

    const append = async (stream: string, from: number, count: number) =>
      (await store.append(stream, from, events(stream, from, count))).position;

    const subscribe = (options: Partial<SubscribeOptions> = {}): AsyncIterator<EventBatch> =>
      store
        .subscribe({ after: beginning, streamPrefixes: [prefix], signal: stop.signal, ...options })
        [Symbol.asyncIterator]();

    it('delivers the past, then what is appended, once each and in commit order', async () => {
      await fill(store, `${prefix}a`, 1_200);
      const batches = subscribe();
      const past = await takeUntil(batches, (_, { caughtUp }) => caughtUp);
      expect(past).toHaveLength(1_200);
      await append(`${prefix}b`, 0, 3);
      await append(`${prefix}a`, 1_200, 2);
      const live = await takeUntil(batches, (seen) => seen.length >= 5);
      expect([...past, ...live]).toEqual(await collect(store.readAll({ after: beginning, streamPrefixes: [prefix] })));
    });

    it('delivers a long past that was written before the store was opened', async () => {
      const written = await fill(store, `${prefix}a`, 2_500);
      await store.close();
      store = await made.reopen();
      const past = await takeUntil(subscribe(), (_, { caughtUp }) => caughtUp);
      expect(idsOf(past)).toEqual(idsOf(written));
    });

    it("delivers from the log's first event on, past what others wrote", async () => {
      const written = events(`${prefix}a`, 0, 3);
      await store.append(`${prefix}a`, 0, written);
      const past = await takeUntil(subscribe({ after: null }), (_, { caughtUp }) => caughtUp);
      expect(idsOf(past)).toEqual(idsOf(written));
    });

    it('says that it has caught up even when there is nothing to deliver', async () => {
      const batches = subscribe();
      expect(await takeUntil(batches, (_, { caughtUp }) => caughtUp)).toEqual([]);
      await append(`${prefix}a`, 0, 1);
      expect(await takeUntil(batches, (seen) => seen.length > 0)).toHaveLength(1);
    });

    it('goes on after the position that a batch gave', async () => {
      await append(`${prefix}a`, 0, 10);
      const first = await subscribe({ batchSize: 4 }).next();
      const batch: EventBatch = first.value;
      expect(batch.events.length).toBeLessThanOrEqual(4);
      const rest = await takeUntil(subscribe({ after: batch.position }), (_, { caughtUp }) => caughtUp);
      expect(idsOf([...batch.events, ...rest])).toEqual(idsOf(await collect(store.readStream(`${prefix}a`))));
    });

    it('goes on after the position that an append answered', async () => {
      await append(`${prefix}a`, 0, 3);
      const after = await append(`${prefix}a`, 3, 2);
      await append(`${prefix}a`, 5, 2);
      const rest = await takeUntil(subscribe({ after }), (_, { caughtUp }) => caughtUp);
      expect(rest.map(({ version }) => version)).toEqual([6, 7]);
    });

    it('delivers what another store on the same log appends', async () => {
      const batches = subscribe();
      await takeUntil(batches, (_, { caughtUp }) => caughtUp);
      const other = await made.reopen();
      const given = events(`${prefix}a`, 0, 2);
      await other.append(`${prefix}a`, 0, given);
      expect(idsOf(await takeUntil(batches, (seen) => seen.length >= 2))).toEqual(idsOf(given));
    });

    it('of no streams at all delivers nothing, and moves with the log', async () => {
      const batches = subscribe({ streamPrefixes: [] });
      const last = await append(`${prefix}a`, 0, 3);
      expect(await takeUntil(batches, (_, { position }) => (position ?? '') >= last)).toEqual([]);
    });

    it('delivers no more events at once than asked for, whether past or live', async () => {
      await append(`${prefix}a`, 0, 25);
      const sizes: number[] = [];
      const batches = subscribe({ batchSize: 10 });
      await takeUntil(batches, (_, { events, caughtUp }) => sizes.push(events.length) > 0 && caughtUp);
      await append(`${prefix}a`, 25, 25);
      await takeUntil(batches, (seen, { events }) => sizes.push(events.length) > 0 && seen.length >= 25);
      expect(Math.max(...sizes)).toBe(10);
    });

    it('delivers only streams with the prefixes, past and live, and moves its position past the others', async () => {
      await append(`${prefix}other-1`, 0, 3);
      const batches = subscribe({ streamPrefixes: [`${prefix}wanted-`] });
      await takeUntil(batches, (_, { caughtUp }) => caughtUp);
      await append(`${prefix}Wanted-1`, 0, 1);
      await append(`${prefix}wanted-1`, 0, 1);
      await append(`${prefix}wanted`, 0, 1);
      const last = await append(`${prefix}other-1`, 3, 2);
      const seen = await takeUntil(batches, (_, { position }) => (position ?? '') >= last);
      expect(seen.map(({ stream }) => stream)).toEqual([`${prefix}wanted-1`]);
    });

    it('gives positions that never go back', async () => {
      await append(`${prefix}a`, 0, 30);
      const positions: string[] = [];
      const batches = subscribe({ batchSize: 7, streamPrefixes: [`${prefix}a`] });
      const note = ({ position }: EventBatch) => positions.push(position ?? '');
      await takeUntil(batches, (seen, batch) => note(batch) > 0 && seen.length >= 30);
      await append(`${prefix}b`, 0, 3);
      const last = await append(`${prefix}a`, 30, 3);
      await takeUntil(batches, (_, batch) => note(batch) > 0 && (batch.position ?? '') >= last);
      expect(positions).toEqual(positions.toSorted());
    });

    it('loses nothing for a consumer that is slow, nor for one that is quick', async () => {
      const all = 60 * 4 * 25;
      const slow = subscribe({ batchSize: 500 });
      // Only what was caught up with before is certainly read live.
      expect(await takeUntil(slow, (_, { caughtUp }) => caughtUp)).toEqual([]);
      const slowly = takeUntil({ next: () => delay(3).then(() => slow.next()) }, (seen) => seen.length >= all);
      const quickly = takeUntil(subscribe(), (seen) => seen.length >= all);
      for (let round = 0; round < 60; round += 1)
        await Promise.all([0, 1, 2, 3].map((index) => append(`${prefix}${index}`, round * 25, 25)));
      const expected = idsOf(await collect(store.readAll({ after: beginning, streamPrefixes: [prefix] })));
      expect(expected).toHaveLength(all);
      expect(idsOf(await quickly)).toEqual(expected);
      expect(idsOf(await slowly)).toEqual(expected);
    });

    it('delivers to a subscriber who appends in answer to what it gets', async () => {
      const batches = subscribe();
      await append(`${prefix}a`, 0, 1);
      let version = 1;
      const seen = await takeUntil(batches, (all, { events }) => {
        if (all.length >= 20) return true;
        if (events.length > 0) void append(`${prefix}a`, version++, 1);
        return false;
      });
      expect(seen.map((event) => event.version)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    });

    it('ends at once when its signal aborts while it waits, and not before', async () => {
      const batches = subscribe();
      await takeUntil(batches, (_, { caughtUp }) => caughtUp);
      const rest = takeUntil(batches, () => false);
      expect(await Promise.race([rest, delay(50)])).toBeUndefined();
      stop.abort();
      expect(await rest).toEqual([]);
    });

    it('ends without another batch when its signal aborts while a batch is handled', async () => {
      await append(`${prefix}a`, 0, 10);
      const batches = subscribe({ batchSize: 2 });
      await takeUntil(batches, (seen) => seen.length > 0);
      stop.abort();
      expect(await batches.next()).toMatchObject({ done: true });
    });

    it('delivers nothing when its signal was aborted before', async () => {
      await append(`${prefix}a`, 0, 1);
      stop.abort();
      expect(await subscribe().next()).toMatchObject({ done: true });
    });

    it('ends when the store closes', async () => {
      const batches = subscribe();
      await takeUntil(batches, (_, { caughtUp }) => caughtUp);
      const rest = takeUntil(batches, () => false);
      await store.close();
      expect(await rest).toEqual([]);
    });
  });
};
