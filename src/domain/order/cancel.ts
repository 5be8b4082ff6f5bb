import { DomainError } from '../error.ts';
import { evolvePlaced } from './evolve.ts';
import type { LineUnits, OrderEvent, PlacedOrder } from './order.ts';
import { isAnythingWaiting, quantityByLine, unallocatedUnits } from './units.ts';

export type CancelRequest = {
  readonly orderId: string;
  readonly reason: string;
  /** Absent: everything. `quantity` absent: all of the line that has not left yet. */
  readonly lines?: readonly { readonly lineId: string; readonly quantity?: number }[];
};

/**
 * Cancels units that have not left yet: those that wait first, then from the least advanced fulfilment. An order that was
 * parked for the cancelled units goes on with the others.
 */
export const cancel = (request: CancelRequest, order: PlacedOrder): readonly OrderEvent[] => {
  if (order.status === 'cancelled') return [];
  const lines = request.lines === undefined ? everything(order) : chosen(request.lines, order);
  if (lines.length === 0) return assertAllCancelled(request.lines ?? [], order);
  const { orderId, reason } = request;
  const taken = { type: 'LinesCancelled', data: { orderId, reason, lines, ...takeFrom(order, lines) } } as const;
  const events: OrderEvent[] = [taken];
  const cancelled = quantityByLine(lines);
  const nothingLeft = order.lines.every((line) => line.cancelled + (cancelled.get(line.lineId) ?? 0) === line.quantity);
  if (nothingLeft) events.push({ type: 'OrderCancelled', data: { orderId, reason } });
  else if (order.parked !== null && !isAnythingWaiting(evolvePlaced(order, taken)))
    events.push({ type: 'OrderUnparked', data: { orderId } });
  return events;
};

/** Said again, a cancellation of lines changes nothing; but units that have left are not cancelled. */
const assertAllCancelled = (named: NonNullable<CancelRequest['lines']>, order: PlacedOrder): readonly [] => {
  const ids = new Set(named.map(({ lineId }) => lineId));
  const left = order.lines.filter(({ lineId, quantity, cancelled }) => ids.has(lineId) && cancelled < quantity);
  if (left.length === 0) return [];
  throw new DomainError('order-already-dispatched', 'All that is left of these lines has been dispatched.', {
    dispatched: left.map(({ lineId, quantity, cancelled }) => ({ lineId, quantity: quantity - cancelled })),
  });
};

const everything = (order: PlacedOrder): LineUnits[] => {
  const left = unitsThatLeft(order);
  if (left.size > 0) {
    const dispatched = [...left].map(([lineId, quantity]) => ({ lineId, quantity }));
    const isAll = order.lines.every((line) => line.cancelled + (left.get(line.lineId) ?? 0) === line.quantity);
    const detail = isAll
      ? 'All of this order has left.'
      : 'Part of this order has left. Cancel the other lines by name.';
    throw new DomainError('order-already-dispatched', detail, { dispatched });
  }
  return order.lines
    .map(({ lineId, sku, quantity, cancelled }) => ({ lineId, sku, quantity: quantity - cancelled }))
    .filter(({ quantity }) => quantity > 0);
};

const chosen = (wanted: NonNullable<CancelRequest['lines']>, order: PlacedOrder): LineUnits[] => {
  const left = unitsThatLeft(order);
  const asked = new Map<string, number>();
  const lines = new Map(order.lines.map((line) => [line.lineId, line]));
  return wanted.flatMap(({ lineId, quantity }) => {
    const line = lines.get(lineId);
    if (line === undefined) throw new DomainError('line-unknown', `This order has no line ${lineId}.`, { lineId });
    const open = line.quantity - line.cancelled - (left.get(lineId) ?? 0) - (asked.get(lineId) ?? 0);
    const units = quantity ?? open;
    if (units > open) {
      const code = left.has(lineId) ? 'order-already-dispatched' : 'nothing-to-cancel';
      throw new DomainError(code, `Only ${open} units of line ${lineId} can still be cancelled.`, {
        lineId,
        cancellable: open,
      });
    }
    asked.set(lineId, (asked.get(lineId) ?? 0) + units);
    return units === 0 ? [] : [{ lineId, sku: line.sku, quantity: units }];
  });
};

const unitsThatLeft = (order: PlacedOrder): Map<string, number> =>
  quantityByLine(
    order.fulfilments
      .filter(({ status }) => status === 'dispatched' || status === 'delivered')
      .flatMap(({ lines }) => lines),
  );

const progress = ['planned', 'reserved', 'picked', 'packed'];

const takeFrom = (order: PlacedOrder, cancelled: readonly LineUnits[]) => {
  const open = quantityByLine(cancelled);
  const take = (lines: readonly LineUnits[]): LineUnits[] =>
    lines.flatMap((line) => {
      const quantity = Math.min(line.quantity, open.get(line.lineId) ?? 0);
      open.set(line.lineId, (open.get(line.lineId) ?? 0) - quantity);
      return quantity === 0 ? [] : [{ ...line, quantity }];
    });
  take(unallocatedUnits(order));
  const fromBackorder = take(order.backordered);
  const fromFulfilments = order.fulfilments
    .filter(({ status }) => progress.includes(status))
    .toSorted((a, b) => progress.indexOf(a.status) - progress.indexOf(b.status))
    .map(({ fulfilmentId, lines }) => ({ fulfilmentId, lines: take(lines) }))
    .filter(({ lines }) => lines.length > 0);
  return { fromBackorder, fromFulfilments };
};
