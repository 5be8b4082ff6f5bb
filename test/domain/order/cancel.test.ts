import { describe, expect, it } from 'vitest';
import { type OrderCommand, orderDecider } from '../../../src/domain/order/decide.ts';
import type { LineUnits } from '../../../src/domain/order/order.ts';
import { orderStatus } from '../../../src/domain/order/status.ts';
import { kettles, planned, recordSourcing, refused, reserved, teapots } from '../../support/examples.ts';
import {
  allocated,
  backordered,
  cancelAll,
  cancelLines,
  hold,
  north,
  orderAfter,
  pack,
  past,
  pick,
  sent,
  settle,
  shortPick,
  sourced,
  south,
} from '../../support/order-histories.ts';
import { spec } from '../../support/spec.ts';

const order = spec(orderDecider);
const wholeOrder = [teapots(5), kettles(2)];

const linesCancelled = (
  lines: readonly LineUnits[],
  from: { fromBackorder?: LineUnits[]; fromFulfilments?: { fulfilmentId: string; lines: LineUnits[] }[] } = {},
) =>
  ({
    type: 'LinesCancelled',
    data: { orderId: 'o1', reason: 'customer', lines, fromBackorder: [], fromFulfilments: [], ...from },
  }) as const;
const orderCancelled = { type: 'OrderCancelled', data: { orderId: 'o1', reason: 'customer' } } as const;

const fromBoth = [
  { fulfilmentId: 'o1:1:north', lines: [teapots(5)] },
  { fulfilmentId: 'o1:1:south', lines: [kettles(2)] },
];

describe('cancelling everything', () => {
  it.each<[string, OrderCommand[]]>([
    ['planned', [sourced]],
    ['reserved', allocated],
    ['picked', [...allocated, pick('o1:1:north'), pick('o1:1:south')]],
    ['packed', [...allocated, ...[north, south].flatMap(({ fulfilmentId: id }) => [pick(id), pack(id)])]],
    ['held', [...allocated, hold]],
  ])('takes the units off their fulfilments when they are %s', (_case, history) => {
    order
      .given(...past(...history))
      .when(cancelAll)
      .yields(linesCancelled(wholeOrder, { fromFulfilments: fromBoth }), orderCancelled);
    const cancelled = orderAfter(...history, cancelAll);
    expect(orderStatus(cancelled)).toBe('cancelled');
    expect(cancelled.fulfilments.map(({ status, lines }) => [status, lines])).toEqual([
      ['cancelled', [teapots(5)]],
      ['cancelled', [kettles(2)]],
    ]);
    expect(cancelled.pendingStock).toEqual([
      { fulfilmentId: 'o1:1:north', locationId: 'north', effect: 'release', keep: [] },
      { fulfilmentId: 'o1:1:south', locationId: 'south', effect: 'release', keep: [] },
    ]);
  });

  it('needs no stock given back before sourcing', () =>
    order
      .given(...past())
      .when(cancelAll)
      .yields(linesCancelled(wholeOrder), orderCancelled));

  it('takes units off backorder', () => {
    order
      .given(...past(backordered))
      .when(cancelAll)
      .yields(
        linesCancelled(wholeOrder, { fromBackorder: [kettles(2)], fromFulfilments: fromBoth.slice(0, 1) }),
        orderCancelled,
      );
    expect(orderAfter(backordered, cancelAll).backordered).toEqual([]);
  });

  it('changes nothing when the order is cancelled', () =>
    order
      .given(...past(cancelAll))
      .when(cancelAll)
      .changesNothing());

  it('is refused once part of the order has left', () =>
    order
      .given(...past(...allocated, ...sent('o1:1:south')))
      .when(cancelAll)
      .refuses('order-already-dispatched', { dispatched: [{ lineId: '2', quantity: 2 }] }));
});

