import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/application/execute.ts';
import { stockLocationDecider } from '../../src/domain/stock-location/decide.ts';
import { copyStockLocation, stockLocationToParts } from '../../src/domain/stock-location/snapshot.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { collect } from '../contracts/event-store-examples.ts';
import { define, issue, receive, reserve } from '../support/location-histories.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { type WatchedEventStore, watchEventStore } from '../support/watched-event-store.ts';
import { context } from './executing.ts';

const stream = 'stockLocation-leeds';
const PAST = 50;

describe('commands on a stream that others write, too', () => {
  let store: WatchedEventStore;
  let leeds: ReturnType<typeof start>;
  let elsewhere: ReturnType<typeof start>;
  let receipts: number;

  const start = (eventStore: EventStore = store) =>
    createExecutor({
      eventStore,
      decider: stockLocationDecider,
      cacheSize: 10,
      copy: copyStockLocation,
      codec: createCodec({ newId: randomUUID }),
      now: () => '2026-03-02T09:00:00.000Z',
    });
  const tell = (command: Parameters<typeof leeds.execute>[1], executor = leeds) =>
    executor.execute(stream, command, context());
  const receiveOne = (executor = leeds) => {
    receipts += 1;
    return tell(receive(`asn-${receipts}`, ['teapot', 1]), executor);
  };
  const interfere = () => store.beforeAppend(() => receiveOne(elsewhere));

  beforeEach(async () => {
    const log = createMemoryEventStore();
    store = watchEventStore(log);
    receipts = 0;
    leeds = start();
    elsewhere = start(log);
    await tell(define);
    for (let number = 0; number < PAST; number++) await receiveOne();
    await elsewhere.load(stream);
  });

  it('look at what is new before they are decided, and so lose once', async () => {
    interfere();
    await receiveOne();
    await receiveOne(elsewhere);
    const before = store.appends.length;
    const { version } = await receiveOne();
    expect(store.appends.slice(before).map(({ expectedVersion }) => expectedVersion)).toEqual([version - 1]);
  });

  it('read nothing twice when they lose again', async () => {
    interfere();
    await receiveOne();
    interfere();
    const before = store.eventsRead();
    await receiveOne();
    expect(store.eventsRead() - before).toBeLessThan(PAST / 5);
  });

  it('leave no trace in the state of what was decided in vain', async () => {
    interfere();
    await receiveOne();
    interfere();
    await Promise.allSettled([
      tell(reserve(['teapot', 3])),
      tell(issue),
      receiveOne(),
      tell(reserve(['teapot', 10_000])),
    ]);
    interfere();
    await receiveOne();
    const { state } = await leeds.load(stream);
    const fresh = await start().load(stream);
    expect([...stockLocationToParts(state)]).toEqual([...stockLocationToParts(fresh.state)]);
    expect(state.stock.get('teapot')?.onHand).toBe(receipts - 3);
  });

  it('take along those that came meanwhile when they are decided again', async () => {
    let late: Promise<unknown> = Promise.resolve();
    store.beforeAppend(async () => {
      await receiveOne(elsewhere);
      late = Promise.all([receiveOne(), receiveOne()]);
    });
    const before = store.appends.length;
    await receiveOne();
    await late;
    const ours = store.appends.slice(before).map(({ events }) => events.length);
    expect(ours).toEqual([1, 3]);
    expect(await collect(store.readStream(stream))).toHaveLength(1 + receipts);
  });
});
