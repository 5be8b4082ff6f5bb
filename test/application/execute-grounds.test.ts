import { beforeEach, describe, expect, it } from 'vitest';
import { GroundsMissing } from '../../src/event-store/event-store.ts';
import { define, receive, safetyStock } from '../support/location-histories.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { type WatchedEventStore, watchEventStore } from '../support/watched-event-store.ts';
import { context, executorOfLocations } from './executing.ts';

const stream = 'stockLocation-leeds';

describe('running commands on grounds', () => {
  let store: WatchedEventStore;
  let leeds: ReturnType<typeof executorOfLocations>;
  const tell = (command: Parameters<typeof leeds.execute>[1], ...after: readonly string[]) =>
    leeds.execute(stream, command, context(), { grounds: { after, documents: [] } });

  beforeEach(async () => {
    store = watchEventStore(createMemoryEventStore());
    leeds = executorOfLocations(store, 10, store.appendOn);
    await tell(define);
  });

  it('lets one of a batch that lacks its grounds harm no other', async () => {
    const defined = store.appends[0]?.events[0]?.id ?? '';
    const first = tell(receive('asn-1', ['teapot', 1]));
    const batch = [tell(safetyStock(1), 'nowhere'), tell(receive('asn-2', ['teapot', 1]), defined)];
    const [refused, written] = await Promise.allSettled(batch);
    expect((await first).version).toBe(2);
    expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(GroundsMissing) });
    expect(written).toMatchObject({ value: { version: 3 } });
    expect((await leeds.load(stream)).state.stock.get('teapot')).toEqual({ onHand: 2, reserved: 0, safetyStock: 0 });
  });

  it('asks for no grounds of a command that changes nothing', async () => {
    await tell(safetyStock(1));
    expect((await tell(safetyStock(1), 'nowhere')).events).toEqual([]);
  });

  it('tells of events that are on their way before the log has them, and of each new try', async () => {
    const ids: string[] = [];
    store.beforeAppend(() => executorOfLocations(store).execute(stream, receive('asn-1', ['kettle', 1]), context()));
    const asked = leeds.execute(stream, safetyStock(1), context(), {
      onHandedOver: ({ version, eventId }) => void ids.push(`${version} ${eventId}`),
    });
    expect(ids).toHaveLength(1);
    await asked;
    const tries = store.appends.filter(({ events }) => events[0]?.type === 'SafetyStockSet');
    expect(ids).toEqual(tries.map(({ expectedVersion, events }) => `${expectedVersion + 1} ${events[0]?.id}`));
    expect(ids).toHaveLength(2);
  });

  it('refuses grounds that a store cannot see to', async () => {
    const plain = executorOfLocations(store);
    const grounds = { after: ['nowhere'], documents: [] };
    await expect(plain.execute(stream, safetyStock(1), context(), { grounds })).rejects.toThrow(TypeError);
  });
});
