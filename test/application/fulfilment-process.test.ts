import { beforeEach, describe, expect, it } from 'vitest';
import { VersionMismatch } from '../../src/application/execute-errors.ts';
import { MAX_ATTEMPTS_IN_ROUND } from '../../src/domain/order/next-step.ts';
import {
  exampleProfile,
  kettles,
  line,
  noon,
  placeOrder,
  planned,
  sourcingRecord,
  teapots,
} from '../support/examples.ts';
import { checkAtRest } from '../support/fulfilment-laws.ts';
import { cause, createProcessBench, type ProcessBench } from '../support/process-bench.ts';

const north = { orderId: 'o1', fulfilmentId: 'o1:1:north' };
const stray = { ...north, locationId: 'north' };

describe('the fulfilment process', () => {
  let bench: ProcessBench;
  let process: ReturnType<ProcessBench['start']>;
  const advance = async (orderId = 'o1') => {
    await process.refresh();
    return process.advance(orderId, cause);
  };
  const rested = async (...commands: readonly string[]) => {
    expect(bench.issued()).toEqual(commands);
    checkAtRest(await bench.network());
  };
  const placed = async (...lines: Parameters<typeof line>[]) => {
    await bench.onOrder(placeOrder(lines.length === 0 ? {} : { lines: lines.map((one) => line(...one)) }));
    await advance();
    await process.refresh();
    bench.issued();
  };

  beforeEach(async () => {
    bench = createProcessBench();
    await bench.define();
    process = bench.start();
    await bench.receive('north', 'teapot', 5);
    await bench.receive('north', 'kettle', 5);
    await bench.receive('south', 'teapot', 5);
    await bench.receive('south', 'kettle', 5);
  });

  it('sources an order and reserves what it was given', async () => {
    await bench.onOrder(placeOrder());
    await advance();
    await rested('RecordSourcing', 'ReserveStock north', 'RecordReservations');
    await advance();
    await rested();
  });

  it('reserves at all locations of a split order', async () => {
    await bench.onOrder(placeOrder({ lines: [line('1', 'teapot', 8)] }));
    await advance();
    await rested('RecordSourcing', 'ReserveStock north', 'ReserveStock south', 'RecordReservations');
  });

  it('issues the stock of what was dispatched', async () => {
    await placed();
    await bench.onOrder({ type: 'PickFulfilment', data: north });
    await bench.onOrder({ type: 'PackFulfilment', data: north });
    await bench.onOrder({
      type: 'DispatchFulfilment',
      data: { ...north, carrier: 'royal-mail', trackingNumber: 'RM1' },
    });
    await advance();
    await rested('IssueStock north', 'SettleStock');
  });

  it('gives back what was rejected, and finds another location', async () => {
    await placed();
    await bench.onOrder({ type: 'RejectFulfilment', data: { ...north, reason: 'damaged', at: noon } });
    await advance();
    await rested(
      'ReleaseReservation north',
      'SettleStock',
      'RecordSourcing',
      'ReserveStock south',
      'RecordReservations',
    );
  });

  it('tells the location that it was its rejection that gave the units back, and not that they were cancelled', async () => {
    await placed();
    await bench.onOrder({ type: 'CancelOrder', data: { orderId: 'o1', reason: 'customer', lines: [{ lineId: '2' }] } });
    await advance();
    await bench.onOrder({ type: 'RejectFulfilment', data: { ...north, reason: 'damaged', at: noon } });
    await advance();
    const released = (await bench.log()).flatMap((event) => (event.type === 'ReservationReleased' ? [event.data] : []));
    expect(released.map(({ cause: why }) => why)).toEqual([undefined, 'rejected']);
  });

  it('takes an order elsewhere when the day is full at the location that sourcing thought free', async () => {
    const data = { locationId: 'north', profile: exampleProfile({ capacity: { fulfilmentsPerDay: 1 } }) };
    await bench.atLocation({ type: 'DefineLocation', data });
    const late = bench.start();
    await late.refresh();
    await placed();
    await bench.onOrder(placeOrder({ orderId: 'o2', lines: [line('1', 'teapot', 1)] }));
    await late.advance('o2', cause);
    const network = await bench.network();
    const locationsOf = (orderId: string) => {
      const order = network.order(orderId);
      return order.status === 'unplaced' ? [] : order.fulfilments.map(({ locationId, status }) => [locationId, status]);
    };
    expect([...network.location('north').load.values()]).toEqual([1]);
    expect(locationsOf('o1')).toEqual([['north', 'reserved']]);
    expect(locationsOf('o2')).toEqual([
      ['north', 'refused'],
      ['south', 'reserved'],
    ]);
    checkAtRest(network);
  });

  it('writes off what was not found, and finds it elsewhere', async () => {
    await placed();
    await bench.onOrder({
      type: 'ShortPickFulfilment',
      data: { ...north, missing: [{ sku: 'kettle', quantity: 2 }], at: noon },
    });
    await advance();
    await rested('RecordShortPick north', 'SettleStock', 'RecordSourcing', 'ReserveStock south', 'RecordReservations');
  });

  it('gives back what was cancelled', async () => {
    await placed();
    await bench.onOrder({ type: 'CancelOrder', data: { orderId: 'o1', reason: 'customer' } });
    await advance();
    await rested('ReleaseReservation north', 'SettleStock');
  });

  it('asks elsewhere when a location refuses', async () => {
    await bench.onOrder(placeOrder());
    await process.refresh();
    await bench.atLocation({ type: 'SuspendLocation', data: { locationId: 'north', reason: 'flood' } });
    await process.advance('o1', cause);
    const again = ['RecordSourcing', 'ReserveStock south', 'RecordReservations'];
    await rested('RecordSourcing', 'ReserveStock north', 'RecordReservations', ...again);
  });

  it('gives up after so many refusals, and puts the rest on backorder', async () => {
    process = bench.start({
      source: (_order, demand) => ({
        outcome: 'planned',
        fulfilments: [{ locationId: 'north', lines: demand, cost: 1 }],
        unfilled: [],
        otherwise: { do: 'backorder' },
        record: sourcingRecord(),
      }),
    });
    await bench.onOrder(placeOrder({ lines: [line('1', 'teapot', 6)] }));
    const { state } = await process.advance('o1', cause);
    expect(state).toMatchObject({ backordered: [teapots(6)], attempts: MAX_ATTEMPTS_IN_ROUND });
    expect(bench.issued().at(-1)).toBe('GiveUpSourcing');
  });

  it('parks an order that it cannot place on the map', async () => {
    const destination = { country: 'XX', postcodeArea: null, latitude: null, longitude: null };
    await bench.onOrder(placeOrder({ destination }));
    await advance();
    await rested('ParkOrder');
    await process.retryBackorder('o1', cause);
    await rested();
  });

  it('sources an order that it cannot place on the map once somebody has released it, as if all were equally near', async () => {
    const destination = { country: 'XX', postcodeArea: null, latitude: null, longitude: null };
    await bench.onOrder(placeOrder({ destination }));
    await advance();
    await bench.onOrder({ type: 'UnparkOrder', data: { orderId: 'o1' } });
    bench.issued();
    const { state } = await advance();
    expect(state).toMatchObject({ parked: null, fulfilments: [{ status: 'reserved' }] });
    await rested('RecordSourcing', 'ReserveStock north', 'RecordReservations');
    await process.retryBackorder('o1', cause);
    await rested();
  });

  it('fills a backorder when stock has come, and leaves it alone before', async () => {
    await placed(['1', 'teapot', 5], ['2', 'kettle', 12]);
    await process.retryBackorder('o1', cause);
    await rested();
    await bench.receive('north', 'kettle', 1);
    await process.refresh();
    await process.retryBackorder('o1', cause, { mostAttempts: 1 });
    await rested();
    await process.retryBackorder('o1', cause);
    await rested('RecordSourcing', 'ReserveStock north', 'RecordReservations');
    expect((await process.advance('o1', cause)).state).toMatchObject({ backordered: [kettles(1)] });
  });

  it('fills no backorder of an order that is held', async () => {
    await placed(['1', 'teapot', 12]);
    await bench.onOrder({ type: 'HoldOrder', data: { orderId: 'o1', reason: 'fraud' } });
    await bench.receive('north', 'teapot', 5);
    await process.refresh();
    await process.retryBackorder('o1', cause);
    await rested();
  });

  it('fills a backorder for a request on the version that it names alone, and once, however often it comes', async () => {
    await placed(['1', 'teapot', 12]);
    await bench.receive('north', 'teapot', 1);
    const { version } = await advance();
    const asked = (known: number, repetition: 'possible' | 'likely' = 'possible') => ({
      asked: { context: { ...cause, commandId: 'request' }, expectedVersions: [known], repetition: () => repetition },
    });
    await expect(process.retryBackorder('o1', cause, asked(version - 1))).rejects.toThrow(VersionMismatch);
    expect((await advance()).version).toBe(version);
    await process.retryBackorder('o1', cause, asked(version));
    const once = await advance();
    expect(once.state).toMatchObject({ backordered: [teapots(1)] });
    await bench.receive('north', 'teapot', 1);
    await process.refresh();
    await process.retryBackorder('o1', cause, asked(version, 'likely'));
    expect((await advance()).version).toBe(once.version);
    await expect(process.retryBackorder('o1', cause, asked(version))).rejects.toThrow(VersionMismatch);
  });

  it('gives back a reservation that came after its order had changed its mind', async () => {
    await placed();
    await bench.onOrder({ type: 'RejectFulfilment', data: { ...north, reason: 'damaged', at: noon } });
    await advance('o1');
    bench.issued();
    const late = planned('o1:1:north', [teapots(2)]);
    await expect(
      bench.atLocation({ type: 'ReserveStock', data: { ...stray, lines: late.lines } }),
    ).rejects.toMatchObject({ code: 'reservation-closed' });
    await process.reconcile(stray, null, cause);
    expect(bench.issued()).toEqual(['ReleaseReservation north']);
    checkAtRest(await bench.network());
  });

  it('leaves a reservation alone that holds what its order needs', async () => {
    await placed();
    await process.reconcile(
      stray,
      [
        { sku: 'teapot', quantity: 5 },
        { sku: 'kettle', quantity: 2 },
      ],
      cause,
    );
    await rested();
  });

  it('leaves a reservation alone whose order does not know of it yet', async () => {
    await placed();
    await process.reconcile({ ...stray, fulfilmentId: 'o1:7:north' }, null, cause);
    await rested();
  });

  it('does each thing once, however often it is asked at one time', async () => {
    await bench.onOrder(placeOrder());
    await process.refresh();
    const all = await Promise.all(Array.from({ length: 5 }, () => process.advance('o1', cause)));
    expect(new Set(all.map(({ version }) => version)).size).toBe(1);
    await rested('RecordSourcing', 'ReserveStock north', 'RecordReservations');
  });

  it('looks again for whoever asks after a change that came while it was at work', async () => {
    await bench.onOrder(placeOrder());
    await process.refresh();
    const first = process.advance('o1', cause);
    await bench.onOrder({ type: 'CancelOrder', data: { orderId: 'o1', reason: 'customer' } });
    await process.advance('o1', cause);
    await first;
    checkAtRest(await bench.network());
    expect(process.isAtRest('o1', 1)).toBe(true);
    expect(process.isAtRest('o1', 99)).toBe(false);
  });
});
