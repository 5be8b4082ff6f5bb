import { describe, expect, it } from 'vitest';
import type { OrderEvent } from '../../src/domain/order/order.ts';
import { backorders } from '../../src/projections/backorders.ts';
import { inTransitDeliveries } from '../../src/projections/in-transit-deliveries.ts';
import { timelineEntry } from '../../src/projections/order-timeline.ts';
import { isOrderEvent, orderOf, orders } from '../../src/projections/orders.ts';
import { parkedOrders } from '../../src/projections/parked-orders.ts';
import { kettles, placeOrder, planned, sourcingPass, sourcingRecord, teapots, units } from '../support/examples.ts';
import { bodiesOf } from '../support/fold-documents.ts';
import { asRecorded, type Happening, instant } from '../support/history.ts';

const order = (event: OrderEvent): Happening => [`order-${event.data.orderId}`, event];

const placed = (orderId: string) => order({ type: 'OrderPlaced', data: placeOrder({ orderId }).data });
const sourced = (orderId: string, fromBackorder = [] as ReturnType<typeof teapots>[]) =>
  order({
    type: 'SourcingDecided',
    data: {
      orderId,
      attempt: 1,
      fulfilments: [planned(`${orderId}:1:north`, [teapots(5)])],
      fromBackorder,
      record: sourcingRecord({ passes: [sourcingPass({ objective: 480 })] }),
    },
  });
const named = (orderId: string) => ({ orderId, fulfilmentId: `${orderId}:1:north`, locationId: 'north' });
const backordered = (orderId: string, lines = [kettles(2)]) =>
  order({ type: 'OrderBackordered', data: { orderId, channelId: 'web-uk', reason: 'no stock', lines } });
const shipment = { channelId: 'web-uk', country: 'GB', carrier: 'swift', trackingNumber: 't1', lines: [teapots(5)] };
const dispatched = (orderId: string) =>
  order({ type: 'FulfilmentDispatched', data: { ...named(orderId), ...shipment } });
const delivered = (orderId: string) => order({ type: 'FulfilmentDelivered', data: named(orderId) });

describe('orders', () => {
  const history = asRecorded([
    placed('a'),
    placed('b'),
    sourced('a'),
    backordered('a'),
    order({ type: 'FulfilmentReserved', data: named('a') }),
  ]);

  it('show the order under its public status, and keep two of them apart', () => {
    const { a, b } = bodiesOf(orders, history);
    expect(a).toMatchObject({
      orderId: 'a',
      status: 'partlyAllocated',
      version: 4,
      updatedAt: instant(5),
      waitingSince: null,
      backordered: [kettles(2)],
      fulfilments: [{ fulfilmentId: 'a:1:north', status: 'reserved' }],
    });
    expect(b).toMatchObject({
      orderId: 'b',
      status: 'placed',
      version: 1,
      updatedAt: instant(2),
      waitingSince: instant(2),
    });
  });

  it('never hold the sealed personal data', () => {
    expect(JSON.stringify(bodiesOf(orders, history))).not.toContain('sealed');
  });

  it('give the order back as its own functions take it', () => {
    const cancelled = [
      ...history,
      ...asRecorded([order({ type: 'OrderCancelled', data: { orderId: 'a', reason: '' } })]),
    ];
    const { a } = bodiesOf(orders, cancelled);
    expect(a === undefined ? null : orderOf(a)).toMatchObject({ status: 'cancelled', orderId: 'a', attempts: 1 });
  });

  it('leave reservations at stock locations to other read models', () => {
    const data = { ...named('a'), lines: [{ sku: 'teapot', quantity: 5, onHand: 9, reserved: 5 }] };
    expect(bodiesOf(orders, asRecorded([['stockLocation-north', { type: 'StockReserved', data }]]))).toEqual({});
  });
});

describe('in-transit deliveries', () => {
  it('hold a parcel from dispatch to delivery', () => {
    const history = [dispatched('a'), dispatched('b'), delivered('a')];
    expect(bodiesOf(inTransitDeliveries, asRecorded(history.slice(0, 1)))).toEqual({
      'a:1:north': { ...named('a'), ...shipment, dispatchedAt: instant(1) },
    });
    expect(Object.keys(bodiesOf(inTransitDeliveries, asRecorded(history)))).toEqual(['b:1:north']);
  });
});

