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
 * What a reservation that the log shows should keep; `null` while the order still has a word to say about it.
 * A late reservation, made after the order had changed its mind, thus keeps nothing and is given back.
 */
export const reservationToKeep = (order: Order, fulfilmentId: string): readonly LineUnits[] | null => {
  if (order.status === 'unplaced') return [];
  if (order.pendingStock.some((pending) => pending.fulfilmentId === fulfilmentId)) return null;
  return reservedUnits(order, fulfilmentId);
};