describe('cancelling lines', () => {
  it('takes some units of one line and leaves the fulfilment the rest', () => {
    const some = cancelLines({ lineId: '1', quantity: 2 });
    order
      .given(...past(...allocated))
      .when(some)
      .yields(linesCancelled([teapots(2)], { fromFulfilments: [{ fulfilmentId: 'o1:1:north', lines: [teapots(2)] }] }));
    const left = orderAfter(...allocated, some);
    expect(left.fulfilments.map(({ lines, status }) => [status, lines])).toEqual([
      ['reserved', [teapots(3)]],
      ['reserved', [kettles(2)]],
    ]);
    expect(left.pendingStock.map(({ keep }) => keep)).toEqual([[teapots(3)]]);
    expect(orderStatus(left)).toBe('allocated');
  });

  it('takes what waits first, then backorders, then the least advanced fulfilment', () => {
    const west = planned('o1:2:west', [teapots(1)]);
    const history = [
      recordSourcing({ fulfilments: [planned('o1:1:north', [teapots(1)])], unfilled: [teapots(1)] }),
      reserved(planned('o1:1:north', [teapots(1)])),
      pick('o1:1:north'),
      recordSourcing({ attempt: 2, fulfilments: [west] }),
    ];
    order
      .given(...past(...history))
      .when(cancelLines({ lineId: '1', quantity: 4 }))
      .yields(
        linesCancelled([teapots(4)], {
          fromBackorder: [teapots(1)],
          fromFulfilments: [{ fulfilmentId: 'o1:2:west', lines: [teapots(1)] }],
        }),
      );
  });

  it('cancels the order with its last unit', () =>
    order
      .given(...past(cancelLines({ lineId: '1' })))
      .when(cancelLines({ lineId: '2' }))
      .yields(linesCancelled([kettles(2)]), orderCancelled));

  it('still cancels the lines that are here when others have left', () => {
    const history = [...allocated, ...sent('o1:1:south')];
    order
      .given(...past(...history))
      .when(cancelLines({ lineId: '1' }))
      .yields(linesCancelled([teapots(5)], { fromFulfilments: fromBoth.slice(0, 1) }));
    expect(orderStatus(orderAfter(...history, cancelLines({ lineId: '1' })))).toBe('inProgress');
    order
      .given(...past(...history))
      .when(cancelLines({ lineId: '2', quantity: 1 }))
      .refuses('order-already-dispatched', { lineId: '2', cancellable: 0 });
  });

  it('refuses more units than the line has, also when named twice', () => {
    order
      .given(...past())
      .when(cancelLines({ lineId: '1', quantity: 6 }))
      .refuses('nothing-to-cancel', { cancellable: 5 });
    order
      .given(...past())
      .when(cancelLines({ lineId: '1', quantity: 3 }, { lineId: '1', quantity: 3 }))
      .refuses('nothing-to-cancel', { cancellable: 2 });
  });

  it('refuses an unknown line, and does nothing about a line that is cancelled', () => {
    order
      .given(...past())
      .when(cancelLines({ lineId: '9' }))
      .refuses('line-unknown', { lineId: '9' });
    order
      .given(...past(cancelLines({ lineId: '1' })))
      .when(cancelLines({ lineId: '1' }))
      .yields();
    order
      .given(...past(cancelLines({ lineId: '1' })))
      .when(cancelLines({ lineId: '1', quantity: 1 }))
      .refuses('nothing-to-cancel', { lineId: '1', cancellable: 0 });
  });

  it('never sends refused units back: they wait for sourcing and are simply cancelled', () =>
    order
      .given(...past(sourced, refused(north)))
      .when(cancelLines({ lineId: '1' }))
      .yields(linesCancelled([teapots(5)])));
});

describe('cancelling after a short pick', () => {
  const short = [...allocated, shortPick('o1:1:north', [{ lineId: '1', quantity: 2 }])];

  it('takes the missing units first, which are nowhere, and leaves the write-off as it is', () => {
    const order = orderAfter(...short, cancelLines({ lineId: '1', quantity: 2 }));
    expect(order.pendingStock).toEqual([
      { fulfilmentId: 'o1:1:north', locationId: 'north', effect: 'writeOff', keep: [teapots(3)] },
    ]);
  });

  it('writes off the missing units only, then gives back the cancelled ones', () => {
    const order = orderAfter(...short, cancelLines({ lineId: '1', quantity: 4 }));
    expect(order.pendingStock.map(({ effect, keep }) => [effect, keep])).toEqual([
      ['writeOff', [teapots(3)]],
      ['release', [teapots(1)]],
    ]);
  });

  it('keeps the release owed when the write-off is settled', () => {
    const order = orderAfter(...short, cancelAll, settle('o1:1:north', 'writeOff', teapots(3)));
    expect(order.pendingStock.map(({ fulfilmentId, effect, keep }) => [fulfilmentId, effect, keep])).toEqual([
      ['o1:1:south', 'release', []],
      ['o1:1:north', 'release', []],
    ]);
  });
});
