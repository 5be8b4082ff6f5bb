import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FulfilmentProcess } from '../../src/application/fulfilment-process.ts';
import { runFulfilmentProcess } from '../../src/application/process-runner.ts';
import { createViewProgress, type ViewProgress } from '../../src/application/view-progress.ts';
import type { LocationProfile, StockLocationEvent } from '../../src/domain/stock-location/stock-location.ts';
import { type EventStore, StoreUnavailable, VersionConflict } from '../../src/event-store/event-store.ts';
import type { ReadModels } from '../../src/projections/read-models.ts';
import { type ReadStore, ReadStoreUnavailable } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { exampleProfile, placeOrder, teapots } from '../support/examples.ts';
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
const BEYOND_ALL = '9';
const lines = [{ sku: 'teapot', onHand: 9, reserved: 2, quantity: 2 }];
const atLeeds = (event: StockLocationEvent): Happening => ['stockLocation-leeds', event];
const received = atLeeds({ type: 'StockReceived', data: { locationId: 'leeds', reference: 'asn', lines } });
const backordered = (orderId: string): Happening => [
  `order-${orderId}`,
  { type: 'OrderBackordered', data: { orderId, channelId: 'web-uk', reason: 'no-stock', lines: [teapots(2)] } },
];
const released = (orderId: string): Happening => [`order-${orderId}`, { type: 'OrderReleased', data: { orderId } }];
const unparked = (orderId: string): Happening => [`order-${orderId}`, { type: 'OrderUnparked', data: { orderId } }];

