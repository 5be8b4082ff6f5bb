import type { OrderCommand } from '../domain/order/decide.ts';
import type { LineUnits, PlacedOrder } from '../domain/order/order.ts';
import { withoutUnits } from '../domain/order/units.ts';
import type { SourcingDecision } from '../domain/sourcing/source.ts';

/** The command that records a decision about an order; null: a retry that found nothing, or cannot be made. */
export const recordCommand = (
  { orderId, attempts }: PlacedOrder,
  decision: SourcingDecision,
  { fromBackorder, isRetry }: { readonly fromBackorder: readonly LineUnits[]; readonly isRetry: boolean },
): OrderCommand | null => {
  if (decision.outcome === 'parked') {
    const { queue, reason } = decision;
    return isRetry ? null : { type: 'ParkOrder', data: { orderId, queue, reason } };
  }
  if (isRetry && decision.fulfilments.length === 0) return null;
  const attempt = attempts + 1;
  const fulfilments = decision.fulfilments.map((planned) => ({
    fulfilmentId: `${orderId}:${attempt}:${planned.locationId}`,
    ...planned,
  }));
  const { unfilled, otherwise, record } = decision;
  // What waits, and goes on waiting, keeps its place in the line.
  const [found, left] = isRetry
    ? [withoutUnits(fromBackorder, unfilled), withoutUnits(unfilled, fromBackorder)]
    : [fromBackorder, unfilled];
  return {
    type: 'RecordSourcing',
    data: { orderId, attempt, fulfilments, fromBackorder: found, record, unfilled: left, otherwise },
  };
};
