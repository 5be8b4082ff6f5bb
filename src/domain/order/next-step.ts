import type { AnyEvent } from '../event.ts';
import type { Fulfilment, LineUnits, Order, PendingStock } from './order.ts';
import { reservedUnits, unallocatedUnits } from './units.ts';

/** How often an order is sourced again, in one round, before its rest goes on backorder. */
export const MAX_ATTEMPTS_IN_ROUND = 10;

export type Step =
  /** Stock that the order no longer needs, has shipped, or that was not found. */
  | { readonly type: 'settleStock'; readonly pending: PendingStock }
  | { readonly type: 'reserve'; readonly fulfilments: readonly Fulfilment[] }
  | { readonly type: 'source'; readonly demand: readonly LineUnits[] }
  | { readonly type: 'giveUp'; readonly lines: readonly LineUnits[] };

type FulfilmentAtLocation = { readonly orderId: string; readonly fulfilmentId: string; readonly locationId: string };

/** The process brain: from state alone, the one next thing to do for an order, or null. Asking again is harmless. */
export const nextStep = (order: Order): Step | null => {
  if (order.status === 'unplaced') return null;
  const pending = order.pendingStock[0];
  if (pending !== undefined) return { type: 'settleStock', pending };
  const planned = order.fulfilments.filter(({ status }) => status === 'planned');
  if (planned.length > 0) return { type: 'reserve', fulfilments: planned };
  if (order.status === 'cancelled' || order.held || order.parked !== null) return null;
  const demand = unallocatedUnits(order);
  if (demand.length === 0) return null;
  return order.attemptsInRound < MAX_ATTEMPTS_IN_ROUND ? { type: 'source', demand } : { type: 'giveUp', lines: demand };
};

/**
 * The fulfilment whose reservation must be compared with `reservationToKeep` after an event, or null. A reservation may
 * land after its order changed its mind, and an order may take a refusal for its answer after the reservation landed.
 */
export const reservationInDoubt = (event: AnyEvent): FulfilmentAtLocation | null => {
  if (event.type !== 'StockReserved' && event.type !== 'FulfilmentRefused') return null;
  const { orderId, fulfilmentId, locationId } = event.data;
  return { orderId, fulfilmentId, locationId };
};

/**
 * What a reservation should keep at most; the surplus is given back. Null while that is not for us to say: an issue or a
 * write-off is under way, or the order does not know the fulfilment, so it was read before its decision was recorded.
 */
export const reservationToKeep = (order: Order, fulfilmentId: string): readonly LineUnits[] | null => {
  if (order.status === 'unplaced') return null;
  const isKnown = order.fulfilments.some((one) => one.fulfilmentId === fulfilmentId);
  const isUnderWay = order.pendingStock.some((one) => one.fulfilmentId === fulfilmentId && one.effect !== 'release');
  return isKnown && !isUnderWay ? reservedUnits(order, fulfilmentId) : null;
};
