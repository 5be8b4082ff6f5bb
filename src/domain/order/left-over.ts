import type { LastResort } from '../sourcing/policy.ts';
import type { Instant } from '../values.ts';
import { cancel } from './cancel.ts';
import { nextStep } from './next-step.ts';
import type { LineUnits, OrderEvent, PlacedOrder } from './order.ts';
import { unallocatedUnits, withUnits } from './units.ts';

const DAY_MS = 86_400_000;

type LeftOver = { readonly lines: readonly LineUnits[]; readonly reason: string; readonly otherwise: LastResort };

/** What becomes of units that sourcing finds no place for. */
export const leftOver = ({ lines, reason, otherwise }: LeftOver, order: PlacedOrder): readonly OrderEvent[] => {
  const { orderId, channelId, placedAt } = order;
  if (otherwise.do === 'cancel') return cancel({ orderId, reason: 'not-sourced', lines }, order);
  const days = otherwise.cancelAfterDays;
  const cancelAt = days === undefined ? {} : { cancelAt: new Date(Date.parse(placedAt) + days * DAY_MS).toISOString() };
  return otherwise.do === 'park'
    ? [{ type: 'OrderParked', data: { orderId, channelId, queue: otherwise.queue, reason, ...cancelAt } }]
    : [{ type: 'OrderBackordered', data: { orderId, channelId, reason, lines, ...cancelAt } }];
};

/** Come late, when the order is in another round, it is dropped. */
export const giveUp = (
  { reason, otherwise = { do: 'backorder' } }: { readonly reason: string; readonly otherwise?: LastResort },
  order: PlacedOrder,
): readonly OrderEvent[] => {
  const step = nextStep(order);
  return step?.type === 'giveUp' ? leftOver({ lines: step.lines, reason, otherwise }, order) : [];
};

/** An order on hold waits for somebody's decision, and one that has a step to take may wait no longer after it. */
export const cancelOverdue = ({ now }: { readonly now: Instant }, order: PlacedOrder): readonly OrderEvent[] => {
  const { orderId, backordered, parked, held, waitsUntil } = order;
  if (waitsUntil === undefined || waitsUntil > now || held || nextStep(order) !== null) return [];
  const lines = parked === null ? backordered : withUnits(backordered, unallocatedUnits(order));
  return lines.length === 0 ? [] : cancel({ orderId, reason: 'waited-too-long', lines }, order);
};
