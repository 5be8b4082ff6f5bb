import type { OrderEvent } from '../../domain/order/order.ts';
import type { SourcingRecord } from '../../domain/sourcing/record.ts';
import { less, type Outcome, type Part, unitsOf, withoutCancelled } from './outcome.ts';

type Planned = Part & { readonly fulfilmentId: string };

/** The period's orders as they really fared, from their own events. */
export type Baseline = {
  readonly apply: (event: OrderEvent) => void;
  readonly outcomes: () => readonly Outcome[];
};

type Tracked = { outcome: Outcome; planned: readonly Planned[] };

/** Reasons of the service itself for cancelling what it cannot source. */
const RULES: readonly string[] = ['not-sourced', 'waited-too-long'];

export const createBaseline = (): Baseline => {
  const orders = new Map<string, Tracked>();

  const change = (orderId: string, of: (tracked: Tracked) => Partial<Tracked>): void => {
    const tracked = orders.get(orderId);
    if (tracked !== undefined) Object.assign(tracked, of(tracked));
  };

  const withParts = ({ outcome }: Tracked, planned: readonly Planned[]): Tracked => ({
    outcome: { ...outcome, parts: planned },
    planned,
  });

  const apply = (event: OrderEvent): void => {
    const { orderId } = event.data;
    switch (event.type) {
      case 'OrderPlaced': {
        const { placedAt, deliverBy = null, lines } = event.data;
        const wanted = lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
        const outcome: Outcome = {
          ...{ orderId, placedAt, deliverBy, lines: wanted, parts: [], waiting: [] },
          ...{ waited: false, parked: false, givenUp: 0 },
        };
        orders.set(orderId, { outcome, planned: [] });
        return;
      }
      case 'SourcingDecided': {
        const { fulfilments, fromBackorder, record } = event.data;
        const fresh = fulfilments.map(
          ({ fulfilmentId, locationId, lines, cost, dispatchDay = null, deliveryDay = null }): Planned => ({
            ...{ fulfilmentId, locationId, lines, cost, dispatchDay, deliveryDay },
            kilometres: kilometresIn(record, locationId),
          }),
        );
        return change(orderId, (tracked) => {
          const next = withParts(tracked, [...tracked.planned, ...fresh]);
          const waiting = less(next.outcome.waiting, fromBackorder);
          return { ...next, outcome: { ...next.outcome, waiting } };
        });
      }
      case 'FulfilmentRefused':
      case 'FulfilmentRejected':
        return change(orderId, (tracked) =>
          withParts(
            tracked,
            tracked.planned.filter(({ fulfilmentId }) => fulfilmentId !== event.data.fulfilmentId),
          ),
        );
      case 'FulfilmentShortPicked':
        return change(orderId, (tracked) =>
          withParts(tracked, lessOf(tracked.planned, event.data.fulfilmentId, event.data.missing)),
        );
      case 'OrderBackordered':
        return change(orderId, ({ outcome }) => ({
          outcome: { ...outcome, waited: true, waiting: [...outcome.waiting, ...event.data.lines] },
        }));
      case 'OrderParked':
        return change(orderId, ({ outcome }) => ({
          outcome: {
            ...outcome,
            ...{ parked: true, waited: true },
            waiting: less(
              outcome.lines,
              outcome.parts.flatMap(({ lines }) => lines),
            ),
          },
        }));
      case 'OrderUnparked':
        return change(orderId, ({ outcome }) => ({ outcome: { ...outcome, waiting: [] } }));
      case 'LinesCancelled':
        return change(orderId, (tracked) => {
          const { lines, fromFulfilments, reason } = event.data;
          const planned = fromFulfilments.reduce<readonly Planned[]>(
            (parts, taken) => lessOf(parts, taken.fulfilmentId, taken.lines),
            tracked.planned,
          );
          const { outcome } = tracked;
          const isRule = RULES.includes(reason);
          const after = withoutCancelled({ ...outcome, parts: [] }, lines);
          return {
            planned,
            outcome: {
              ...after,
              parts: planned,
              lines: isRule ? outcome.lines : after.lines,
              givenUp: outcome.givenUp + (isRule ? unitsOf(lines) : 0),
            },
          };
        });
      default:
        return;
    }
  };

  return { apply, outcomes: () => [...orders.values()].map(({ outcome }) => outcome) };
};

const lessOf = (parts: readonly Planned[], fulfilmentId: string, gone: Part['lines']): readonly Planned[] =>
  parts.flatMap((part) => {
    if (part.fulfilmentId !== fulfilmentId) return [part];
    const lines = less(part.lines, gone);
    return lines.length === 0 ? [] : [{ ...part, lines }];
  });

const kilometresIn = ({ candidates }: SourcingRecord, locationId: string): number =>
  candidates.kilometres[candidates.locationId.indexOf(locationId)] ?? 0;
