import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OrderEvent } from '../../src/domain/order/order.ts';
import { StoreUnavailable } from '../../src/event-store/event-store.ts';
import { allProjections } from '../../src/projections/all.ts';
import { type ReadStore, ReadStoreUnavailable } from '../../src/projections/read-store.ts';
import { placeOrder } from '../support/examples.ts';
import { digestOfFold, digestOfReadModels } from '../support/fold-documents.ts';
import { asRecorded, type Happening } from '../support/history.ts';
import { type Bench, createBench } from '../support/projecting.ts';
import { anyHistory } from '../support/random-history.ts';
import { tallies } from '../support/tallies.ts';

const happened = (orderId: string, ...types: readonly ('placed' | 'held' | 'released')[]): readonly Happening[] =>
  types.map((type) => [`order-${orderId}`, eventOf(orderId, type)]);

const eventOf = (orderId: string, type: 'placed' | 'held' | 'released'): OrderEvent => {
  switch (type) {
    case 'placed':
      return { type: 'OrderPlaced', data: placeOrder({ orderId }).data };
    case 'held':
      return { type: 'OrderHeld', data: { orderId, reason: 'fraud' } };
    case 'released':
      return { type: 'OrderReleased', data: { orderId } };
  }
};

describe('the projector', () => {
  let bench: Bench;
  const readOf = async (id: string) => (await bench.readModels.get('tallies', [id])).get(id);
  const typesOf = async (id: string) => (await readOf(id))?.body.types;

  beforeEach(async () => {
    bench = await createBench([tallies()]);
  });

  afterEach(() => bench.remove());

  it('follows the log, past and present, and keeps documents apart', async () => {
    await bench.record(...happened('a', 'placed'), ...happened('b', 'placed'), ...happened('a', 'held'));
    bench.start();
    const position = await bench.record(...happened('b', 'held'), ...happened('a', 'released'));
    expect(await bench.readModels.reached('tallies', position, 5_000)).toBe(true);
    expect(await typesOf('a')).toEqual(['OrderPlaced', 'OrderHeld', 'OrderReleased']);
    expect(await typesOf('b')).toEqual(['OrderPlaced', 'OrderHeld']);
    expect((await readOf('a'))?.position).toBe(position);
  });

  it('shows an event within 100 ms', async () => {
    bench.start();
    await bench.readModels.reached(null, await bench.record(...happened('a', 'placed')), 5_000);
    const lags: number[] = [];
    for (let n = 0; n < 30; n++) {
      const position = await bench.record(...happened('a', n % 2 === 0 ? 'held' : 'released'));
      const startedAt = performance.now();
      await bench.readModels.reached('tallies', position, 5_000);
      lags.push(performance.now() - startedAt);
    }
    expect(lags.toSorted((a, b) => a - b)[27]).toBeLessThan(100);
  });

  it('goes on after a restart with what it has not had', async () => {
    const first = bench.start();
    await bench.readModels.reached(null, await bench.record(...happened('a', 'placed', 'held')), 5_000);
    await first.stop();
    const applied = vi.fn();
    const position = await bench.record(...happened('a', 'released'));
    bench.start({ hooks: { applied } });
    await bench.readModels.reached(null, position, 5_000);
    expect(await typesOf('a')).toEqual(['OrderPlaced', 'OrderHeld', 'OrderReleased']);
    expect(applied.mock.calls.map(([{ events }]) => events)).toEqual([1]);
  });

  it('applies nothing twice when it ended between the documents and the checkpoint', async () => {
    await bench.record(...happened('a', 'placed', 'held', 'released'));
    const dying: ReadStore = {
      ...bench.readStore,
      write: async (collection, writes) => {
        if (collection === 'checkpoints') throw new ReadStoreUnavailable('killed');
        return bench.readStore.write(collection, writes);
      },
    };
    const failed = vi.fn();
    const first = bench.start({ readStore: dying, hooks: { failed } });
    await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(3));
    await first.stop();
    expect(await bench.readModels.position('tallies')).toBeNull();
    bench.start();
    await bench.readModels.reached(null, await bench.record(...happened('b', 'placed')), 5_000);
    expect(await typesOf('a')).toEqual(['OrderPlaced', 'OrderHeld', 'OrderReleased']);
  });

  it('neither ends nor skips while a store is away, and pauses longer and longer', async () => {
    await bench.record(...happened('a', 'placed', 'held'));
    let calls = 0;
    const flaky = <Answer>(task: () => Answer): Answer => {
      calls += 1;
      if (calls % 3 !== 0 && calls < 14) throw new ReadStoreUnavailable('away');
      return task();
    };
    const away: ReadStore = {
      ...bench.readStore,
      get: async (...args) => flaky(() => bench.readStore.get(...args)),
      write: async (...args) => flaky(() => bench.readStore.write(...args)),
    };
    const failed = vi.fn();
    bench.start({
      readStore: away,
      hooks: { failed },
      eventStore: {
        ...bench.eventStore,
        subscribe: (options) => {
          if (failed.mock.calls.length === 3) throw new StoreUnavailable('away', 'none');
          return bench.eventStore.subscribe(options);
        },
      },
    });
    const position = await bench.record(...happened('a', 'released'));
    expect(await bench.readModels.reached('tallies', position, 15_000)).toBe(true);
    expect(await typesOf('a')).toEqual(['OrderPlaced', 'OrderHeld', 'OrderReleased']);
    const pauses = failed.mock.calls.map(([, retryInMs]) => Number(retryInMs));
    expect(pauses[0]).toBe(25);
    expect(Math.max(...pauses)).toBeGreaterThanOrEqual(100);
  });

  it('notices that somebody else wrote a document, and takes theirs', async () => {
    const first = bench.start();
    await bench.readModels.reached(null, await bench.record(...happened('a', 'placed')), 5_000);
    const second = bench.start();
    for (let n = 0; n < 10; n++) {
      const position = await bench.record(...happened('a', 'held', 'released'));
      await bench.readModels.reached(null, position, 5_000);
    }
    await first.stop();
    await second.stop();
    expect((await readOf('a'))?.body.events).toBe(21);
  });

  it('saves the position that it has read past when nothing in it concerns a read model', async () => {
    bench.start();
    await bench.record(...happened('a', 'placed'));
    const position = await bench.record(['other-1', eventOf('x', 'placed')], ['other-2', eventOf('y', 'placed')]);
    expect(await bench.readModels.reached('tallies', position, 1_500)).toBe(true);
  });

  it('builds a read model of a higher version beside the old one, which stays readable', async () => {
    const first = bench.start();
    await bench.readModels.reached(null, await bench.record(...happened('a', 'placed', 'held')), 5_000);
    await first.stop();
    let hold = true;
    const slow = tallies({
      version: 2,
      evolve: (document, event, id) => ({
        orderId: id,
        events: Number(document?.events ?? 0) + 1,
        types: [...(document?.types ?? []), `${event.type}!`],
      }),
    });
    const second = bench.start({
      projections: [slow],
      eventStore: {
        ...bench.eventStore,
        readAll: async function* (options) {
          while (hold) await new Promise((resolve) => setTimeout(resolve, 5));
          yield* bench.eventStore.readAll(options);
        },
      },
    });
    await bench.record(...happened('a', 'released'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await typesOf('a')).toEqual(['OrderPlaced', 'OrderHeld']);
    hold = false;
    await vi.waitFor(async () => expect(await typesOf('a')).toEqual(['OrderPlaced!', 'OrderHeld!', 'OrderReleased!']), {
      timeout: 5_000,
    });
    const position = await bench.record(...happened('a', 'held'));
    expect(await bench.readModels.reached('tallies', position, 5_000)).toBe(true);
    await vi.waitFor(async () => expect(await bench.readStore.find('tallies@1', { limit: 1 })).toEqual([]));
    await second.stop();
  });
});

