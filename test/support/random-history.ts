import fc from 'fast-check';
import { DomainError } from '../../src/domain/error.ts';
import type { AnyEvent } from '../../src/domain/event.ts';
import { type OrderCommand, orderDecider } from '../../src/domain/order/decide.ts';
import { nextStep } from '../../src/domain/order/next-step.ts';
import { orderStream, type PlannedFulfilment } from '../../src/domain/order/order.ts';
import { type StockLocationCommand, stockLocationDecider } from '../../src/domain/stock-location/decide.ts';
import { stockLocationStream } from '../../src/domain/stock-location/stock-location.ts';
import { exampleProfile, line, noon, placeOrder, recordSourcing } from './examples.ts';
import type { Happening } from './history.ts';

const moves = [
  'place',
  'place',
  'source',
  'source',
  'reserve',
  'refuse',
  'pick',
  'shortPick',
  'pack',
  'dispatch',
  'deliver',
  'reject',
  'settle',
  'settle',
  'backorder',
  'park',
  'unpark',
  'hold',
  'release',
  'cancelLine',
  'cancel',
  'receive',
  'adjust',
  'safety',
  'stock',
] as const;

type Move = {
  readonly kind: (typeof moves)[number];
  readonly order: number;
  readonly location: number;
  readonly quantity: number;
};

const skus = ['teapot', 'kettle'];

/** Valid histories of a few orders and two locations: whatever the deciders allow, in any order. */
export const anyHistory = (maxMoves = 120): fc.Arbitrary<readonly Happening[]> =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom(...moves),
        order: fc.nat(2),
        location: fc.nat(1),
        quantity: fc.integer({ min: 1, max: 4 }),
      }),
      { minLength: 10, maxLength: maxMoves },
    )
    .map(historyOfMoves);

