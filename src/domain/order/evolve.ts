import type { Instant } from '../values.ts';
import type {
  FoldedOrderEvent,
  Fulfilment,
  LineUnits,
  Order,
  OrderEvent,
  PendingStock,
  PlacedOrder,
  StockEffect,
} from './order.ts';
import { quantityByLine, reservedUnits, unallocatedUnits, withoutUnits, withUnits } from './units.ts';

export const initialOrder = (): Order => ({ status: 'unplaced' });

export const evolveOrder = (state: Order, event: FoldedOrderEvent): Order => {
  if (event.type === 'OrderPlaced') return placed(event.data);
  return state.status === 'unplaced' ? state : evolvePlaced(state, event);
};

const placed = (data: Extract<OrderEvent, { type: 'OrderPlaced' }>['data']): PlacedOrder => {
  const { personal: _sealed, lines, ...known } = data;
  return {
    ...known,
    status: 'open',
    lines: lines.map((line) => ({ ...line, cancelled: 0 })),
    fulfilments: [],
    backordered: [],
    held: false,
    parked: null,
    attempts: 0,
    attemptsInRound: 0,
    excluded: [],
    declined: [],
    pendingStock: [],
  };
};

export const evolvePlaced = (
  order: PlacedOrder,
  event: Exclude<FoldedOrderEvent, { type: 'OrderPlaced' }>,
): PlacedOrder => {
  switch (event.type) {
    case 'SourcingDecided':
      return {
        ...order,
        attempts: event.data.attempt,
        attemptsInRound: order.attemptsInRound + 1,
        backordered: withoutUnits(order.backordered, event.data.fromBackorder),
        fulfilments: [
          ...order.fulfilments,
          ...event.data.fulfilments.map((planned): Fulfilment => ({ ...planned, status: 'planned', shipment: null })),
        ],
      };
    case 'FulfilmentReserved':
      return restedIfComplete(withFulfilment(order, event.data.fulfilmentId, { status: 'reserved' }));
    case 'FulfilmentRefused':
      return {
        ...withFulfilment(order, event.data.fulfilmentId, { status: 'refused' }),
        excluded: [...order.excluded, ...exclusions(event.data.locationId, event.data.shortSkus)],
      };
    case 'OrderBackordered':
      return atRest({
        ...waiting(order, event.data.cancelAt),
        backordered: withUnits(order.backordered, event.data.lines),
      });
    case 'OrderParked':
      return atRest({
        ...waiting(order, event.data.cancelAt),
        parked: { queue: event.data.queue, reason: event.data.reason },
      });
    case 'OrderUnparked':
      return { ...order, parked: null, unparked: true };
    case 'FulfilmentPicked':
      return withFulfilment(order, event.data.fulfilmentId, { status: 'picked' });
    case 'FulfilmentShortPicked':
      return shortPicked(order, event.data);
    case 'FulfilmentPacked':
      return withFulfilment(order, event.data.fulfilmentId, { status: 'packed' });
    case 'FulfilmentDispatched': {
      const { carrier, trackingNumber } = event.data;
      return owing(
        withFulfilment(order, event.data.fulfilmentId, { status: 'dispatched', shipment: { carrier, trackingNumber } }),
        event.data,
        'issue',
      );
    }
    case 'FulfilmentDelivered':
      return withFulfilment(order, event.data.fulfilmentId, { status: 'delivered' });
    case 'FulfilmentRejected':
      return rejected(order, event.data);
    case 'FulfilmentStockSettled':
      return { ...order, pendingStock: withoutFirst(order.pendingStock, event.data) };
    case 'OrderHeld':
      return { ...order, held: true };
    case 'OrderReleased':
      return { ...order, held: false };
    case 'LinesCancelled':
      return restedIfComplete(linesCancelled(order, event.data));
    case 'OrderCancelled':
      return { ...order, status: 'cancelled', held: false, parked: null };
    default:
      event satisfies never;
      return order;
  }
};

const withFulfilment = (order: PlacedOrder, fulfilmentId: string, change: Partial<Fulfilment>): PlacedOrder => ({
  ...order,
  fulfilments: order.fulfilments.map((one) => (one.fulfilmentId === fulfilmentId ? { ...one, ...change } : one)),
});

