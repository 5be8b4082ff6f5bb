import { describe, expect, it } from 'vitest';
import { orderDecider } from '../../../src/domain/order/decide.ts';
import { unallocatedUnits } from '../../../src/domain/order/units.ts';
import { kettles, planned, recordSourcing, refused, teapots } from '../../support/examples.ts';
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

  it('forgets attempts and exclusions when the order comes to rest', () => {
    const rest = recordSourcing({ attempt: 2, unfilled: [teapots(5)] });
    expect(orderAfter(...allocated, reject('o1:1:north'), rest)).toMatchObject({
      attempts: 2,
      attemptsInRound: 0,
      excluded: [],
    });
    expect(orderAfter(...allocated, reject('o1:1:north'), park)).toMatchObject({
      attempts: 1,
      attemptsInRound: 0,
      excluded: [],
    });
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