const historyOfMoves = (all: readonly Move[]): readonly Happening[] => {
  const history: Happening[] = [];
  const orders = new Map<string, ReturnType<typeof orderDecider.initialState>>();
  const locations = new Map<string, ReturnType<typeof stockLocationDecider.initialState>>();

  const attempt = (stream: string, decide: () => readonly AnyEvent[]): void => {
    try {
      for (const event of decide()) history.push([stream, event]);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  };

  const onOrder = (command: OrderCommand): void =>
    attempt(orderStream(command.data.orderId), () => {
      const { orderId } = command.data;
      const order = orders.get(orderId) ?? orderDecider.initialState();
      const events = orderDecider.decide(command, order);
      orders.set(orderId, events.reduce(orderDecider.evolve, order));
      return events;
    });

  const atLocation = (command: StockLocationCommand): void =>
    attempt(stockLocationStream(command.data.locationId), () => {
      const { locationId } = command.data;
      const location = locations.get(locationId) ?? stockLocationDecider.initialState();
      const events = stockLocationDecider.decide(command, location);
      locations.set(locationId, events.reduce(stockLocationDecider.evolve, location));
      return events;
    });

  for (const [index, locationId] of ['north', 'south'].entries())
    atLocation({ type: 'DefineLocation', data: { locationId, profile: exampleProfile({ priority: index + 1 }) } });
  for (const [index, move] of all.entries())
    makeMove(move, index, { onOrder, atLocation, orderOf: (id) => orders.get(id) });
  return history;
};

type Table = {
  readonly onOrder: (command: OrderCommand) => void;
  readonly atLocation: (command: StockLocationCommand) => void;
  readonly orderOf: (orderId: string) => ReturnType<typeof orderDecider.initialState> | undefined;
};

const makeMove = ({ kind, order: number, location, quantity }: Move, index: number, table: Table): void => {
  const { onOrder, atLocation } = table;
  const orderId = `o${number}`;
  const locationId = location === 0 ? 'north' : 'south';
  const sku = skus[quantity % 2] ?? 'teapot';
  const order = table.orderOf(orderId);
  const fulfilment =
    order?.status === 'open' ? order.fulfilments[index % Math.max(1, order.fulfilments.length)] : undefined;
  const fulfilmentId = fulfilment?.fulfilmentId ?? 'none';
  const named = { orderId, fulfilmentId };
  const reason = 'because';
  switch (kind) {
    case 'place':
      return onOrder(
        placeOrder({
          orderId,
          channelOrderNumber: orderId,
          lines: [line('1', 'teapot', 3), line('2', 'kettle', 2), line('3', 'teapot', 1)],
        }),
      );
    case 'source': {
      const step = order === undefined ? null : nextStep(order);
      if (step?.type !== 'source' || order?.status !== 'open') return;
      const attempt = order.attempts + 1;
      const planned: PlannedFulfilment = {
        fulfilmentId: `${orderId}:${attempt}:${locationId}`,
        locationId,
        lines: step.demand.slice(0, 1),
        cost: 480,
      };
      return onOrder(
        recordSourcing({
          orderId,
          attempt,
          fulfilments: [planned],
          unfilled: quantity > 2 ? step.demand.slice(1) : [],
        }),
      );
    }
    case 'reserve':
      if (fulfilment === undefined) return;
      atLocation({
        type: 'ReserveStock',
        data: { locationId: fulfilment.locationId, ...named, lines: fulfilment.lines },
      });
      return onOrder({
        type: 'RecordReservations',
        data: { orderId, outcomes: [{ fulfilmentId, lines: fulfilment.lines, reserved: true }] },
      });
    case 'refuse':
      if (fulfilment === undefined) return;
      return onOrder({
        type: 'RecordReservations',
        data: {
          orderId,
          outcomes: [
            { fulfilmentId, lines: fulfilment.lines, reserved: false, code: 'stock-insufficient', shortSkus: [sku] },
          ],
        },
      });
    case 'pick':
      return onOrder({ type: 'PickFulfilment', data: named });
    case 'shortPick':
      return onOrder({ type: 'ShortPickFulfilment', data: { ...named, at: noon } });
    case 'pack':
      return onOrder({ type: 'PackFulfilment', data: named });
    case 'dispatch':
      return onOrder({ type: 'DispatchFulfilment', data: { ...named, carrier: 'swift', trackingNumber: `t${index}` } });
    case 'deliver':
      return onOrder({ type: 'DeliverFulfilment', data: named });
    case 'reject':
      return onOrder({ type: 'RejectFulfilment', data: { ...named, reason, at: noon } });
    case 'settle': {
      const pending = order?.status === 'open' ? order.pendingStock[0] : undefined;
      if (pending === undefined) return;
      const units = { locationId: pending.locationId, orderId, fulfilmentId: pending.fulfilmentId };
      if (pending.effect === 'issue') atLocation({ type: 'IssueStock', data: units });
      else atLocation({ type: 'ReleaseReservation', data: { ...units, lines: pending.keep } });
      return onOrder({ type: 'SettleStock', data: { orderId, ...pending } });
    }
    case 'backorder':
      return onOrder({ type: 'GiveUpSourcing', data: { orderId, reason } });
    case 'park':
      return onOrder({ type: 'ParkOrder', data: { orderId, queue: 'review', reason } });
    case 'unpark':
      return onOrder({ type: 'UnparkOrder', data: { orderId } });
    case 'hold':
      return onOrder({ type: 'HoldOrder', data: { orderId, reason } });
    case 'release':
      return onOrder({ type: 'ReleaseOrder', data: { orderId } });
    case 'cancelLine':
      return onOrder({
        type: 'CancelOrder',
        data: { orderId, reason, lines: [{ lineId: String(quantity), quantity: 1 }] },
      });
    case 'cancel':
      return quantity === 4 ? onOrder({ type: 'CancelOrder', data: { orderId, reason } }) : undefined;
    case 'receive':
    case 'stock':
      return atLocation({
        type: 'ReceiveStock',
        data: {
          locationId,
          reference: `r${index}`,
          lines: [
            { sku: 'teapot', quantity: quantity * 2 },
            { sku, quantity },
          ],
        },
      });
    case 'adjust':
      return atLocation({
        type: 'AdjustStock',
        data: { locationId, reference: `a${index}`, reason, lines: [{ sku, delta: quantity - 3 }] },
      });
    case 'safety':
      return atLocation({ type: 'SetSafetyStock', data: { locationId, sku, quantity } });
    default:
      return kind satisfies never;
  }
};
