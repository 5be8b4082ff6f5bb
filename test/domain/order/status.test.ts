import { describe, expect, it } from 'vitest';
import type { OrderCommand } from '../../../src/domain/order/decide.ts';
import { orderAnswer, orderStatus } from '../../../src/domain/order/status.ts';
import { kettles, recordSourcing, reserved, teapots } from '../../support/examples.ts';
import {
  allocated,
  backordered,
  cancelAll,
  cancelLines,
  deliver,
  hold,
  north,
  orderAfter,
  park,
  pick,
  reject,
  release,
  sent,
  sourced,
} from '../../support/order-histories.ts';

const delivered = (id: string): OrderCommand[] => [...sent(id), deliver(id)];

describe('orderStatus', () => {
  it.each<[string, string, OrderCommand[]]>([
    ['placed', 'before sourcing', []],
    ['placed', 'while locations are asked', [sourced]],
    ['allocated', 'when every unit is reserved', allocated],
    [
      'allocated',
      'when every unit that was not cancelled is reserved',
      [backordered, reserved(north), cancelLines({ lineId: '2' })],
    ],
    ['partlyAllocated', 'when some units are reserved', [backordered, reserved(north)]],
    ['backordered', 'when no unit found a place', [recordSourcing({ unfilled: [teapots(5), kettles(2)] })]],
    ['parked', 'when it waits for a person', [...allocated, reject('o1:1:north'), park]],
    ['held', 'when it is held', [...allocated, hold]],
    ['held', 'rather than parked', [park, hold]],
    ['inProgress', 'once a fulfilment is picked', [...allocated, pick('o1:1:north')]],
    ['inProgress', 'while one fulfilment is delivered and another is not', [...allocated, ...delivered('o1:1:north')]],
    ['inProgress', 'again after a hold', [...allocated, pick('o1:1:north'), hold, release]],
    [
      'completed',
      'when every unit is delivered',
      [...allocated, ...delivered('o1:1:north'), ...delivered('o1:1:south')],
    ],
    [
      'completed',
      'when every unit that was not cancelled is delivered',
      [...allocated, ...delivered('o1:1:north'), cancelLines({ lineId: '2' })],
    ],
    ['cancelled', 'when every unit is cancelled', [...allocated, hold, cancelAll]],
  ])('is %s %s', (status, _when, history) => expect(orderStatus(orderAfter(...history))).toBe(status));
});

describe('orderAnswer', () => {
  it('shows the order with its version and nothing personal', () => {
    const answer = orderAnswer(orderAfter(backordered, reserved(north)), 4, '0004');
    expect(answer).toMatchObject({ orderId: 'o1', status: 'partlyAllocated', version: 4, position: '0004' });
    expect(answer.backordered).toEqual([kettles(2)]);
    expect(answer.fulfilments.map(({ fulfilmentId, status }) => [fulfilmentId, status])).toEqual([
      ['o1:1:north', 'reserved'],
    ]);
    expect(JSON.stringify(answer)).not.toContain('sealed');
  });
});
