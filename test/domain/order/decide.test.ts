import { describe, it } from 'vitest';
import { type OrderCommand, orderDecider } from '../../../src/domain/order/decide.ts';
import { kettles, placeOrder, planned, recordSourcing, refused, reserved, teapots } from '../../support/examples.ts';
import {
  allocated,
  backordered,
  cancelAll,
  cancelLines,
  deliver,
  hold,
  north,
  park,
  past,
  release,
  sent,
  settle,
  sourced,
  south,
  unpark,
} from '../../support/order-histories.ts';
import { spec } from '../../support/spec.ts';

const order = spec(orderDecider);
const named = (fulfilmentId: string, locationId: string) => ({ orderId: 'o1', fulfilmentId, locationId });

describe('PlaceOrder', () => {
  const { data } = placeOrder();

  it('places an order', () => order.when(placeOrder()).yields({ type: 'OrderPlaced', data }));

  it('changes nothing when the channel sends the same order again', () =>
    order
      .given(...past())
      .when(placeOrder({ placedAt: '2026-03-03T00:00:00.000Z' }))
      .changesNothing());

  it('refuses other content under the same number', () =>
    order
      .given(...past())
      .when(placeOrder({ contentDigest: 'digest-2' }))
      .refuses('order-differs', { orderId: 'o1' }));

  it('comes first: an order that is not there refuses every other command', () =>
    order.when(cancelAll).refuses('order-unknown'));
});

describe('RecordSourcing', () => {
  const { unfilled: _unfilled, otherwise: _otherwise, ...decision } = sourced.data;

  it('records the decision', () =>
    order
      .given(...past())
      .when(sourced)
      .yields({ type: 'SourcingDecided', data: decision }));

  it('puts what found no place on backorder', () => {
    const { unfilled, otherwise: _otherwise, ...partly } = backordered.data;
    order
      .given(...past())
      .when(backordered)
      .yields(
        { type: 'SourcingDecided', data: partly },
        { type: 'OrderBackordered', data: { orderId: 'o1', channelId: 'web-uk', reason: 'no-stock', lines: unfilled } },
      );
  });

  it('takes units off backorder when stock has come', () => {
    const again = recordSourcing({
      attempt: 2,
      fulfilments: [planned('o1:2:south', [kettles(2)])],
      fromBackorder: [kettles(2)],
    });
    const { unfilled: _none, otherwise: _otherwise, ...decided } = again.data;
    order
      .given(...past(backordered))
      .when(again)
      .yields({ type: 'SourcingDecided', data: decided });
  });

  it.each<[string, OrderCommand[], OrderCommand]>([
    ['recorded before', [sourced], sourced],
    ['of an attempt to come', [], recordSourcing({ attempt: 2, fulfilments: [north] })],
    ['for units cancelled meanwhile', [cancelLines({ lineId: '1', quantity: 1 })], sourced],
    ['for an order held meanwhile', [hold], sourced],
    ['for an order parked meanwhile', [park], sourced],
    ['for an order cancelled meanwhile', [cancelAll], sourced],
    [
      'for backordered units cancelled meanwhile',
      [backordered, cancelLines({ lineId: '2' })],
      recordSourcing({ attempt: 2, fromBackorder: [kettles(2)], unfilled: [kettles(2)] }),
    ],
    ['that gives a unit two places', [], recordSourcing({ fulfilments: [north], unfilled: [teapots(1)] })],
  ])('drops a decision %s', (_case, history, command) =>
    order
      .given(...past(...history))
      .when(command)
      .changesNothing(),
  );
});

describe('RecordReservations', () => {
  it('records which fulfilments are reserved and which refused', () =>
    order
      .given(...past(sourced))
      .when({
        type: 'RecordReservations',
        data: { orderId: 'o1', outcomes: [...reserved(north).data.outcomes, ...refused(south).data.outcomes] },
      })
      .yields(
        { type: 'FulfilmentReserved', data: named('o1:1:north', 'north') },
        {
          type: 'FulfilmentRefused',
          data: { ...named('o1:1:south', 'south'), code: 'stock-insufficient', shortSkus: ['kettle'] },
        },
      ));

  it('changes nothing when said again, or otherwise', () => {
    order
      .given(...past(...allocated))
      .when(reserved(north, south))
      .changesNothing();
    order
      .given(...past(...allocated))
      .when(refused(north))
      .changesNothing();
  });

  it('drops an answer of, or for, a fulfilment that the order does not plan', () => {
    order
      .given(...past(sourced))
      .when(reserved(planned('o1:9:west', [teapots(5)])))
      .changesNothing();
    order
      .given(...past(sourced, cancelAll))
      .when(reserved(north))
      .changesNothing();
  });

  it('drops an answer about other units than the fulfilment has now', () => {
    const less = past(sourced, cancelLines({ lineId: '1', quantity: 2 }));
    order
      .given(...less)
      .when(reserved(north))
      .changesNothing();
    order
      .given(...less)
      .when(refused(north))
      .changesNothing();
    order
      .given(...less)
      .when(reserved({ ...north, lines: [teapots(3)] }))
      .yields({ type: 'FulfilmentReserved', data: named('o1:1:north', 'north') });
  });
});