describe('running the fulfilment process', () => {
  let eventStore: EventStore;
  let vault: ReadStore;
  let record: ReturnType<typeof createScribe>['record'];
  let stop: () => Promise<void>;
  let available: number;
  let profile: LocationProfile;
  let now: Date;
  const onError = vi.fn();
  const onStuck = vi.fn();
  const advance = vi.fn<FulfilmentProcess['advance']>();
  const reconcile = vi.fn<FulfilmentProcess['reconcile']>();
  const retryBackorder = vi.fn<FulfilmentProcess['retryBackorder']>();
  const isAtRest = vi.fn<FulfilmentProcess['isAtRest']>();
  const reached = vi.fn<ReadModels['reached']>();
  const find = vi.fn<ReadModels['find']>();
  const load = new Map<string, number>();
  let viewProgress: ViewProgress;
  const advanced = () => advance.mock.calls.map(([orderId]) => orderId);
  const checkpoint = async () => (await vault.get('process-checkpoints', ['fulfilment'])).get('fulfilment')?.position;
  const rested = { state: { status: 'unplaced' }, version: 1, position: '1' } as const;

  const leeds = () => ({ locationId: 'leeds', profile, suspended: false, load });
  const waiting = (...orderIds: readonly string[]): void => {
    const items = orderIds.map((orderId, index) => ({
      id: `${orderId}/teapot`,
      position: '1',
      body: { orderId, sku: 'teapot', since: `2026-03-02T09:00:0${index}.000Z` },
    }));
    find.mockImplementation(async (_name, { after }) => ({ items: after === undefined ? items : [], position: null }));
  };
  const retried = () => retryBackorder.mock.calls.map(([orderId]) => orderId);

  const start = (decode = decodeJson): void => {
    const aborter = new AbortController();
    const ended = runFulfilmentProcess({
      eventStore,
      vault,
      readModels: { find, get: async () => new Map(), position: async () => null, reached },
      codec: { decode, encode: () => [] },
      process: { advance, reconcile, retryBackorder, isAtRest, firstSourcing: () => null, goAhead: () => null },
      availability: {
        holdersOf: (sku) => (available > 0 && sku === 'teapot' ? ['leeds'] : []),
        locations: () => [leeds()],
        location: leeds,
      },
      viewProgress,
      now: () => now,
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
    viewProgress = createViewProgress();
    viewProgress.advance(BEYOND_ALL);
    load.clear();
    profile = exampleProfile();
    now = new Date('2026-03-02T09:00:00.000Z');
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
    await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(expect.any(StoreUnavailable)), { interval: 2 });
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

  it('does again what lost every race for its stream, and moves its checkpoint past it only then', async () => {
    const conflict = new VersionConflict('stockLocation-leeds', 7, 8);
    reconcile.mockRejectedValueOnce(conflict).mockRejectedValueOnce(conflict);
    const data = { locationId: 'leeds', fulfilmentId: 'o1:1:leeds', orderId: 'o1' };
    await record(atLeeds({ type: 'StockReserved', data: { ...data, lines } }));
    start();
    await vi.waitFor(() => expect(onStuck.mock.calls).toEqual([['o1', conflict]]));
    await record(placed('o2'));
    await vi.waitFor(() => expect(advanced()).toEqual(['o2']));
    expect(await checkpoint()).toBeUndefined();
    await vi.waitFor(() => expect(reconcile).toHaveBeenCalledTimes(3), { timeout: 5_000 });
    expect(onStuck).toHaveBeenCalledTimes(2);
    expect(reconcile.mock.calls.map(([asked]) => asked)).toEqual([data, data, data]);
    now = new Date(now.getTime() + 1_000);
    const last = await record(placed('o3'));
    await vi.waitFor(async () => expect(await checkpoint()).toBe(last));
  });

  it('asks an order that waits once more where it lost every race for its stream', async () => {
    available = 1;
    retryBackorder.mockRejectedValueOnce(new VersionConflict('order-o4', 7, 8));
    await record(backordered('o4'));
    start();
    await vi.waitFor(() => expect(retried()).toEqual(['o4', 'o4']), { timeout: 3_000 });
    expect(onStuck).toHaveBeenCalledTimes(1);
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
    start();
    await vi.waitFor(() => expect(find).toHaveBeenCalledTimes(1));
    retryBackorder.mockImplementation(async () => {
      available -= 1;
    });
    waiting('o4', 'o7', 'o9');
    await record(backordered('o4'));
    await vi.waitFor(async () => expect(await checkpoint()).toBeDefined());
    available = 2;
    await record(received);
    await vi.waitFor(() => expect(retried()).toEqual(['o4', 'o7']));
    expect(retryBackorder.mock.calls[0]).toMatchObject(['o4', { causationId: expect.stringMatching(/2$/) }, {}]);
    expect(find).toHaveBeenCalledWith(
      'backorders',
      expect.objectContaining({ equals: { sku: 'teapot' }, orderBy: 'since' }),
    );
  });

  it('offers what is there at the start, whatever happened before, to those who wait', async () => {
    available = 1;
    waiting('o4', 'o7');
    start();
    await vi.waitFor(() => expect(retried()).toEqual(['o4', 'o7']));
  });

  it('offers stock again while the read model may lack somebody who waits', async () => {
    start();
    await record(backordered('o4'));
    await vi.waitFor(async () => expect(await checkpoint()).toBeDefined());
    available = 2;
    reached.mockResolvedValueOnce(false);
    waiting('o4');
    find.mockResolvedValueOnce({ items: [], position: null });
    await record(received);
    await vi.waitFor(() => expect(retried()).toEqual(['o4']));
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
    expect(retryBackorder).not.toHaveBeenCalled();
  });

  it('follows the log no further while it cannot do what it was told of, be it of stock alone', async () => {
    const { write } = vault;
    vault = { ...vault, write: () => Promise.reject(new ReadStoreUnavailable('away')) };
    await record(...Array.from({ length: 12_000 }, () => received));
    const decode = vi.fn(decodeJson);
    start(decode);
    await vi.waitFor(() => expect(decode.mock.calls.length).toBeGreaterThan(4_000));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(decode.mock.calls.length).toBeLessThan(8_000);
    vault = { ...vault, write };
  });

  it('offers nothing before the index knows of it, however late that is', async () => {
    viewProgress = createViewProgress();
    start();
    await record(backordered('o4'));
    await vi.waitFor(async () => expect(await checkpoint()).toBeDefined());
    waiting('o4');
    const last = await record(received);
    available = 1;
    await new Promise((resolve) => setTimeout(resolve, 2_300));
    expect(retried()).toEqual([]);
    viewProgress.advance(last);
    await vi.waitFor(() => expect(retried()).toEqual(['o4']));
  });

  it('tries an order again that has just begun to wait, where there is stock: some may have come before', async () => {
    start();
    await record(backordered('o1'));
    await vi.waitFor(async () => expect(await checkpoint()).toBeDefined());
    expect(retried()).toEqual([]);
    available = 1;
    await record(backordered('o2'));
    await vi.waitFor(() => expect(retried()).toEqual(['o2']));
  });

  it('tries an order again that was let go on: stock may have come while it was held or parked', async () => {
    start();
    await record(placed('o1'), released('o1'), placed('o2'), unparked('o2'));
    await vi.waitFor(() => expect(retried()).toEqual(['o1', 'o2']));
  });

  describe('where a location can do only so much in a day', () => {
    const today = '2026-03-02';
    const placeFree = atLeeds({
      type: 'ReservationReleased',
      data: {
        ...{ locationId: 'leeds', fulfilmentId: 'f1', orderId: 'o1', load: { day: today, fulfilments: 0 } },
        lines: [{ sku: 'kettle', onHand: 9, reserved: 0, quantity: 1 }],
      },
    });

    beforeEach(async () => {
      profile = exampleProfile({ capacity: { fulfilmentsPerDay: 1 } });
      load.set(today, 1);
      start();
      await record(backordered('o4'));
      await vi.waitFor(async () => expect(await checkpoint()).toBeDefined());
      available = 5;
      waiting('o4', 'o7');
    });

    it('offers a place that came free to those who wait for anything that is there, until it is taken', async () => {
      retryBackorder.mockImplementation(async () => void load.set(today, 1));
      load.set(today, 0);
      await record(placeFree);
      await vi.waitFor(() => expect(retried()).toEqual(['o4']));
    });

    it('offers no place where there is none', async () => {
      now = new Date(now.getTime() + 1_000);
      const last = await record(placeFree);
      await vi.waitFor(async () => expect(await checkpoint()).toBe(last));
      expect(retried()).toEqual([]);
    });

    it('offers the places of a new day once it has begun there', async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(retried()).toEqual([]);
      now = new Date('2026-03-03T00:00:00.000Z');
      await vi.waitFor(() => expect(retried()).toEqual(['o4', 'o7']), { timeout: 3_000 });
    });

    it('offers what it holds when it can do more, or goes by other days', async () => {
      profile = exampleProfile({ capacity: { fulfilmentsPerDay: 3 } });
      await record(atLeeds({ type: 'LocationProfileChanged', data: { locationId: 'leeds', profile } }));
      await vi.waitFor(() => expect(retried()).toEqual(['o4', 'o7']));
    });
  });
});
