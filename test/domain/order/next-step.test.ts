import { describe, expect, it } from 'vitest';
import { type OrderCommand, orderDecider } from '../../../src/domain/order/decide.ts';
import { nextStep, reservationInDoubt, reservationToKeep } from '../../../src/domain/order/next-step.ts';
import { kettles, planned, recordSourcing, refused, reserved, teapots } from '../../support/examples.ts';
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
  past,
  reject,
  release,
  sent,
  settle,
  shortPick,
  sourced,
  unpark,
} from '../../support/order-histories.ts';

const fruitless = Array.from({ length: 10 }, (_, index): OrderCommand => recordSourcing({ attempt: index + 1 }));
const giveUp: OrderCommand = { type: 'GiveUpSourcing', data: { orderId: 'o1', reason: 'attempts-used-up' } };
const source = (...demand: ReturnType<typeof teapots>[]) => ({ type: 'source', demand });
const settling = (effect: string) =>
  expect.objectContaining({ type: 'settleStock', pending: expect.objectContaining({ effect }) });

describe('nextStep', () => {
  it.each<[string, OrderCommand[], unknown]>([
    ['sources what was just placed', [], source(teapots(5), kettles(2))],
    [
      'sources what is left after a cancellation',
      [cancelLines({ lineId: '1', quantity: 4 })],
      source(teapots(1), kettles(2)),
    ],
    ['reserves what is planned', [sourced], expect.objectContaining({ type: 'reserve' })],
    ['reserves what is planned even while held', [sourced, hold], expect.objectContaining({ type: 'reserve' })],
    [
      'sources again what a location refused',
      [sourced, refused(north), reserved(planned('o1:1:south', [kettles(2)]))],
      source(teapots(5)),
    ],
    ['does nothing while all is reserved', allocated, null],
    ['does nothing while the rest is on backorder', [backordered, reserved(north)], null],
    ['does nothing while held', [hold], null],
    ['goes on once released', [hold, release], source(teapots(5), kettles(2))],
    ['does nothing while parked', [park], null],
    ['goes on once unparked', [park, unpark], source(teapots(5), kettles(2))],
    [
      'gives back stock before all else, even while held',
      [sourced, cancelLines({ lineId: '1', quantity: 1 }), hold],
      settling('release'),
    ],
    ['gives back the stock of a cancelled order', [...allocated, cancelAll], settling('release')],
    ['does nothing once cancelled and given back', [cancelAll], null],
    ['issues what was dispatched', [...allocated, ...sent('o1:1:north')], settling('issue')],
    ['writes off what was not found', [...allocated, shortPick('o1:1:north')], settling('writeOff')],
    [
      'sources what was rejected, once given back',
      [...allocated, reject('o1:1:north'), settle('o1:1:north', 'release')],
      source(teapots(5)),
    ],
    [
      'sources what was not found, once written off',
      [...allocated, shortPick('o1:1:north', [{ quantity: 1 }]), settle('o1:1:north', 'writeOff', teapots(4))],
      source(teapots(1)),
    ],
    ['tries nine times more after a first fruitless attempt', fruitless.slice(0, 9), source(teapots(5), kettles(2))],
    ['gives up after ten attempts', fruitless, { type: 'giveUp', lines: [teapots(5), kettles(2)] }],
    ['does nothing after giving up', [...fruitless, giveUp], null],
  ])('%s', (_rule, history, step) => expect(nextStep(orderAfter(...history))).toEqual(step));

  it('asks nothing of an order that is not there', () => expect(nextStep(orderDecider.initialState())).toBeNull());

  it('counts ten new attempts when units come back off backorder', () => {
    const again = recordSourcing({ attempt: 11, fromBackorder: [teapots(5), kettles(2)] });
    expect(nextStep(orderAfter(...fruitless, giveUp, again))).toEqual(source(teapots(5), kettles(2)));
    expect(orderAfter(...fruitless, giveUp, again).attemptsInRound).toBe(1);
  });
});

describe('reservationToKeep', () => {
  const id = 'o1:1:north';

  it.each<[string, OrderCommand[], unknown]>([
    ['all that is planned', [sourced], [teapots(5)]],
    ['what a partial cancellation left', [...allocated, cancelLines({ lineId: '1', quantity: 2 })], [teapots(3)]],
    ['nothing that was refused', [sourced, refused(north)], []],
    ['nothing that was rejected', [...allocated, reject(id)], []],
    ['nothing that was cancelled', [sourced, cancelAll], []],
    ['nothing once issued and delivered', [...allocated, ...sent(id), settle(id, 'issue'), deliver(id)], []],
    ['no saying while an issue is under way', [...allocated, ...sent(id)], null],
    [
      'no saying while a write-off is under way',
      [...allocated, shortPick(id, [{ quantity: 1 }]), cancelLines({ lineId: '1' })],
      null,
    ],
    ['no saying of a fulfilment it does not know', [], null],
  ])('is %s', (_rule, history, keep) => expect(reservationToKeep(orderAfter(...history), id)).toEqual(keep));

  it('is no saying of an order that is not there', () =>
    expect(reservationToKeep(orderDecider.initialState(), id)).toBeNull());
});

describe('reservationInDoubt', () => {
  it('is in doubt when the order takes a refusal for its answer, and only then among its events', () => {
    const doubts = past(sourced, refused(north), hold).map(reservationInDoubt);
    expect(doubts).toEqual([null, null, { orderId: 'o1', fulfilmentId: 'o1:1:north', locationId: 'north' }, null]);
  });

  it('is in doubt when stock was reserved', () => {
    const data = { locationId: 'north', fulfilmentId: 'f1', orderId: 'o1', lines: [] };
    expect(reservationInDoubt({ type: 'StockReserved', data })).toEqual({
      orderId: 'o1',
      fulfilmentId: 'f1',
      locationId: 'north',
    });
    expect(reservationInDoubt({ type: 'StockIssued', data })).toBeNull();
  });
});
