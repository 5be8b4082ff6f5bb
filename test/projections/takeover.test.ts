import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrderEvent } from '../../src/domain/order/order.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import type { ReadStore } from '../../src/projections/read-store.ts';
import { placeOrder } from '../support/examples.ts';
import { digestOfFold, digestOfReadModels } from '../support/fold-documents.ts';
import { decodeJson, type Happening } from '../support/history.ts';
import { type Bench, createBench } from '../support/projecting.ts';
import { tallies } from '../support/tallies.ts';

const events: Readonly<Record<'placed' | 'held' | 'released', (orderId: string) => OrderEvent>> = {
  placed: (orderId) => ({ type: 'OrderPlaced', data: placeOrder({ orderId }).data }),
  held: (orderId) => ({ type: 'OrderHeld', data: { orderId, reason: 'fraud' } }),
  released: (orderId) => ({ type: 'OrderReleased', data: { orderId } }),
};

const happened = (orderId: string, ...types: readonly (keyof typeof events)[]): readonly Happening[] =>
  types.map((type) => [`order-${orderId}`, events[type](orderId)]);

/** Orders that are held: the document is gone once the order is released. */
const held = tallies({
  ids: (event) => (event.type === 'OrderHeld' || event.type === 'OrderReleased' ? [event.data.orderId] : []),
  evolve: (_, event, id) => (event.type === 'OrderHeld' ? { orderId: id, events: 1, types: [event.type] } : null),
});

/** A store whose writes to a collection wait once it is stopped, as those of a stopped process do. */
const stoppable = (inner: ReadStore, collection: string) => {
  let resume: (() => void) | null = null;
  let stopped: Promise<void> = Promise.resolve();
  let waiting = 0;
  const store: ReadStore = {
    ...inner,
    write: async (name, writes) => {
      waiting += 1;
      if (name === collection) await stopped;
      waiting -= 1;
      return inner.write(name, writes);
    },
  };
  return {
    store,
    waiting: () => waiting,
    stop: () => {
      stopped = new Promise((resolve) => {
        resume = resolve;
      });
    },
    resume: () => resume?.(),
  };
};

describe('a projector that was stopped in the middle of a write', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await createBench([held]);
  });
  afterEach(() => bench.remove());

  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  const digests = async () => {
    const all: RecordedEvent[] = await Array.fromAsync(bench.eventStore.readAll());
    const decoded = all.flatMap((recorded) => {
      const one = decodeJson(recorded);
      return one.ok ? [one.event] : [];
    });
    return { fold: digestOfFold([held], decoded), models: await digestOfReadModels([held], bench.readModels) };
  };

  it.each([
    ['changed the document', ['held', 'released', 'held']],
    ['deleted the document', ['held', 'released']],
  ] as const)('changes nothing when it goes on after another one has %s', async (_, types) => {
    const old = stoppable(bench.readStore, 'tallies@1');
    const first = bench.start({ readStore: old.store });
    await bench.readModels.reached(null, await bench.record(...happened('z', 'placed', 'held')), 5_000);
    old.stop();
    await bench.record(...happened('a', 'placed', types[0]));
    await until(() => old.waiting() > 0);
    bench.start();
    const position = await bench.record(...happened('a', ...types.slice(1)));
    expect(await bench.readModels.reached(null, position, 5_000)).toBe(true);
    const stopping = first.stop();
    old.resume();
    await stopping;
    const { fold, models } = await digests();
    expect(models).toEqual(fold);
  });

  it('moves no checkpoint back', async () => {
    const old = stoppable(bench.readStore, 'checkpoints');
    const first = bench.start({ readStore: old.store });
    await bench.readModels.reached(null, await bench.record(...happened('z', 'placed', 'held')), 5_000);
    old.stop();
    await bench.record(...happened('a', 'placed', 'held'));
    await until(() => old.waiting() > 0);
    bench.start();
    const position = await bench.record(...happened('a', 'released'), ...happened('b', 'placed', 'held'));
    await bench.readModels.reached(null, position, 5_000);
    const stopping = first.stop();
    old.resume();
    await stopping;
    expect(await bench.readModels.position('tallies')).toBe(position);
  });
});
