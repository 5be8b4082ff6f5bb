import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/application/execute.ts';
import { createSnapshots, SNAPSHOTS } from '../../src/application/snapshots.ts';
import { type StockLocationCommand, stockLocationDecider } from '../../src/domain/stock-location/decide.ts';
import {
  stockLocationFromParts,
  stockLocationSize,
  stockLocationToParts,
} from '../../src/domain/stock-location/snapshot.ts';
import type { StockLocation } from '../../src/domain/stock-location/stock-location.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { type ReadStore, ReadStoreUnavailable } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { adjust, define, issue, named, onReservation, receive, safetyStock } from '../support/location-histories.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { type WatchedEventStore, watchEventStore } from '../support/watched-event-store.ts';
import { context } from './executing.ts';

const stream = 'stockLocation-leeds';
const TURNS_OF_A_SNAPSHOT = 20;

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

  const keeping = (every: number, { eventStore = log as EventStore, store = documents, format = 'format.1' } = {}) =>
    createSnapshots<StockLocation>({
      store,
      eventStore,
      format,
      sizeOf: stockLocationSize,
      every,
      toParts: stockLocationToParts,
      fromParts: stockLocationFromParts,
      onError: (error) => errors.push(error),
    });

  /** A process that has just started. */
  const start = (every: number, stores: Parameters<typeof keeping>[1] = {}) => {
    const { eventStore = log } = stores;
    const snapshots = keeping(every, stores);
    const now = () => '2026-03-02T09:00:00.000Z';
    const codec = createCodec({ newId: randomUUID });
    return createExecutor({ eventStore, codec, decider: stockLocationDecider, now, cacheSize: 5, snapshots });
  };

  const perform = async (executor: ReturnType<typeof start>, commands: readonly StockLocationCommand[]) => {
    for (const command of commands) await executor.execute(stream, command, context());
    // Nobody waits for a snapshot: it is written by then.
    for (let turn = 0; turn < TURNS_OF_A_SNAPSHOT; turn += 1) await nextTurn();
  };

  const readBy = async (executor: ReturnType<typeof start>) => {
    const before = log.eventsRead();
    const { state, version } = await executor.load(stream);
    return { read: log.eventsRead() - before, version, state: [...stockLocationToParts(state)] };
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

  it('keep a large state in parts, whole', async () => {
    const many = Array.from({ length: 8_000 }, (_, index) =>
      receive(`asn-${index}`, [`sku-${index}`, 1 + (index % 9)]),
    );
    const busy = start(8_000);
    await busy.execute(stream, define, context());
    await Promise.all(many.map((command) => busy.execute(stream, command, context())));
    for (let turn = 0; turn < TURNS_OF_A_SNAPSHOT; turn += 1) await nextTurn();
    const kept = await documents.find(SNAPSHOTS.name, { limit: 100 });
    expect(kept.length).toBeGreaterThan(7);
    const whole = await readBy(start(100_000, { store: { ...documents, get: async () => new Map() } }));
    const shortened = await readBy(start(100_000));
    expect(shortened.read).toBeLessThan(2);
    expect(shortened.state).toEqual(whole.state);
  });

  it('take turns, so that there are two of them at most, and one is always whole', async () => {
    const executor = start(3);
    for (let round = 0; round < 6; round += 1) {
      await perform(executor, [...(round === 0 ? [define] : []), ...receipts(3 * round, 3 * round + 3)]);
      expect((await readBy(start(3))).read).toBeLessThanOrEqual(3);
      expect((await documents.find(SNAPSHOTS.name, { limit: 100 })).length).toBeLessThanOrEqual(1 + 2 * 3);
    }
  });

  it('are written one after the other, however fast events come', async () => {
    const slow = { ...documents };
    let underWay = 0;
    let most = 0;
    slow.write = async (...asked) => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      underWay -= 1;
      return documents.write(...asked);
    };
    await perform(start(3, { store: slow }), [define, ...receipts(0, 30)]);
    for (let turn = 0; turn < 10 * TURNS_OF_A_SNAPSHOT; turn += 1) await nextTurn();
    expect(most).toBe(1);
    const { read } = await readBy(start(3));
    expect(read).toBeLessThan(31);
  });

  it('hold the state as it was when they were taken, whatever happens until they are written', async () => {
    const on = (type: 'ReserveStock' | 'IssueStock', fulfilmentId: string): StockLocationCommand =>
      type === 'IssueStock'
        ? { type, data: { ...named, fulfilmentId } }
        : { type, data: { ...named, fulfilmentId, lines: [{ sku: 'teapot', quantity: 1 }] } };
    const busy = start(1_000);
    const begun = ['f1', 'f2', 'f3'].map((id) => on('ReserveStock', id));
    await perform(busy, [define, ...receipts(0, 4), ...begun, on('IssueStock', 'f1')]);
    const { state, version, position } = await busy.load(stream);
    const [newest] = await Array.fromAsync(log.readStream(stream, { direction: 'backwards', limit: 1 }));
    const asTaken = structuredClone([...stockLocationToParts(state)]);
    const { promise: waiting, resolve: goOn } = Promise.withResolvers<void>();
    const slow = { ...documents };
    slow.get = async (...asked) => {
      await waiting;
      return documents.get(...asked);
    };
    keeping(1, { store: slow }).consider(stream, { state, version, position, hash: newest?.hash ?? '' });
    await perform(busy, [...receipts(4, 5), on('IssueStock', 'f2'), on('ReserveStock', 'f4'), safetyStock(2)]);
    expect([...stockLocationToParts(state)]).not.toEqual(asTaken);
    goOn();
    for (let turn = 0; turn < TURNS_OF_A_SNAPSHOT; turn += 1) await nextTurn();
    const read = await keeping(1).read(stream);
    expect(read?.version).toBe(version);
    expect(read && [...stockLocationToParts(read.state)]).toEqual(asTaken);
  });

  it('are done without where two nodes wrote into one at the same time', async () => {
    await perform(start(4), [define, ...receipts(0, 4)]);
    const parts = (await documents.find(SNAPSHOTS.name, { limit: 100 })).filter(({ id }) => id.includes('@'));
    const [first] = parts;
    expect((await readBy(start(4))).read).toBeLessThan(3);
    const body = { ...first?.body, version: 99 };
    await documents.write(SNAPSHOTS.name, [{ id: first?.id ?? '', position: '9', body }]);
    expect(await readBy(start(4))).toMatchObject({ version: 5, read: 5 });
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
        expect([...stockLocationToParts(shortened.state)]).toEqual([...stockLocationToParts(whole.state)]);
        await store.close();
      }),
      { numRuns: 60 },
    );
  });
});
