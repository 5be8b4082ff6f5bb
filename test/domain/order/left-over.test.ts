import { describe, expect, it } from 'vitest';
import { type OrderCommand, orderDecider } from '../../../src/domain/order/decide.ts';
import type { LastResort } from '../../../src/domain/sourcing/policy.ts';
import { kettles, planned, recordSourcing, reserved, teapots } from '../../support/examples.ts';
import {
  allocated,
  backordered,
  cancelAll,
  cancelLines,
  hold,
  north,
  orderAfter,
  park,
  past,
  reject,
  release,
  sourced,
} from '../../support/order-histories.ts';
import { spec } from '../../support/spec.ts';

const order = spec(orderDecider);
const leavingKettles = (otherwise: LastResort) =>
  recordSourcing({ fulfilments: [north], unfilled: [kettles(2)], otherwise });

describe('units that no route finds a place for', () => {
  it('park no order that has all it needs by the time that is decided', () => {
    order
      .given(...past(...allocated))
      .when(park)
      .changesNothing();
  });

  it.each<[string, OrderCommand]>([
    ['are cancelled', cancelLines({ lineId: '2' })],
    ['have waited too long', { type: 'CancelOverdue', data: { orderId: 'o1', now: '2027-01-01T00:00:00.000Z' } }],
  ])('keep the others parked until they %s', (_case, command) => {
    const parked = leavingKettles({ do: 'park', queue: 'buyers', cancelAfterDays: 3 });
    const history = past(parked, reserved(north), command);
    expect(history.slice(-2).map(({ type }) => type)).toEqual(['LinesCancelled', 'OrderUnparked']);
    expect(orderAfter(parked, reserved(north), command)).toMatchObject({ parked: null, status: 'open' });
  });

  it('go on waiting in their queue when only some of them are cancelled', () => {
    const parked = leavingKettles({ do: 'park', queue: 'buyers' });
    expect(orderAfter(parked, reserved(north), cancelLines({ lineId: '2', quantity: 1 })).parked).not.toBeNull();
  });

  it('park the order in the queue that the policy names', () => {
    const parked = leavingKettles({ do: 'park', queue: 'buyers' });
    const { unfilled: _unfilled, otherwise: _otherwise, ...partly } = parked.data;
    order
      .given(...past())
      .when(parked)
      .yields(
        { type: 'SourcingDecided', data: partly },
        { type: 'OrderParked', data: { orderId: 'o1', channelId: 'web-uk', queue: 'buyers', reason: 'no-stock' } },
      );
  });

  it('are cancelled where the policy says so, and the order with them when it has nothing else', () => {
    const lines = [kettles(2)];
    const partly = leavingKettles({ do: 'cancel' });
    const { unfilled: _unfilled, otherwise: _otherwise, ...decided } = partly.data;
    const cancelled = { orderId: 'o1', reason: 'not-sourced', fromBackorder: [], fromFulfilments: [] };
    order
      .given(...past())
      .when(partly)
      .yields({ type: 'SourcingDecided', data: decided }, { type: 'LinesCancelled', data: { ...cancelled, lines } });
    expect(
      past(recordSourcing({ unfilled: [teapots(5), ...lines], otherwise: { do: 'cancel' } })).map(({ type }) => type),
    ).toEqual(['OrderPlaced', 'SourcingDecided', 'LinesCancelled', 'OrderCancelled']);
  });

  it.each<LastResort>([
    { do: 'backorder', cancelAfterDays: 3 },
    { do: 'park', queue: 'buyers', cancelAfterDays: 3 },
  ])('wait ($do) until so many days after the order was placed', (otherwise) => {
    const [, , waiting] = past(leavingKettles(otherwise));
    expect(waiting?.data).toMatchObject({ cancelAt: '2026-03-05T09:15:00.000Z' });
  });

  it("are no longer anybody's when the order was cancelled before the decision came", () =>
    order
      .given(...past(cancelAll))
      .when(leavingKettles({ do: 'cancel' }))
      .changesNothing());
});