describe('GiveUpSourcing', () => {
  const giveUp: OrderCommand = { type: 'GiveUpSourcing', data: { orderId: 'o1', reason: 'attempts-used-up' } };
  const attempts = Array.from({ length: 10 }, (_, index): OrderCommand => recordSourcing({ attempt: index + 1 }));

  it('puts the unallocated units on backorder once the attempts are used up', () =>
    order
      .given(...past(...attempts))
      .when(giveUp)
      .yields({
        type: 'OrderBackordered',
        data: { orderId: 'o1', channelId: 'web-uk', reason: 'attempts-used-up', lines: [teapots(5), kettles(2)] },
      }));

  it.each<[string, OrderCommand[]]>([
    ['the rest is on backorder', [...attempts, giveUp]],
    ['attempts are left', attempts.slice(1)],
    ['the order is held', [...attempts, hold]],
    ['the order is cancelled', [...attempts, cancelAll]],
  ])('changes nothing when %s', (_case, history) =>
    order
      .given(...past(...history))
      .when(giveUp)
      .changesNothing(),
  );
});

describe('ParkOrder and UnparkOrder', () => {
  it('park and unpark an order', () => {
    order
      .given(...past())
      .when(park)
      .yields({
        type: 'OrderParked',
        data: { orderId: 'o1', channelId: 'web-uk', queue: 'ops', reason: 'odd address' },
      });
    order
      .given(...past(park))
      .when(unpark)
      .yields({ type: 'OrderUnparked', data: { orderId: 'o1' } });
  });

  it('change nothing when it is so, or the order is cancelled', () => {
    order
      .given(...past(park))
      .when(park)
      .changesNothing();
    order
      .given(...past())
      .when(unpark)
      .changesNothing();
    order
      .given(...past(cancelAll))
      .when(park)
      .changesNothing();
  });
});

describe('HoldOrder and ReleaseOrder', () => {
  it('hold and release an order', () => {
    order
      .given(...past())
      .when(hold)
      .yields({ type: 'OrderHeld', data: { orderId: 'o1', reason: 'fraud check' } });
    order
      .given(...past(hold))
      .when(release)
      .yields({ type: 'OrderReleased', data: { orderId: 'o1' } });
  });

  it('change nothing when it is so', () => {
    order
      .given(...past(hold))
      .when(hold)
      .changesNothing();
    order
      .given(...past())
      .when(release)
      .changesNothing();
    order
      .given(...past(hold, cancelAll))
      .when(release)
      .changesNothing();
  });

  it('refuse to hold what is cancelled or delivered', () => {
    const delivered = [north, south].flatMap(({ fulfilmentId }) => [...sent(fulfilmentId), deliver(fulfilmentId)]);
    order
      .given(...past(cancelAll))
      .when(hold)
      .refuses('order-closed');
    order
      .given(...past(...allocated, ...delivered))
      .when(hold)
      .refuses('order-closed');
  });
});

describe('SettleStock', () => {
  const one = cancelLines({ lineId: '1', quantity: 1 });
  const settled = (effect: 'issue' | 'release' | 'writeOff') =>
    ({ type: 'FulfilmentStockSettled', data: { ...named('o1:1:north', 'north'), effect } }) as const;

  it('records that the location has done what the order asked', () => {
    order
      .given(...past(...allocated, ...sent('o1:1:north')))
      .when(settle('o1:1:north', 'issue'))
      .yields(settled('issue'));
    order
      .given(...past(...allocated, one))
      .when(settle('o1:1:north', 'release', teapots(4)))
      .yields(settled('release'));
  });

  it('changes nothing when it is settled, or was never asked', () => {
    const first = settle('o1:1:north', 'release', teapots(4));
    order
      .given(...past(...allocated, one, first))
      .when(first)
      .changesNothing();
    order
      .given(...past(...allocated))
      .when(settle('o1:1:north', 'issue'))
      .changesNothing();
    order
      .given(...past(...allocated, one))
      .when(settle('o1:1:north', 'writeOff', teapots(4)))
      .changesNothing();
  });

  it('settles the release that was done, not the next one of the same fulfilment', () => {
    const first = settle('o1:1:north', 'release', teapots(4));
    const twice = past(...allocated, one, one, first);
    order
      .given(...twice)
      .when(first)
      .changesNothing();
    order
      .given(...twice)
      .when(settle('o1:1:north', 'release', teapots(3)))
      .yields(settled('release'));
  });
});
