import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/application/execute.ts';
import { createSnapshots, SNAPSHOTS } from '../../src/application/snapshots.ts';
import { type StockLocationCommand, stockLocationDecider } from '../../src/domain/stock-location/decide.ts';
import {
  stockLocationFromJson,
  stockLocationSize,
  stockLocationToJson,
} from '../../src/domain/stock-location/snapshot.ts';
import type { StockLocation } from '../../src/domain/stock-location/stock-location.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { type ReadStore, ReadStoreUnavailable } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { adjust, define, issue, onReservation, receive, safetyStock } from '../support/location-histories.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { type WatchedEventStore, watchEventStore } from '../support/watched-event-store.ts';
import { context } from './executing.ts';

const stream = 'stockLocation-leeds';

describe('snapshots', () => {
  let log: WatchedEventStore;
  let documents: ReadStore;
  const errors: unknown[] = [];

  beforeEach(async () => {
    log = watchEventStore(createMemoryEventStore());
    documents = createSqliteReadStore({ file: ':memory:' });
    await documents.ensure(SNAPSHOTS);
    errors.length = 0;
  });
  afterEach(() => documents.close());

  /** A process that has just started. */
  const start = (every: number, { eventStore = log as EventStore, store = documents, format = 'format.1' } = {}) => {
    const snapshots = createSnapshots<StockLocation>({
      store,
      eventStore,
      format,
      sizeOf: stockLocationSize,
      every,
      toJson: stockLocationToJson,
      fromJson: stockLocationFromJson,
      onError: (error) => errors.push(error),
    });
    const now = () => '2026-03-02T09:00:00.000Z';
    const codec = createCodec({ newId: randomUUID });
    return createExecutor({ eventStore, codec, decider: stockLocationDecider, now, cacheSize: 5, snapshots });
  };

  const perform = async (executor: ReturnType<typeof start>, commands: readonly StockLocationCommand[]) => {
    for (const command of commands) await executor.execute(stream, command, context());
    // Nobody waits for a snapshot: it is written by then.
    await nextTurn();
  };

  const readBy = async (executor: ReturnType<typeof start>) => {
    const before = log.eventsRead();
    const { state, version } = await executor.load(stream);
    return { read: log.eventsRead() - before, version, state: stockLocationToJson(state) };
  };

  const receipts = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => receive(`asn-${from + index}`, ['teapot', 1]));

  it('spare a location with 100,000 events reading them when its first command comes after a restart', async () => {
    const busy = start(2_000);
    await busy.execute(stream, define, context());
    for (let done = 1; done < 100_000; done += 1_000) {
      const some = Array.from({ length: 1_000 }, (_, index) => safetyStock(1 + ((done + index) % 7)));
      await Promise.all(some.map((command) => busy.execute(stream, command, context())));
    }
    const before = log.eventsRead();
    const { version, state } = await start(2_000).execute(stream, receive('asn-1', ['teapot', 3]), context());
    expect(version).toBe(100_002);
    expect(state.stock.get('teapot')).toMatchObject({ onHand: 3 });
    expect(log.eventsRead() - before).toBeLessThanOrEqual(2_001);
  });

  it('are taken when enough has happened since the last one, also after a restart', async () => {
    await perform(start(4), [define, ...receipts(0, 3)]);
    expect((await readBy(start(4))).read).toBe(1);
    const restarted = start(4);
    await perform(restarted, receipts(3, 6));
    expect((await readBy(start(4))).read).toBe(4);
    await perform(restarted, receipts(6, 7));
    expect((await readBy(start(4))).read).toBe(1);
  });

  it('of another format are left alone, and replaced in time', async () => {
    await perform(start(4), [define, ...receipts(0, 4)]);
    expect((await readBy(start(4, { format: 'format.2' }))).read).toBe(5);
    await perform(start(4, { format: 'format.2' }), receipts(4, 5));
    expect((await readBy(start(4, { format: 'format.2' }))).read).toBe(1);
  });

  it('of another log are left alone: one with other events, and one that is shorter', async () => {
    await perform(start(4), [define, ...receipts(0, 4)]);
    const theirs = [6, 2].map((length) => ({ length, other: watchEventStore(createMemoryEventStore()) }));
    for (const { length, other } of theirs) {
      await perform(start(100, { eventStore: other }), [define, ...receipts(10, 9 + length)]);
      const { state, version } = await start(100, { eventStore: other }).load(stream);
      expect([version, state.stock.get('teapot')?.onHand]).toEqual([length, length - 1]);
    }
  });

  it('that cannot be written are reported, and hold up nobody', async () => {
    const write = () => Promise.reject(new ReadStoreUnavailable('the disk is full'));
    const executor = start(2, { store: { ...documents, write } });
    await perform(executor, [define, ...receipts(0, 2)]);
    expect(errors).toEqual([expect.any(ReadStoreUnavailable)]);
    expect(await readBy(start(2))).toMatchObject({ version: 3, read: 3 });
  });

  it('are done without while they cannot be read', async () => {
    await perform(start(4), [define, ...receipts(0, 4)]);
    const get = () => Promise.reject(new ReadStoreUnavailable('the line is cut'));
    expect(await readBy(start(4, { store: { ...documents, get } }))).toMatchObject({ version: 5, read: 5 });
  });

  it('with what came after them make the same state as all events', async () => {
    const few = fc.integer({ min: 1, max: 3 });
    const command: fc.Arbitrary<StockLocationCommand> = fc.oneof(
      few.map(safetyStock),
      fc.tuple(fc.nat(99), few).map(([nth, units]) => receive(`r${nth}`, ['teapot', units], ['kettle', 1])),
      fc.nat(9).map((nth) => adjust(`a${nth}`, ['teapot', -1])),
      fc
        .tuple(fc.constantFrom('ReserveStock', 'ReleaseReservation', 'RecordShortPick'), few)
        .map(([type, units]) => onReservation(type, ['teapot', units])),
      fc.constant(issue),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 25 }), few, async (commands, every) => {
        const eventStore = createMemoryEventStore();
        const store = createSqliteReadStore({ file: ':memory:' });
        await store.ensure(SNAPSHOTS);
        const busy = start(every, { eventStore, store });
        for (const one of [define, ...commands]) await busy.execute(stream, one, context()).catch(() => undefined);
        const whole = await start(1_000, { eventStore }).load(stream);
        const shortened = await start(every, { eventStore, store }).load(stream);
        expect(shortened.version).toBe(whole.version);
        expect(stockLocationToJson(shortened.state)).toEqual(stockLocationToJson(whole.state));
        await store.close();
      }),
      { numRuns: 60 },
    );
  });
});
