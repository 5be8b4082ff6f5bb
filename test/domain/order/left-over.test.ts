import { describe, expect, it } from 'vitest';
import { orderDecider } from '../../../src/domain/order/decide.ts';
import type { LastResort } from '../../../src/domain/sourcing/policy.ts';
import { kettles, recordSourcing, teapots } from '../../support/examples.ts';
import { cancelAll, north, past } from '../../support/order-histories.ts';
import { spec } from '../../support/spec.ts';

const order = spec(orderDecider);
const leavingKettles = (otherwise: LastResort) =>
  recordSourcing({ fulfilments: [north], unfilled: [kettles(2)], otherwise });

describe('units that no route finds a place for', () => {
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