describe('the read models of any history', () => {
  it('are the fold of the log, whatever the batches and wherever redelivery begins', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        anyHistory(),
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.nat(), { maxLength: 3 }),
        async (history, batchSize, earlier) => {
          const bench = await createBench();
          try {
            const position = await bench.record(...history);
            const expected = digestOfFold(allProjections, asRecorded(history));
            for (const back of [0, ...earlier]) {
              await moveCheckpointsBack(bench, back % history.length);
              const { stop } = bench.start({ batchSize });
              expect(await bench.readModels.reached(null, position, 10_000)).toBe(true);
              await stop();
              expect(await digestOfReadModels(allProjections, bench.readModels)).toEqual(expected);
            }
          } finally {
            await bench.remove();
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** As if all that was saved after the first events were the documents. */
const moveCheckpointsBack = async ({ readStore }: Bench, events: number): Promise<void> => {
  await readStore.drop('checkpoints');
  await readStore.ensure({ name: 'checkpoints', indexes: [] });
  if (events === 0) return;
  const position = String(events).padStart(16, '0');
  const live = await readStore.get(
    'projections',
    allProjections.map(({ name }) => name),
  );
  const writes = [...live.values()].map(({ body }) => ({ id: String(body.collection), position, body: {} }));
  await readStore.write('checkpoints', writes);
};
