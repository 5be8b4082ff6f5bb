import { beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../contracts/event-store-examples.ts';
import { define, receive, safetyStock } from '../support/location-histories.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { type WatchedEventStore, watchEventStore } from '../support/watched-event-store.ts';
import { context, executorOfLocations } from './executing.ts';

const stream = 'stockLocation-leeds';

const likely = () => 'likely' as const;

describe('a command that comes again', () => {
  let store: WatchedEventStore;
  let leeds: ReturnType<typeof executorOfLocations>;
  let elsewhere: ReturnType<typeof executorOfLocations>;

  const typesRecorded = async () => (await collect(store.readStream(stream))).map(({ type }) => type);

  beforeEach(async () => {
    store = watchEventStore(createMemoryEventStore());
    leeds = executorOfLocations(store);
    elsewhere = executorOfLocations(store);
    await leeds.execute(stream, define, context());
  });

  it('has the outcome that it had, whatever has happened since', async () => {
    const first = await leeds.execute(stream, safetyStock(5), context('c1'));
    await elsewhere.execute(stream, safetyStock(2), context('c2'));
    const again = await elsewhere.execute(stream, safetyStock(5), context('c1'), { repetition: likely });
    expect(again.events).toEqual([expect.objectContaining(first.events[0])]);
    expect(again.version).toBe(3);
    expect(await typesRecorded()).toEqual(['LocationRegistered', 'SafetyStockSet', 'SafetyStockSet']);
  });

  it('is decided where the earlier attempt came to nothing', async () => {
    await leeds.execute(stream, safetyStock(5), context('c1'), { repetition: likely });
    expect(await typesRecorded()).toEqual(['LocationRegistered', 'SafetyStockSet']);
  });

  it('is done once, where two who do not know of each other try at the same time', async () => {
    await elsewhere.load(stream);
    const command = safetyStock(5);
    const both = await Promise.all(
      [leeds, elsewhere].map((executor) =>
        executor.execute(stream, command, context('c1'), { repetition: () => 'possible' }),
      ),
    );
    expect(both.map(({ version }) => version)).toEqual([2, 2]);
    expect(await typesRecorded()).toEqual(['LocationRegistered', 'SafetyStockSet']);
  });

  it.each(['likely', 'possible'] as const)('is done once where another attempt meets it: %s', async (repetition) => {
    const late = executorOfLocations(store);
    store.afterRead(async () => {
      await elsewhere.execute(stream, safetyStock(5), context('c1'));
      await elsewhere.execute(stream, safetyStock(2), context('c2'));
    });
    await late.execute(stream, safetyStock(5), context('c1'), { repetition: () => repetition });
    expect(await typesRecorded()).toEqual(['LocationRegistered', 'SafetyStockSet', 'SafetyStockSet']);
  });

  it('is looked for once somebody else may have tried since it began', async () => {
    const late = executorOfLocations(store);
    let isLate = false;
    store.afterRead(async () => {
      isLate = true;
    });
    await elsewhere.execute(stream, safetyStock(5), context('c1'));
    await elsewhere.execute(stream, safetyStock(2), context('c2'));
    await late.execute(stream, safetyStock(5), context('c1'), { repetition: () => (isLate ? 'likely' : 'possible') });
    expect(await typesRecorded()).toEqual(['LocationRegistered', 'SafetyStockSet', 'SafetyStockSet']);
  });

  it('keeps none of those that are decided with it from being decided', async () => {
    await leeds.execute(stream, safetyStock(5), context('c1'));
    const asked = [
      leeds.execute(stream, receive('asn-1', ['teapot', 1]), context()),
      leeds.execute(stream, safetyStock(5), context('c1'), { repetition: likely }),
      leeds.execute(stream, safetyStock(7), context()),
    ];
    const caused = (await Promise.all(asked)).map(({ events }) => events.map(({ type }) => type));
    expect(caused).toEqual([['StockReceived'], ['SafetyStockSet'], ['SafetyStockSet']]);
    expect(await typesRecorded()).toEqual(['LocationRegistered', 'SafetyStockSet', 'StockReceived', 'SafetyStockSet']);
  });

  it('is not taken for what only followed from it', async () => {
    await leeds.execute(stream, safetyStock(5), { ...context('c2'), causationId: 'c1' });
    await leeds.execute(stream, safetyStock(9), context('c1'), { repetition: likely });
    expect((await leeds.load(stream)).version).toBe(3);
  });
});
