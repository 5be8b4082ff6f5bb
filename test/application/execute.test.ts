import { beforeEach, describe, expect, it } from 'vitest';
import { VersionMismatch } from '../../src/application/execute-errors.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import { AppendTooLarge, type EventStore, StoreUnavailable } from '../../src/event-store/event-store.ts';
import { collect } from '../contracts/event-store-examples.ts';
import { define, leeds as profile, receive, reserve, safetyStock } from '../support/location-histories.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { type WatchedEventStore, watchEventStore } from '../support/watched-event-store.ts';
import { context, executorOfLocations } from './executing.ts';

const stream = 'stockLocation-leeds';

describe('running commands', () => {
  let store: WatchedEventStore;
  let leeds: ReturnType<typeof executorOfLocations>;
  let elsewhere: ReturnType<typeof executorOfLocations>;
  const tell = (command: Parameters<typeof leeds.execute>[1], executor = leeds) =>
    executor.execute(stream, command, context());
  const recorded = () => collect(store.readStream(stream));
  const typesRecorded = async () => (await recorded()).map(({ type }) => type);
  const outcomes = async (asked: readonly Promise<{ readonly version: number }>[]) =>
    (await Promise.allSettled(asked)).map((one) =>
      one.status === 'fulfilled' ? one.value.version : (one.reason.code ?? one.reason.name),
    );

  beforeEach(async () => {
    store = watchEventStore(createMemoryEventStore());
    leeds = executorOfLocations(store);
    elsewhere = executorOfLocations(store);
    await tell(define);
    await tell(receive('asn-1', ['teapot', 10]));
  });

  it('appends what waits for one stream in one write, each decided on what the one before left', async () => {
    const first = tell(receive('asn-2', ['teapot', 1]));
    const waiting = [reserve(['teapot', 11]), receive('asn-3', ['teapot', 1]), safetyStock(1)].map((one) => tell(one));
    expect(await outcomes([first, ...waiting])).toEqual([3, 6, 6, 6]);
    expect(store.appends.slice(2).map(({ expectedVersion, events }) => [expectedVersion, events.length])).toEqual([
      [2, 1],
      [3, 3],
    ]);
  });

  it('lets a refusal harm no other command of its batch', async () => {
    const first = tell(receive('asn-2', ['teapot', 1]));
    const waiting = [receive('asn-3', ['kettle', 5]), reserve(['teapot', 12]), reserve(['kettle', 5])];
    expect(await outcomes([first, ...waiting.map((one) => tell(one))])).toEqual([3, 5, 'stock-insufficient', 5]);
  });

  it('appends one by one what the log does not take together', async () => {
    const { append } = store;
    const narrow: EventStore = {
      ...store,
      append: async (name, version, events) => {
        if (events.length > 1) throw new AppendTooLarge(name);
        return append(name, version, events);
      },
    };
    const executor = executorOfLocations(narrow);
    const asked = [1, 2, 3, 4].map((number) => tell(receive(`asn-1${number}`, ['teapot', 1]), executor));
    expect(await outcomes(asked)).toEqual([3, 4, 5, 6]);
    expect((await recorded()).length).toBe(6);
  });

  it('decides again on what another process wrote meanwhile', async () => {
    store.beforeAppend(() => tell(receive('asn-2', ['teapot', 5]), elsewhere));
    const { version, events } = await tell(receive('asn-3', ['teapot', 1]));
    expect(version).toBe(4);
    expect(events[0]?.data).toMatchObject({ lines: [{ quantity: 1, onHand: 16 }] });
  });

  it('never refuses, nor answers that it is so already, on what it remembers but is no longer so', async () => {
    await tell(safetyStock(1));
    await tell(receive('asn-2', ['teapot', 90]), elsewhere);
    expect(await outcomes([tell(reserve(['teapot', 99]))])).toEqual([5]);
    await tell(safetyStock(0), elsewhere);
    expect((await tell(safetyStock(1))).events).toHaveLength(1);
  });

  it('accepts a command at any one of the versions that its caller expects, and at no other', async () => {
    const at = (...expectedVersions: readonly number[]) =>
      leeds.execute(stream, receive(`asn-${expectedVersions}`, ['teapot', 1]), context(), { expectedVersions });
    await expect(at(1)).rejects.toThrow(new VersionMismatch(2));
    expect((await at(7, 2)).version).toBe(3);
    await tell(receive('asn-9', ['teapot', 1]), elsewhere);
    await expect(at(3)).rejects.toMatchObject({ actualVersion: 4 });
    expect((await at(4)).version).toBe(5);
    await expect(
      leeds.execute('stockLocation-york', define, context(), { expectedVersions: 'existing' }),
    ).rejects.toThrow(new VersionMismatch(0));
  });

  it('gives each of a batch the version that the ones before it reach', async () => {
    const first = tell(receive('asn-2', ['teapot', 1]));
    const second = tell(receive('asn-3', ['teapot', 1]));
    const third = leeds.execute(stream, safetyStock(2), context(), { expectedVersions: [4] });
    const fourth = leeds.execute(stream, safetyStock(3), context(), { expectedVersions: [4] });
    expect(await outcomes([first, second, third, fourth])).toEqual([3, 5, 5, 'VersionMismatch']);
  });

  it.each(['lost', 'unanswered'] as const)(
    'asks again, with the same ids and version, when an append is %s',
    async (fault) => {
      store.fail(fault, fault);
      const { version } = await tell(receive('asn-2', ['teapot', 1]));
      expect(version).toBe(3);
      const tries = store.appends.slice(2);
      expect(tries).toHaveLength(3);
      expect(new Set(tries.map(({ expectedVersion, events }) => `${expectedVersion} ${events[0]?.id}`)).size).toBe(1);
      expect(await typesRecorded()).toEqual(['LocationRegistered', 'StockReceived', 'StockReceived']);
    },
  );

  it('decides again when a lost append finds that another process was quicker', async () => {
    store.fail('lost');
    store.beforeAppend(async () => undefined);
    store.beforeAppend(async () => {
      await tell(receive('asn-2', ['teapot', 5]), elsewhere);
    });
    expect((await tell(receive('asn-3', ['teapot', 1]))).events[0]?.data).toMatchObject({ lines: [{ onHand: 16 }] });
  });

  it('keeps saying that the outcome is unknown, though the store is gone when asked again', async () => {
    store.fail('unanswered', ...Array<'refused'>(9).fill('refused'));
    await expect(tell(receive('asn-2', ['teapot', 1]))).rejects.toMatchObject({ outcome: 'unknown' });
    expect(await typesRecorded()).toHaveLength(3);
  });

  it('rejects all that wait when the store is away, and works again afterwards', async () => {
    const first = tell(receive('asn-2', ['teapot', 1]));
    const waiting = [receive('asn-3', ['teapot', 1]), reserve(['teapot', 500]), safetyStock(1)].map((one) => tell(one));
    await first;
    store.fail('refused');
    expect(await outcomes(waiting)).toEqual(Array(3).fill(StoreUnavailable.name));
    expect((await tell(receive('asn-4', ['teapot', 1]))).events[0]?.data).toMatchObject({ lines: [{ onHand: 12 }] });
  });

  it('refuses to decide on a stream that it cannot read', async () => {
    const unknown = createCodec({ newId: () => 'x1' }).encode(
      [{ type: 'LocationResumed', data: { locationId: 'a' } }],
      {
        stream,
        version: 2,
        previousHash: '',
        metadata: { ...context(), recordedAt: '' },
      },
    );
    await store.append(
      stream,
      2,
      structuredClone(unknown).map((one) => ({ ...one, type: 'StockTeleported' })),
    );
    const asked = tell(safetyStock(1));
    await expect(asked).rejects.toMatchObject({ name: 'StreamUnreadable' });
    await expect(asked).rejects.toThrow('stockLocation-leeds cannot be read at version 3: unknown event type');
  });

  it('reads a stream again that it has forgotten', async () => {
    const forgetful = executorOfLocations(store, 1);
    await tell(safetyStock(1), forgetful);
    const york = { type: 'DefineLocation', data: { locationId: 'york', profile } } as const;
    await forgetful.execute('stockLocation-york', york, context());
    expect(forgetful.peek(stream)).toBeUndefined();
    expect((await tell(reserve(['teapot', 9]), forgetful)).version).toBe(4);
  });
});
