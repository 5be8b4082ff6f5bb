import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readModelLag } from '../../src/application/read-model-lag.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { allProjections } from '../../src/projections/all.ts';
import { placeOrder } from '../support/examples.ts';
import { createScribe } from '../support/history.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';

const placed = (orderId: string) =>
  [`order-${orderId}`, { type: 'OrderPlaced', data: placeOrder({ orderId }).data }] as const;

describe('the lag of the read models', () => {
  let eventStore: EventStore;
  let positions: Map<string, string | null>;
  let recordedAt: number;

  const lagAfter = (seconds: number): Promise<number> =>
    readModelLag({
      eventStore,
      readModels: {
        position: async (name) => positions.get(name) ?? null,
        get: async () => new Map(),
        find: async () => ({ items: [], position: null }),
        reached: async () => true,
      },
      now: () => new Date(recordedAt + seconds * 1_000),
    });
  const allAt = (position: string | null) => new Map(allProjections.map(({ name }) => [name, position]));

  beforeEach(async () => {
    eventStore = createMemoryEventStore();
    const { record } = createScribe(eventStore);
    const first = await record(placed('o1'));
    await record(placed('o2'));
    positions = allAt(first);
    const [event] = await Array.fromAsync(eventStore.readAll({ after: first }));
    recordedAt = Date.parse(JSON.parse(event?.metadata ?? '{}').recordedAt);
  });
  afterEach(() => eventStore.close());

  it('is the age of the first event that is missing somewhere', async () => {
    expect(await lagAfter(12)).toBe(12);
    positions = new Map([...allAt((await lastPosition()) ?? null), ['orders', [...positions.values()][0] ?? null]]);
    expect(await lagAfter(30)).toBe(30);
  });

  it('is nothing once all of them have every event, whatever time has passed', async () => {
    positions = allAt((await lastPosition()) ?? null);
    expect(await lagAfter(3_600)).toBe(0);
  });

  it('is never negative, though the clock went back', async () => {
    expect(await lagAfter(-5)).toBe(0);
  });

  const lastPosition = async (): Promise<string | undefined> =>
    (await Array.fromAsync(eventStore.readAll({ direction: 'backwards', limit: 1 })))[0]?.position;
});