/** One that loses its last units is over. It keeps them, to tell what it was for: nobody counts them any more. */
const withoutLines = (order: PlacedOrder, fulfilmentId: string, gone: readonly LineUnits[]): PlacedOrder => ({
  ...order,
  fulfilments: order.fulfilments.map((one) => {
    if (one.fulfilmentId !== fulfilmentId) return one;
    const lines = withoutUnits(one.lines, gone);
    return lines.length === 0 ? { ...one, status: 'cancelled' } : { ...one, lines };
  }),
});

const exclusions = (locationId: string, skus: readonly string[]): PlacedOrder['excluded'] =>
  skus.length === 0 ? [{ locationId, sku: null }] : skus.map((sku) => ({ locationId, sku }));

/** A wait without an end of its own ends with the one that it joins. */
const waiting = (order: PlacedOrder, cancelAt: Instant | undefined): PlacedOrder => {
  const { waitsUntil, ...rest } = order;
  const isWaiting = order.backordered.length > 0 || order.parked !== null;
  const until = cancelAt ?? (isWaiting ? waitsUntil : undefined);
  return until === undefined ? rest : { ...rest, waitsUntil: until };
};

const atRest = (order: PlacedOrder): PlacedOrder => ({ ...order, attemptsInRound: 0, excluded: [] });

/** With every unit in its place a round is over: what refused then may be asked again later. */
const restedIfComplete = (order: PlacedOrder): PlacedOrder => {
  const isOpen = order.fulfilments.some(({ status }) => status === 'planned') || unallocatedUnits(order).length > 0;
  return isOpen ? order : atRest(order);
};

const owing = (
  order: PlacedOrder,
  { fulfilmentId, locationId }: { fulfilmentId: string; locationId: string },
  effect: StockEffect,
): PlacedOrder => ({
  ...order,
  pendingStock: [...order.pendingStock, { fulfilmentId, locationId, effect, keep: reservedUnits(order, fulfilmentId) }],
});

const withoutFirst = (
  pending: readonly PendingStock[],
  settled: Pick<PendingStock, 'fulfilmentId' | 'effect'>,
): readonly PendingStock[] => {
  const index = pending.findIndex(
    ({ fulfilmentId, effect }) => fulfilmentId === settled.fulfilmentId && effect === settled.effect,
  );
  return index < 0 ? pending : pending.toSpliced(index, 1);
};

const withDeclined = (
  order: PlacedOrder,
  { locationId, at }: { readonly locationId: string; readonly at?: Instant },
  lines: readonly LineUnits[],
): PlacedOrder => {
  const skus = new Set(lines.map(({ sku }) => sku));
  const others = order.declined.filter((one) => one.locationId !== locationId || !skus.has(one.sku));
  return { ...order, declined: [...others, ...[...skus].map((sku) => ({ locationId, sku, at: at ?? null }))] };
};

const rejected = (
  order: PlacedOrder,
  data: Extract<OrderEvent, { type: 'FulfilmentRejected' }>['data'],
): PlacedOrder => {
  const lines = order.fulfilments.find(({ fulfilmentId }) => fulfilmentId === data.fulfilmentId)?.lines ?? [];
  const without = withFulfilment(order, data.fulfilmentId, { status: 'rejected' });
  return owing(withDeclined(without, data, lines), data, 'release');
};

const shortPicked = (
  order: PlacedOrder,
  data: Extract<OrderEvent, { type: 'FulfilmentShortPicked' }>['data'],
): PlacedOrder => {
  const picked = withFulfilment(order, data.fulfilmentId, { status: 'picked', missing: data.missing });
  const less = withoutLines(picked, data.fulfilmentId, data.missing);
  return owing(withDeclined(less, data, data.missing), data, 'writeOff');
};

const linesCancelled = (
  order: PlacedOrder,
  data: Extract<OrderEvent, { type: 'LinesCancelled' }>['data'],
): PlacedOrder => {
  const cancelled = quantityByLine(data.lines);
  const lessLines: PlacedOrder = {
    ...order,
    lines: order.lines.map((line) => ({ ...line, cancelled: line.cancelled + (cancelled.get(line.lineId) ?? 0) })),
    backordered: withoutUnits(order.backordered, data.fromBackorder),
  };
  return data.fromFulfilments.reduce((current, { fulfilmentId, lines }) => {
    const locationId = current.fulfilments.find((one) => one.fulfilmentId === fulfilmentId)?.locationId;
    if (locationId === undefined) return current;
    return owing(withoutLines(current, fulfilmentId, lines), { fulfilmentId, locationId }, 'release');
  }, lessLines);
};
