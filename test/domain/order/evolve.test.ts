import { describe, expect, it } from 'vitest';
import { orderDecider } from '../../../src/domain/order/decide.ts';
import { unallocatedUnits } from '../../../src/domain/order/units.ts';
import { kettles, noon, planned, recordSourcing, refused, reserved, teapots } from '../../support/examples.ts';
import {
  allocated,
  backordered,
  cancelLines,
  north,
  orderAfter,
  park,
  past,
  reject,
  sent,
  settle,
  shortPick,
  sourced,
} from '../../support/order-histories.ts';
import { fold } from '../../support/spec.ts';

const named = { orderId: 'o1', fulfilmentId: 'o1:1:north' };
const evening = '2026-03-02T18:00:00.000Z';

const history = past(
  ...allocated,
  shortPick('o1:1:north', [{ quantity: 1 }]),
  cancelLines({ lineId: '1', quantity: 3 }),
  ...sent('o1:1:south'),
);

describe('the fold of an order', () => {
  it('remembers nothing personal', () => expect(JSON.stringify(orderAfter())).not.toContain('sealed'));

  it('leaves the state it started from as it was', () => {
    for (let length = 1; length < history.length; length += 1) {
      const before = fold(orderDecider, history.slice(0, length));
      const copy = structuredClone(before);
      history.slice(length).reduce(orderDecider.evolve, before);
      expect(before).toEqual(copy);
    }
  });

  it('ignores events of an order that was never placed', () =>
    expect(fold(orderDecider, history.slice(1))).toEqual({ status: 'unplaced' }));

  it('ignores the settling of stock that nobody waits for', () => {
    const event = past(...allocated, ...sent('o1:1:north'), settle('o1:1:north', 'issue')).at(-1);
    expect(event?.type).toBe('FulfilmentStockSettled');
    const order = orderAfter(...allocated);
    expect(event === undefined ? null : orderDecider.evolve(order, event)).toEqual(order);
  });

  it('leaves out a refusing location for the SKUs it lacks, or altogether when it named none', () => {
    expect(orderAfter(sourced, refused(north)).excluded).toEqual([{ locationId: 'north', sku: 'teapot' }]);
    expect(orderAfter(sourced, refused(north, [])).excluded).toEqual([{ locationId: 'north', sku: null }]);
  });

  it('forgets attempts and refusals when the order comes to rest', () => {
    const rest = recordSourcing({ attempt: 2, unfilled: [teapots(5)] });
    const reservedSouth = reserved(planned('o1:1:south', [kettles(2)]));
    const atRest = { attemptsInRound: 0, excluded: [] };
    expect(orderAfter(sourced, refused(north), reservedSouth, rest)).toMatchObject({ attempts: 2, ...atRest });
    expect(orderAfter(sourced, refused(north), reservedSouth, park)).toMatchObject({ attempts: 1, ...atRest });
    const cancelled = orderAfter(sourced, refused(north), reservedSouth, cancelLines({ lineId: '1' }));
    expect(cancelled).toMatchObject(atRest);
  });

  it('remembers, also at rest, who rejected which SKUs or did not find them, and when they last said so', () => {
    const rest = recordSourcing({ attempt: 2, unfilled: [teapots(4)] });
    const before = [...allocated, shortPick('o1:1:north', [{ quantity: 1 }]), reject('o1:1:south')];
    const declined = [
      { locationId: 'north', sku: 'teapot', at: noon },
      { locationId: 'south', sku: 'kettle', at: noon },
    ];
    expect(orderAfter(...before).declined).toEqual(declined);
    expect(orderAfter(...before, rest).declined).toEqual(declined);
    const late = { type: 'RejectFulfilment', data: { ...named, reason: 'damaged', at: evening } } as const;
    expect(orderAfter(...before, late).declined).toEqual([
      { locationId: 'south', sku: 'kettle', at: noon },
      { locationId: 'north', sku: 'teapot', at: evening },
    ]);
  });

  it('does not know when a location rejected in a log of before that was noted', () => {
    const event = { type: 'FulfilmentRejected', data: { ...named, locationId: 'north', reason: 'damaged' } } as const;
    const order = orderDecider.evolve(orderAfter(...allocated), event);
    expect(order).toMatchObject({ declined: [{ locationId: 'north', sku: 'teapot', at: null }] });
  });

  it('takes units off backorder into the decision that places them', () => {
    const again = recordSourcing({
      attempt: 2,
      fulfilments: [planned('o1:2:west', [kettles(1)])],
      fromBackorder: [kettles(1)],
    });
    const order = orderAfter(backordered, again);
    expect(order.backordered).toEqual([kettles(1)]);
    expect(unallocatedUnits(order)).toEqual([]);
  });

  it('adds up units that go on backorder twice', () => {
    const first = recordSourcing({ fulfilments: [], unfilled: [teapots(2)] });
    const second = recordSourcing({ attempt: 2, fulfilments: [], unfilled: [teapots(3), kettles(2)] });
    expect(orderAfter(first, second).backordered).toEqual([teapots(5), kettles(2)]);
  });
});
