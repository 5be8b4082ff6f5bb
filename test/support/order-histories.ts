import { type OrderCommand, orderDecider } from '../../src/domain/order/decide.ts';
import type { LineUnits, OrderEvent, PlacedOrder, StockEffect } from '../../src/domain/order/order.ts';
import { kettles, noon, placeOrder, planned, recordSourcing, reserved, teapots } from './examples.ts';
import { fold, historyOf } from './spec.ts';

/** Five teapots from the north, two kettles from the south. */
export const north = planned('o1:1:north', [teapots(5)]);
export const south = planned('o1:1:south', [kettles(2)]);

export const past = (...commands: readonly OrderCommand[]): OrderEvent[] =>
  historyOf(orderDecider, [placeOrder(), ...commands]);

export const orderAfter = (...commands: readonly OrderCommand[]): PlacedOrder => {
  const order = fold(orderDecider, past(...commands));
  if (order.status === 'unplaced') throw new Error('The history places no order.');
  return order;
};

export const sourced = recordSourcing({ fulfilments: [north, south] });
export const allocated = [sourced, reserved(north, south)];

/** The south had no kettles. */
export const backordered = recordSourcing({ fulfilments: [north], unfilled: [kettles(2)] });

export const pick = (fulfilmentId: string): OrderCommand => ({
  type: 'PickFulfilment',
  data: { orderId: 'o1', fulfilmentId },
});
export const pack = (fulfilmentId: string): OrderCommand => ({
  type: 'PackFulfilment',
  data: { orderId: 'o1', fulfilmentId },
});
export const dispatch = (fulfilmentId: string, trackingNumber = 'RM1'): OrderCommand => ({
  type: 'DispatchFulfilment',
  data: { orderId: 'o1', fulfilmentId, carrier: 'royal-mail', trackingNumber },
});
export const deliver = (fulfilmentId: string): OrderCommand => ({
  type: 'DeliverFulfilment',
  data: { orderId: 'o1', fulfilmentId },
});
export const reject = (fulfilmentId: string): OrderCommand => ({
  type: 'RejectFulfilment',
  data: { orderId: 'o1', fulfilmentId, reason: 'damaged', at: noon },
});
export const shortPick = (
  fulfilmentId: string,
  missing?: readonly { lineId?: string; sku?: string; quantity: number }[],
): OrderCommand => ({
  type: 'ShortPickFulfilment',
  data: { orderId: 'o1', fulfilmentId, ...(missing === undefined ? {} : { missing }), at: noon },
});

export const sent = (fulfilmentId: string): OrderCommand[] => [
  pick(fulfilmentId),
  pack(fulfilmentId),
  dispatch(fulfilmentId),
];

export const hold: OrderCommand = { type: 'HoldOrder', data: { orderId: 'o1', reason: 'fraud check' } };
export const release: OrderCommand = { type: 'ReleaseOrder', data: { orderId: 'o1' } };
export const park: OrderCommand = { type: 'ParkOrder', data: { orderId: 'o1', queue: 'ops', reason: 'odd address' } };
export const unpark: OrderCommand = { type: 'UnparkOrder', data: { orderId: 'o1' } };

export const cancelAll: OrderCommand = { type: 'CancelOrder', data: { orderId: 'o1', reason: 'customer' } };
export const cancelLines = (...lines: readonly { lineId: string; quantity?: number }[]): OrderCommand => ({
  type: 'CancelOrder',
  data: { orderId: 'o1', reason: 'customer', lines },
});

export const settle = (fulfilmentId: string, effect: StockEffect, ...keep: readonly LineUnits[]): OrderCommand => ({
  type: 'SettleStock',
  data: { orderId: 'o1', fulfilmentId, effect, keep },
});