describe('GiveUpSourcing', () => {
  const attempts = Array.from({ length: 10 }, (_, index): OrderCommand => recordSourcing({ attempt: index + 1 }));
  const giveUp = (otherwise: LastResort): OrderCommand => ({
    type: 'GiveUpSourcing',
    data: { orderId: 'o1', reason: 'attempts-used-up', otherwise },
  });

  it('does with the rest what the policy does with units that found no place', () => {
    order
      .given(...past(...attempts))
      .when(giveUp({ do: 'park', queue: 'buyers', cancelAfterDays: 1 }))
      .yields({
        type: 'OrderParked',
        data: {
          orderId: 'o1',
          channelId: 'web-uk',
          queue: 'buyers',
          reason: 'attempts-used-up',
          cancelAt: '2026-03-03T09:15:00.000Z',
        },
      });
    expect(past(...attempts, giveUp({ do: 'cancel' })).at(-1)).toMatchObject({ type: 'OrderCancelled' });
  });
});

describe('CancelOverdue', () => {
  const until = '2026-03-05T09:15:00.000Z';
  const overdue = (now = until): OrderCommand => ({ type: 'CancelOverdue', data: { orderId: 'o1', now } });
  const cancelled = { orderId: 'o1', reason: 'waited-too-long', fromFulfilments: [] };
  const waiting = leavingKettles({ do: 'backorder', cancelAfterDays: 3 });
  const parked = leavingKettles({ do: 'park', queue: 'buyers', cancelAfterDays: 3 });

  it('cancels what is on backorder, and nothing else of the order', () =>
    order
      .given(...past(waiting, reserved(north)))
      .when(overdue())
      .yields({ type: 'LinesCancelled', data: { ...cancelled, lines: [kettles(2)], fromBackorder: [kettles(2)] } }));

  it('cancels what is parked, and lets the rest of the order go on', () => {
    const history = past(parked, reserved(north));
    order
      .given(...history)
      .when(overdue())
      .yields(
        { type: 'LinesCancelled', data: { ...cancelled, lines: [kettles(2)], fromBackorder: [] } },
        { type: 'OrderUnparked', data: { orderId: 'o1' } },
      );
  });

  it('cancels the order when nothing is left of it', () => {
    const all = recordSourcing({ unfilled: [teapots(5), kettles(2)], otherwise: parked.data.otherwise });
    expect(past(all, overdue()).map(({ type }) => type)).toEqual([
      'OrderPlaced',
      'SourcingDecided',
      'OrderParked',
      'LinesCancelled',
      'OrderCancelled',
    ]);
  });

  const west = planned('o1:2:west', [kettles(2)]);
  const found = [recordSourcing({ attempt: 2, fulfilments: [west], fromBackorder: [kettles(2)] }), reserved(west)];

  it.each<[string, OrderCommand[], string]>([
    ['it may wait a moment longer', [waiting, reserved(north)], '2026-03-05T09:14:59.999Z'],
    ['it may wait for good', [backordered, reserved(north)], until],
    ['nothing waits', [sourced], until],
    ['the order is on hold', [waiting, reserved(north), hold], until],
    ['its fulfilments are not settled', [waiting], until],
    ['it was cancelled before', [waiting, reserved(north), overdue()], until],
    ['a place was found meanwhile', [waiting, reserved(north), ...found], until],
  ])('changes nothing when %s', (_case, history, now) =>
    order
      .given(...past(...history))
      .when(overdue(now))
      .changesNothing(),
  );

  it('comes to an order that was on hold when it is released', () =>
    expect(past(waiting, reserved(north), hold, release, overdue()).at(-1)?.type).toBe('LinesCancelled'));

  it('keeps to the wait that units join, and forgets it when nothing waits any more', () => {
    const waitsUntil = (...commands: readonly OrderCommand[]) => orderAfter(...commands).waitsUntil;
    expect(waitsUntil(waiting, reserved(north), park)).toBe(until);
    const over = [waiting, reserved(north), cancelLines({ lineId: '2' })];
    expect(waitsUntil(...over, reject('o1:1:north'), park)).toBeUndefined();
  });
});
