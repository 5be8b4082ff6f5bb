import type { Decider } from '../decider.ts';
import { DomainError } from '../error.ts';
import type { LastResort } from '../sourcing/policy.ts';
import type { Instant } from '../values.ts';
import { type CancelRequest, cancel } from './cancel.ts';
import { evolveOrder, initialOrder } from './evolve.ts';
import { cancelOverdue, giveUp, leftOver } from './left-over.ts';
import type { LineUnits, Order, OrderEvent, PendingStock, PlacedOrder } from './order.ts';
import { decideStage, isStageCommand, type StageCommand } from './stages.ts';
import { covers, isAnythingWaiting, quantityByLine, sameUnits, unallocatedUnits } from './units.ts';

type EventData<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>['data'];

export type OrderCommand =
  | { readonly type: 'PlaceOrder'; readonly data: EventData<'OrderPlaced'> }
  | { readonly type: 'RecordSourcing'; readonly data: SourcingOutcome }
  | {
      readonly type: 'RecordReservations';
      readonly data: { readonly orderId: string; readonly outcomes: readonly ReservationOutcome[] };
    }
  /** `otherwise`: what the policy makes of units that found no place; absent: they go on backorder. */
  | {
      readonly type: 'GiveUpSourcing';
      readonly data: { readonly orderId: string; readonly reason: string; readonly otherwise?: LastResort };
    }
  | {
      readonly type: 'ParkOrder';
      readonly data: { readonly orderId: string; readonly queue: string; readonly reason: string };
    }
  | { readonly type: 'UnparkOrder'; readonly data: { readonly orderId: string } }
  /** Cancels what still waits though it was to wait until then at most. */
  | { readonly type: 'CancelOverdue'; readonly data: { readonly orderId: string; readonly now: Instant } }
  /** The location has done exactly this; `keep` tells two releases of one fulfilment apart. */
  | {
      readonly type: 'SettleStock';
      readonly data: { readonly orderId: string } & Pick<PendingStock, 'fulfilmentId' | 'effect' | 'keep'>;
    }
  | { readonly type: 'HoldOrder'; readonly data: { readonly orderId: string; readonly reason: string } }
  | { readonly type: 'ReleaseOrder'; readonly data: { readonly orderId: string } }
  | { readonly type: 'CancelOrder'; readonly data: CancelRequest }
  | StageCommand;

/** `unfilled`: what the decision found no place for, and what becomes of it. */
type SourcingOutcome = EventData<'SourcingDecided'> & {
  readonly unfilled: readonly LineUnits[];
  readonly otherwise: LastResort;
};

/** `lines`: what the location was asked to reserve. */
export type ReservationOutcome = { readonly fulfilmentId: string; readonly lines: readonly LineUnits[] } & (
  | { readonly reserved: true }
  | { readonly reserved: false; readonly code: string; readonly shortSkus: readonly string[] }
);

const decide = (command: OrderCommand, order: Order): readonly OrderEvent[] => {
  if (command.type === 'PlaceOrder') return place(command.data, order);
  if (order.status === 'unplaced') throw new DomainError('order-unknown', `There is no order ${command.data.orderId}.`);
  if (isStageCommand(command)) return decideStage(command, order);
  const { orderId } = command.data;
  switch (command.type) {
    case 'RecordSourcing':
      return recordSourcing(command.data, order);
    case 'RecordReservations':
      return command.data.outcomes.flatMap((outcome) => recordReservation(orderId, outcome, order));
    case 'GiveUpSourcing':
      return giveUp(command.data, order);
    case 'ParkOrder':
      // Decided on an older state, perhaps: what has all it needs waits for nobody.
      if (order.parked !== null || order.status === 'cancelled' || !isAnythingWaiting(order)) return [];
      return [{ type: 'OrderParked', data: { ...command.data, channelId: order.channelId } }];
    case 'UnparkOrder':
      return order.parked === null ? [] : [{ type: 'OrderUnparked', data: { orderId } }];
    case 'SettleStock':
      return settleStock(command.data, order);
    case 'HoldOrder':
      return hold(command.data, order);
    case 'ReleaseOrder':
      return order.held ? [{ type: 'OrderReleased', data: { orderId } }] : [];
    case 'CancelOrder':
      return cancel(command.data, order);
    case 'CancelOverdue':
      return cancelOverdue(command.data, order);
  }
};

