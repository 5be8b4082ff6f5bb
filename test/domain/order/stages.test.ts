import { describe, expect, it } from 'vitest';
import { type OrderCommand, orderDecider } from '../../../src/domain/order/decide.ts';
import { unallocatedUnits } from '../../../src/domain/order/units.ts';
import { line, noon, placeOrder, planned, recordSourcing, reserved, teapots, units } from '../../support/examples.ts';
import {
  allocated,
  cancelAll,
  deliver,
  dispatch,
  hold,
  north,
  orderAfter,
  pack,
  past,
  pick,
  reject,
  release,
  sent,
  shortPick,
  sourced,
} from '../../support/order-histories.ts';
import { historyOf, spec } from '../../support/spec.ts';

const order = spec(orderDecider);
const id = 'o1:1:north';
const named = { orderId: 'o1', fulfilmentId: id, locationId: 'north' };

describe('a fulfilment', () => {
  it('is picked, packed, dispatched and delivered, each once', () => {
    order
      .given(...past(...allocated))
      .when(pick(id))
      .yields({ type: 'FulfilmentPicked', data: named });
    order
      .given(...past(...allocated, pick(id)))
      .when(pack(id))
      .yields({ type: 'FulfilmentPacked', data: named });
    order
      .given(...past(...allocated, pick(id), pack(id)))
      .when(dispatch(id))
      .yields({
        type: 'FulfilmentDispatched',
        data: {
          ...named,
          channelId: 'web-uk',
          country: 'GB',
          carrier: 'royal-mail',
          trackingNumber: 'RM1',
          lines: [teapots(5)],
        },
      });
    order
      .given(...past(...allocated, ...sent(id)))
      .when(deliver(id))
      .yields({ type: 'FulfilmentDelivered', data: named });
  });

  it('changes nothing at a stage it has been at', () => {
    const delivered = order.given(...past(...allocated, ...sent(id), deliver(id)));
    for (const command of [pick(id), pack(id), dispatch(id), deliver(id)]) delivered.when(command).changesNothing();
  });

  it.each<[string, OrderCommand[], OrderCommand]>([
    ['picked while planned', [sourced], pick(id)],
    ['packed before it is picked', allocated, pack(id)],
    ['dispatched before it is packed', [...allocated, pick(id)], dispatch(id)],
    ['delivered before it is dispatched', [...allocated, pick(id), pack(id)], deliver(id)],
    ['picked after it was rejected', [...allocated, reject(id)], pick(id)],
    ['picked after it was cancelled', [...allocated, cancelAll], pick(id)],
    ['rejected while planned', [sourced], reject(id)],
    ['rejected once it has left', [...allocated, ...sent(id)], reject(id)],
    ['rejected once it is cancelled', [...allocated, cancelAll], reject(id)],
    ['short-picked twice', [...allocated, shortPick(id, [{ quantity: 1 }])], shortPick(id, [{ quantity: 2 }])],
    ['said to be lost after some of it was found', [...allocated, shortPick(id, [{ quantity: 1 }])], shortPick(id)],
    ['short-picked after it was picked', [...allocated, pick(id)], shortPick(id, [{ quantity: 1 }])],
    ['short-picked after it was cancelled', [...allocated, cancelAll], shortPick(id)],
    ['short-picked while planned', [sourced], shortPick(id)],
  ])('cannot be %s', (_case, history, command) =>
    order
      .given(...past(...history))
      .when(command)
      .refuses('stage-out-of-order', { fulfilmentId: id }),
  );

  it('is not known by another id', () =>
    order
      .given(...past(sourced))
      .when(pick('o1:9:west'))
      .refuses('fulfilment-unknown'));

  it('keeps its tracking number', () =>
    order
      .given(...past(...allocated, ...sent(id)))
      .when(dispatch(id, 'RM2'))
      .refuses('tracking-differs'));

  it('waits while the order is held, except for its delivery', () => {
    const packed = [...allocated, pick(id), pack(id)];
    order
      .given(...past(...allocated, hold))
      .when(pick(id))
      .refuses('order-held');
    order
      .given(...past(...allocated, hold))
      .when(shortPick(id))
      .refuses('order-held');
    order
      .given(...past(...allocated, pick(id), hold))
      .when(pack(id))
      .refuses('order-held');
    order
      .given(...past(...packed, hold))
      .when(dispatch(id))
      .refuses('order-held');
    order
      .given(...past(...packed, hold, release))
      .when(pack(id))
      .changesNothing();
    order
      .given(...past(...packed, dispatch(id), hold))
      .when(deliver(id))
      .yields({ type: 'FulfilmentDelivered', data: named });
  });

  it('owes its location the issue of its stock once dispatched', () =>
    expect(orderAfter(...allocated, ...sent(id)).pendingStock).toEqual([
      { fulfilmentId: id, locationId: 'north', effect: 'issue', keep: [] },
    ]));
});

