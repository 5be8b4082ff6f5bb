import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FulfilmentProcess } from '../../src/application/fulfilment-process.ts';
import { runFulfilmentProcess } from '../../src/application/process-runner.ts';
import type { StockLocationEvent } from '../../src/domain/stock-location/stock-location.ts';
import { type EventStore, StoreUnavailable } from '../../src/event-store/event-store.ts';
import type { ReadModels } from '../../src/projections/read-models.ts';
import type { ReadStore, Stored } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { placeOrder } from '../support/examples.ts';
import { createScribe, decodeJson, type Happening } from '../support/history.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';

const placed = (orderId: string): Happening => [
  `order-${orderId}`,
  { type: 'OrderPlaced', data: placeOrder({ orderId }).data },
];
const held = (orderId: string): Happening => [
  `order-${orderId}`,
  { type: 'OrderHeld', data: { orderId, reason: 'x' } },
];
const lines = [{ sku: 'teapot', onHand: 9, reserved: 2, quantity: 2 }];
const atLeeds = (event: StockLocationEvent): Happening => ['stockLocation-leeds', event];

describe('running the fulfilment process', () => {
  let eventStore: EventStore;
  let vault: ReadStore;
  let record: ReturnType<typeof createScribe>['record'];
  let stop: () => Promise<void>;
  let available: number;
  const onError = vi.fn();
  const onStuck = vi.fn();
  const advance = vi.fn<FulfilmentProcess['advance']>();
  const reconcile = vi.fn<FulfilmentProcess['reconcile']>();
  const retryBackorder = vi.fn<FulfilmentProcess['retryBackorder']>();
  const isAtRest = vi.fn<FulfilmentProcess['isAtRest']>();
  const reached = vi.fn<ReadModels['reached']>();
  const find = vi.fn(
    async (): Promise<{ items: readonly Stored[]; position: null }> => ({ items: [], position: null }),
  );
  const advanced = () => advance.mock.calls.map(([orderId]) => orderId);
  const checkpoint = async () => (await vault.get('process-checkpoints', ['fulfilment'])).get('fulfilment')?.position;
  const rested = { state: { status: 'unplaced' }, version: 1, position: '1' } as const;

  const start = (): void => {
    const aborter = new AbortController();
    const ended = runFulfilmentProcess({
      eventStore,
      vault,
      readModels: { find, get: async () => new Map(), position: async () => null, reached },
      codec: { decode: decodeJson, encode: () => [] },
      process: { advance, reconcile, retryBackorder, isAtRest, firstSourcing: () => null, goAhead: () => null },
      isAvailable: () => available > 0,
      skusAt: () => ['teapot'],
      now: () => new Date(),
      newId: () => 'id',
      onStuck,
      onError,
      signal: aborter.signal,
    });
    stop = async () => {
      aborter.abort();
      await ended;
    };
  };

  beforeEach(() => {
    vi.resetAllMocks();
    advance.mockResolvedValue(rested);
    isAtRest.mockReturnValue(false);
    find.mockResolvedValue({ items: [], position: null });
    reached.mockResolvedValue(true);
    available = 0;
    eventStore = createMemoryEventStore();
    vault = createSqliteReadStore({ file: ':memory:' });
    record = createScribe(eventStore).record;
  });
  afterEach(async () => {
    await stop();
    await vault.close();
  });

  it('advances each order once for all that happened to it, as caused by the newest', async () => {
    await record(placed('o1'), placed('o2'), held('o1'));
    start();
    await vi.waitFor(() => expect(advanced()).toEqual(['o1', 'o2']));
    expect(advance.mock.calls[0]?.[1]).toMatchObject({
      actor: 'system:fulfilment',
      causationId: expect.stringMatching(/3$/),
    });
  });

  it('leaves orders alone that are known to be at rest', async () => {
    isAtRest.mockImplementation((orderId, version) => orderId === 'o1' && version === 2);
    await record(placed('o1'), held('o1'), placed('o2'));
    start();
    await vi.waitFor(() => expect(advanced()).toEqual(['o2']));
  });

  it('moves its checkpoint only when every order of the batch has come to rest', async () => {
    let finish: (settled: typeof rested) => void = () => expect.fail('not asked');
    advance.mockImplementation((orderId) =>
      orderId === 'o2'
        ? new Promise((resolve) => {
            finish = resolve;
          })
        : Promise.resolve(rested),
    );
    const last = await record(placed('o1'), placed('o2'), placed('o3'));
    start();
    await vi.waitFor(() => expect(advanced()).toEqual(['o1', 'o2']));
    expect(await checkpoint()).toBeUndefined();
    finish(rested);
    await vi.waitFor(async () => expect(await checkpoint()).toBe(last));
    expect(advanced()).toEqual(['o1', 'o2', 'o3']);
  });

  it('does a batch again when the store was away', async () => {
    const again = Promise.withResolvers<typeof rested>();
    advance.mockResolvedValueOnce(rested).mockRejectedValueOnce(new StoreUnavailable('away', 'none'));
    advance.mockReturnValueOnce(again.promise);
    const last = await record(placed('o1'), placed('o2'));
    start();
    await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(expect.any(StoreUnavailable)));
    expect(await checkpoint()).toBeUndefined();
    again.resolve(rested);
    await vi.waitFor(async () => expect(await checkpoint()).toBe(last));
    expect(advanced()).toEqual(['o1', 'o2', 'o1', 'o2']);
    expect(onStuck).not.toHaveBeenCalled();
  });

  it('lets an order that is stuck hold up no other, and says which it is', async () => {
    const error = new Error('round in circles');
    advance.mockRejectedValueOnce(error);
    const last = await record(placed('o1'), placed('o2'));
    start();
    await vi.waitFor(async () => expect(await checkpoint()).toBe(last));
    expect(advanced()).toEqual(['o1', 'o2']);
    expect(onStuck.mock.calls).toEqual([['o1', error]]);
  });

  it('goes on after its checkpoint when it starts again', async () => {
    const last = await record(placed('o1'));
    start();
    await vi.waitFor(async () => expect(await checkpoint()).toBe(last));
    await stop();
    start();
    await record(placed('o2'));
    await vi.waitFor(() => expect(advanced()).toEqual(['o1', 'o2']));
  });

  it('looks at every reservation, and at every refusal, whether anything is reserved that should not be', async () => {
    const data = { locationId: 'leeds', fulfilmentId: 'o1:1:leeds', orderId: 'o1' };
    await record(atLeeds({ type: 'StockReserved', data: { ...data, lines } }), [
      'order-o1',
      { type: 'FulfilmentRefused', data: { ...data, code: 'stock-insufficient', shortSkus: [] } },
    ]);
    start();
    await vi.waitFor(() => expect(reconcile).toHaveBeenCalledTimes(2));
    expect(reconcile.mock.calls.map(([asked, reserved]) => [asked, reserved])).toEqual([
      [data, lines],
      [data, null],
    ]);
  });

  it('offers stock that came free to those who wait for it, the longest wait first, while there is any', async () => {
    available = 2;
    retryBackorder.mockImplementation(async () => {
      available -= 1;
    });
    const items = ['o4', 'o7', 'o9'].map((orderId) => ({ id: orderId, position: '1', body: { orderId } }));
    find.mockResolvedValue({ items, position: null });
    await record(atLeeds({ type: 'StockReceived', data: { locationId: 'leeds', reference: 'asn', lines } }));
    start();
    await vi.waitFor(() => expect(retryBackorder).toHaveBeenCalledTimes(2));
    expect(retryBackorder.mock.calls.map(([orderId]) => orderId)).toEqual(['o4', 'o7']);
    expect(find).toHaveBeenCalledWith(
      'backorders',
      expect.objectContaining({ equals: { sku: 'teapot' }, orderBy: 'since' }),
    );
  });

  it('offers stock again, and keeps its checkpoint, while the read model may lack somebody who waits', async () => {
    available = 2;
    reached.mockResolvedValueOnce(false);
    await record(atLeeds({ type: 'StockReceived', data: { locationId: 'leeds', reference: 'asn', lines } }));
    start();
    await vi.waitFor(() => expect(find).toHaveBeenCalledTimes(1));
    find.mockResolvedValue({ items: [{ id: 'o4', position: '1', body: { orderId: 'o4' } }], position: null });
    expect(await checkpoint()).toBeUndefined();
    const last = await record(placed('o1'));
    await vi.waitFor(async () => expect(await checkpoint()).toBe(last));
    expect(retryBackorder.mock.calls.map(([orderId]) => orderId)).toEqual(['o4']);
  });

  it('offers nothing when what happened made no units available', async () => {
    available = 2;
    const adjusted = {
      locationId: 'leeds',
      reference: 'a',
      reason: 'lost',
      lines: [{ sku: 'teapot', onHand: 8, reserved: 2, delta: -1 }],
    };
    const last = await record(atLeeds({ type: 'StockAdjusted', data: adjusted }));
    start();
    await vi.waitFor(async () => expect(await checkpoint()).toBe(last));
    expect(find).not.toHaveBeenCalled();
  });
});