const place = (data: EventData<'OrderPlaced'>, order: Order): readonly OrderEvent[] => {
  if (order.status === 'unplaced') return [{ type: 'OrderPlaced', data }];
  if (order.contentDigest === data.contentDigest) return [];
  throw new DomainError('order-differs', `${data.channelOrderNumber} was placed before with other content.`, {
    orderId: order.orderId,
  });
};

/** A decision made on an older state of the order is dropped: the process asks again. */
const recordSourcing = (
  { unfilled, otherwise, ...decision }: SourcingOutcome,
  order: PlacedOrder,
): readonly OrderEvent[] => {
  const isStale =
    decision.attempt !== order.attempts + 1 ||
    order.held ||
    order.parked !== null ||
    order.status === 'cancelled' ||
    !covers(order.backordered, decision.fromBackorder) ||
    !covers(
      [...unallocatedUnits(order), ...decision.fromBackorder],
      [...decision.fulfilments.flatMap(({ lines }) => lines), ...unfilled],
    );
  if (isStale) return [];
  const decided: OrderEvent = { type: 'SourcingDecided', data: decision };
  if (unfilled.length === 0) return [decided];
  const after = evolveOrder(order, decided);
  if (after.status === 'unplaced') return [decided];
  return [decided, ...leftOver({ lines: unfilled, reason: 'no-stock', otherwise }, after)];
};

/** The answer to a question for other units, asked before some were cancelled, is dropped: the process asks again. */
const recordReservation = (orderId: string, outcome: ReservationOutcome, order: PlacedOrder): readonly OrderEvent[] => {
  const fulfilment = order.fulfilments.find(({ fulfilmentId }) => fulfilmentId === outcome.fulfilmentId);
  if (fulfilment?.status !== 'planned' || !sameUnits(fulfilment.lines, outcome.lines)) return [];
  const named = { orderId, fulfilmentId: fulfilment.fulfilmentId, locationId: fulfilment.locationId };
  if (outcome.reserved) return [{ type: 'FulfilmentReserved', data: named }];
  return [{ type: 'FulfilmentRefused', data: { ...named, code: outcome.code, shortSkus: outcome.shortSkus } }];
};

const settleStock = (
  { orderId, fulfilmentId, effect, keep }: Extract<OrderCommand, { type: 'SettleStock' }>['data'],
  order: PlacedOrder,
): readonly OrderEvent[] => {
  const pending = order.pendingStock.find((one) => one.fulfilmentId === fulfilmentId && one.effect === effect);
  if (pending === undefined || !sameUnits(pending.keep, keep)) return [];
  const { locationId } = pending;
  return [{ type: 'FulfilmentStockSettled', data: { orderId, fulfilmentId, locationId, effect } }];
};

const hold = (data: { orderId: string; reason: string }, order: PlacedOrder): readonly OrderEvent[] => {
  if (order.held) return [];
  const isClosed = order.status === 'cancelled' || orderIsDelivered(order);
  if (isClosed) throw new DomainError('order-closed', 'This order is completed or cancelled.');
  return [{ type: 'OrderHeld', data }];
};

const orderIsDelivered = (order: PlacedOrder): boolean => {
  const delivered = quantityByLine(
    order.fulfilments.filter(({ status }) => status === 'delivered').flatMap(({ lines }) => lines),
  );
  return order.lines.every(({ lineId, quantity, cancelled }) => quantity - cancelled === (delivered.get(lineId) ?? 0));
};

export const orderDecider: Decider<Order, OrderCommand, OrderEvent> = {
  initialState: initialOrder,
  evolve: evolveOrder,
  decide,
};