describe('a rejection', () => {
  it('gives the fulfilment back to sourcing, which leaves that location out', () => {
    order
      .given(...past(...allocated))
      .when(reject(id))
      .yields({ type: 'FulfilmentRejected', data: { ...named, reason: 'damaged', at: noon } });
    const rejected = orderAfter(...allocated, reject(id));
    expect(rejected.declined).toEqual([{ locationId: 'north', sku: 'teapot', at: noon }]);
    expect(rejected.pendingStock).toEqual([{ fulfilmentId: id, locationId: 'north', effect: 'release', keep: [] }]);
  });

  it('changes nothing when said again', () =>
    order
      .given(...past(...allocated, reject(id)))
      .when(reject(id))
      .changesNothing());
});

describe('a short pick', () => {
  const missing = (...lines: ReturnType<typeof teapots>[]) =>
    ({ type: 'FulfilmentShortPicked', data: { ...named, missing: lines, at: noon } }) as const;

  it('names the missing units by line or by SKU, or means all', () => {
    const given = order.given(...past(...allocated));
    given.when(shortPick(id, [{ lineId: '1', quantity: 2 }])).yields(missing(teapots(2)));
    given.when(shortPick(id, [{ sku: 'teapot', quantity: 5 }])).yields(missing(teapots(5)));
    given.when(shortPick(id)).yields(missing(teapots(5)));
  });

  it('is a pick when nothing is missing', () =>
    order
      .given(...past(...allocated))
      .when(shortPick(id, []))
      .yields({ type: 'FulfilmentPicked', data: named }));

  it('refuses more units than the fulfilment holds', () => {
    const given = order.given(...past(...allocated));
    given.when(shortPick(id, [{ sku: 'teapot', quantity: 6 }])).refuses('fulfilment-holds-less', { held: 5 });
    given.when(shortPick(id, [{ lineId: '2', quantity: 1 }])).refuses('line-unknown');
    given
      .when(
        shortPick(id, [
          { lineId: '1', quantity: 3 },
          { sku: 'teapot', quantity: 3 },
        ]),
      )
      .refuses('fulfilment-holds-less', { sku: 'teapot', quantity: 3, held: 5 });
  });

  it('spreads the missing units of a SKU over its lines', () => {
    const both = planned(id, [units('1', 'teapot', 2), units('2', 'teapot', 3)]);
    const history = historyOf(orderDecider, [
      placeOrder({ lines: [line('1', 'teapot', 2), line('2', 'teapot', 3)] }),
      recordSourcing({ fulfilments: [both] }),
      reserved(both),
    ]);
    order
      .given(...history)
      .when(shortPick(id, [{ sku: 'teapot', quantity: 4 }]))
      .yields(missing(units('1', 'teapot', 2), units('2', 'teapot', 2)));
  });

  it('leaves the found units picked and the missing ones to sourcing, elsewhere', () => {
    const short = orderAfter(...allocated, shortPick(id, [{ quantity: 2 }]));
    expect(short.fulfilments[0]).toMatchObject({ status: 'picked', lines: [teapots(3)], missing: [teapots(2)] });
    expect(short.declined).toEqual([{ locationId: 'north', sku: 'teapot', at: noon }]);
    expect(short.pendingStock).toEqual([
      { fulfilmentId: id, locationId: 'north', effect: 'writeOff', keep: [teapots(3)] },
    ]);
  });

  it('changes nothing when said again, by line or by SKU, also once the parcel is packed', () => {
    const given = order.given(...past(...allocated, shortPick(id, [{ quantity: 2 }]), pack(id)));
    given.when(shortPick(id, [{ lineId: '1', quantity: 2 }])).changesNothing();
    given.when(shortPick(id, [{ sku: 'teapot', quantity: 2 }])).changesNothing();
    const lost = order.given(...past(...allocated, shortPick(id)));
    lost.when(shortPick(id)).changesNothing();
    lost.when(shortPick(id, [{ sku: 'teapot', quantity: 5 }])).changesNothing();
  });

  it('ends a fulfilment of which nothing was found, which goes on to tell what it was for', () => {
    const short = orderAfter(...allocated, shortPick(id));
    expect(short.fulfilments[0]).toMatchObject({ status: 'cancelled', lines: [teapots(5)], missing: [teapots(5)] });
    expect(unallocatedUnits(short)).toEqual([teapots(5)]);
    expect(short.pendingStock.map(({ effect, keep }) => [effect, keep])).toEqual([['writeOff', []]]);
    expect(north.lines).toEqual([teapots(5)]);
  });
});
