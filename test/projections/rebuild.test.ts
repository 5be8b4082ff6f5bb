import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { allProjections } from '../../src/projections/all.ts';
import { rebuildProjections } from '../../src/projections/rebuild.ts';
import { placeOrder } from '../support/examples.ts';
import { digestOfFold, digestOfReadModels } from '../support/fold-documents.ts';
import { decodeJson, type Happening } from '../support/history.ts';
import { type Bench, createBench } from '../support/projecting.ts';
import { tallies } from '../support/tallies.ts';

const placed = (orderId: string): Happening => [
  `order-${orderId}`,
  { type: 'OrderPlaced', data: placeOrder({ orderId }).data },
];
const held = (orderId: string): Happening => [
  `order-${orderId}`,
  { type: 'OrderHeld', data: { orderId, reason: 'fraud' } },
];
const released = (orderId: string): Happening => [`order-${orderId}`, { type: 'OrderReleased', data: { orderId } }];

const orderIds = Array.from({ length: 60 }, (_, index) => `o${index}`);

describe('rebuilding', () => {
  let bench: Bench;
  const projections = [tallies()];

  beforeEach(async () => {
    bench = await createBench(projections);
  });

  afterEach(() => bench.remove());

  const settled = async (...happenings: readonly Happening[]): Promise<void> => {
    await bench.readModels.reached(null, await bench.record(...happenings), 5_000);
  };
  const rebuild = (options = {}) =>
    rebuildProjections({ ...bench, decode: decodeJson, projections, dropAfterMs: 0, ...options });
  const liveCollection = async () => (await bench.readStore.get('projections', ['tallies'])).get('tallies')?.body;

  it('makes the same documents, byte for byte, and puts them in place of the old ones', async () => {
    bench.start();
    await settled(...orderIds.map(placed), ...orderIds.map(held));
    const before = await bench.readStore.find('tallies@1', { limit: 100 });
    const progress = vi.fn();
    const [rebuilt] = await rebuild({ onProgress: progress, batchSize: 50 });
    expect(rebuilt).toEqual({
      name: 'tallies',
      collection: 'tallies@1.1',
      comparison: { compared: 60, different: [], unsettled: [] },
    });
    expect(await liveCollection()).toMatchObject({ collection: 'tallies@1.1', building: null, retired: [] });
    const after = await bench.readStore.find('tallies@1.1', { limit: 100 });
    expect(JSON.stringify(after)).toBe(JSON.stringify(before));
    expect(await bench.readStore.find('tallies@1', { limit: 1 })).toEqual([]);
    expect(progress.mock.calls.map(([{ events }]) => events)).toEqual([50, 100, 120]);
  });

  it('is noticed by the running projector, which goes on in the new collection within 250 ms', async () => {
    bench.start();
    await settled(...orderIds.map(placed));
    await rebuild();
    await bench.record(held('o1'));
    await setTimeout(250);
    const stored = (await bench.readStore.get('tallies@1.1', ['o1'])).get('o1');
    expect(stored?.body.events).toBe(2);
  });

  it('compares every document under traffic, and loses nothing of it', async () => {
    bench.start();
    await settled(...orderIds.map(placed));
    let over = false;
    const traffic = async (): Promise<void> => {
      for (let n = 0; !over; n++) {
        await bench.record(held('o1'), released('o1'), held(orderIds[n % 60] ?? 'o2'));
        await setTimeout(1);
      }
    };
    const stream = traffic();
    await setTimeout(50);
    const [rebuilt] = await rebuild({ batchSize: 10 });
    over = true;
    await stream;
    expect(rebuilt?.comparison?.different).toEqual([]);
    expect(rebuilt?.comparison?.unsettled).toEqual([]);
    await settled(held('o1'));
    await vi.waitFor(async () => expect((await liveCollection())?.collection).toBe('tallies@1.1'));
    await setTimeout(1_100);
    const log: RecordedEvent[] = await Array.fromAsync(bench.eventStore.readAll());
    const events = log.flatMap((recorded) => {
      const decoded = decodeJson(recorded);
      return decoded.ok ? [decoded.event] : [];
    });
    expect(await digestOfReadModels(projections, bench.readModels)).toEqual(digestOfFold(projections, events));
  });

  it('names the documents that differ: changed, missing and foreign ones', async () => {
    const { stop } = bench.start();
    await settled(...orderIds.map(placed));
    await stop();
    const documents = await bench.readStore.find('tallies@1', { limit: 100 });
    await bench.readStore.drop('tallies@1');
    await bench.readStore.ensure({ name: 'tallies@1', indexes: [] });
    const copies = documents
      .filter(({ id }) => id !== 'o1')
      .map((stored) => (stored.id === 'o2' ? { ...stored, body: { ...stored.body, events: 99 } } : stored));
    const foreign = { id: 'x', position: String(1).padStart(16, '0'), body: { orderId: 'x' } };
    await bench.readStore.write('tallies@1', [...copies, foreign]);
    const [rebuilt] = await rebuild();
    expect(rebuilt?.comparison?.different.toSorted()).toEqual(['o1', 'o2', 'x']);
    expect(rebuilt?.comparison?.unsettled).toEqual([]);
  });

  it('can be cancelled while it compares, too', async () => {
    bench.start();
    await settled(...orderIds.map(placed));
    const aborter = new AbortController();
    const readStore = { ...bench.readStore };
    readStore.find = (collection, query) => {
      // As a signal comes: between two turns of the event loop.
      if (collection === 'tallies@1') setImmediate(() => aborter.abort());
      return bench.readStore.find(collection, query);
    };
    await expect(rebuild({ readStore, signal: aborter.signal })).rejects.toThrow('aborted');
    expect(await liveCollection()).toMatchObject({ collection: 'tallies@1', building: null });
  });

  it('leaves no trace when it is cancelled', async () => {
    bench.start();
    await settled(...orderIds.map(placed));
    const before = await liveCollection();
    const aborter = new AbortController();
    const cancelled = rebuild({ signal: aborter.signal, batchSize: 10, onProgress: () => aborter.abort() });
    await expect(cancelled).rejects.toThrow('aborted');
    expect(await liveCollection()).toEqual(before);
    expect(await bench.readStore.find('tallies@1.1', { limit: 1 })).toEqual([]);
    expect((await bench.readStore.get('checkpoints', ['tallies@1.1'])).size).toBe(0);
  });

  it('gives way to another rebuild that began after it, and what a killed one left is dropped', async () => {
    bench.start();
    await settled(...orderIds.map(placed));
    let second: Promise<unknown> | null = null;
    const first = rebuild({
      batchSize: 10,
      onProgress: () => {
        second ??= rebuild();
      },
    });
    await expect(first).rejects.toThrow('Another build of tallies has begun');
    await second;
    expect(await liveCollection()).toMatchObject({ collection: 'tallies@1.2', building: null, retired: [] });
    expect(await bench.readStore.find('tallies@1.1', { limit: 1 })).toEqual([]);
  });

  it('builds from nothing when there is no live read model yet', async () => {
    await bench.record(...orderIds.map(placed));
    const [rebuilt] = await rebuild();
    expect(rebuilt).toEqual({ name: 'tallies', collection: 'tallies@1', comparison: null });
    bench.start();
    await settled(held('o1'));
    expect((await bench.readModels.get('tallies', ['o1'])).get('o1')?.body.events).toBe(2);
  });
});

describe('rebuilding all read models', () => {
  it('takes one pass and finds each as it was', async () => {
    const bench = await createBench();
    bench.start();
    const position = await bench.record(...orderIds.map(placed), ...orderIds.map(held));
    await bench.readModels.reached(null, position, 5_000);
    const all = await rebuildProjections({ ...bench, decode: decodeJson, projections: allProjections, dropAfterMs: 0 });
    expect(all.map(({ name }) => name)).toEqual(allProjections.map(({ name }) => name));
    expect(all.flatMap(({ comparison }) => comparison?.different)).toEqual([]);
    await bench.remove();
  });
});