describe('backorders', () => {
  it('add up the lines of one SKU, and count from the first', () => {
    const lines = [teapots(2), kettles(1), units('3', 'teapot', 4)];
    expect(bodiesOf(backorders, asRecorded([backordered('a', lines), backordered('a', [teapots(1)])]))).toEqual({
      'a/teapot': { orderId: 'a', channelId: 'web-uk', sku: 'teapot', quantity: 7, since: instant(1) },
      'a/kettle': { orderId: 'a', channelId: 'web-uk', sku: 'kettle', quantity: 1, since: instant(1) },
    });
  });

  it('say when what still waits is cancelled, as the newest wait has it', () => {
    const until = (cancelAt?: string) =>
      order({
        type: 'OrderBackordered',
        data: {
          orderId: 'a',
          channelId: 'web-uk',
          reason: 'no-stock',
          lines: [teapots(1)],
          ...(cancelAt && { cancelAt }),
        },
      });
    const cancelAt = (...history: readonly Happening[]) =>
      bodiesOf(backorders, asRecorded(history))['a/teapot']?.cancelAt;
    expect(cancelAt(until('2026-03-04'), until('2026-03-05'), until())).toBe('2026-03-05');
    expect(cancelAt(until())).toBeUndefined();
  });

  it('shrink as units are sourced or cancelled, and end at none', () => {
    const cancelled = order({
      type: 'LinesCancelled',
      data: { orderId: 'a', reason: '', lines: [teapots(2)], fromBackorder: [teapots(1)], fromFulfilments: [] },
    });
    const history = [
      backordered('a', [teapots(5)]),
      backordered('b', [teapots(5)]),
      sourced('a', [teapots(3)]),
      cancelled,
    ];
    const quantities = (happenings: readonly Happening[]) =>
      Object.values(bodiesOf(backorders, asRecorded(happenings))).map(({ orderId, quantity }) => [orderId, quantity]);
    expect(quantities(history)).toEqual([
      ['a', 1],
      ['b', 5],
    ]);
    expect(quantities([...history, cancelled])).toEqual([['b', 5]]);
  });
});

describe('parked orders', () => {
  const parked = (orderId: string) =>
    order({ type: 'OrderParked', data: { orderId, channelId: 'web-uk', queue: 'review', reason: 'odd' } });

  it('hold an order while it is parked', () => {
    const left = order({ type: 'OrderUnparked', data: { orderId: 'a' } });
    const cancelled = order({ type: 'OrderCancelled', data: { orderId: 'c', reason: '' } });
    expect(bodiesOf(parkedOrders, asRecorded([parked('a'), parked('b'), parked('c'), left, cancelled]))).toEqual({
      b: { orderId: 'b', channelId: 'web-uk', queue: 'review', reason: 'odd', since: instant(2) },
    });
  });
});

describe('the order timeline', () => {
  const timeline = asRecorded([placed('a'), placed('b'), sourced('a'), dispatched('a')])
    .filter(isOrderEvent)
    .map(timelineEntry);

  it('has one entry per event, by whom, when and why, in a plain sentence', () => {
    expect(timeline.map(({ orderId, version, summary }) => [orderId, version, summary])).toEqual([
      ['a', 1, 'web-uk placed order 536365 for 7 units.'],
      ['b', 1, 'web-uk placed order 536365 for 7 units.'],
      ['a', 2, 'Attempt 1 chose 5 units from north.'],
      ['a', 3, 'north dispatched 5 units by swift.'],
    ]);
    expect(timeline[3]).toMatchObject({
      type: 'FulfilmentDispatched',
      at: instant(4),
      actor: 'tester',
      correlationId: 'correlation',
      causationId: 'causation',
      data: { carrier: 'swift', trackingNumber: 't1' },
    });
  });

  it('shows neither sealed personal data nor the bulk of the sourcing record', () => {
    expect(JSON.stringify(timeline)).not.toContain('sealed');
    expect(timeline[2]?.data).toMatchObject({ passes: [{ objective: 480, proven: true }] });
    expect(timeline[2]?.data).not.toHaveProperty('record');
  });
});
