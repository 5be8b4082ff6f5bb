import type { ReservationOutcome } from '../../src/domain/order/decide.ts';
import { nextStep, reservationInDoubt, reservationToKeep, type Step } from '../../src/domain/order/next-step.ts';
import type { LineUnits, PendingStock, PlacedOrder, PlannedFulfilment } from '../../src/domain/order/order.ts';
import type { StockLocationCommand } from '../../src/domain/stock-location/decide.ts';
import { sourcingRecord } from './examples.ts';
import type { Network } from './network.ts';

/** Work that pauses before each append: others may act meanwhile, or it may never go on. */
export type Work = Generator<void, void>;

/** Does what the order needs until nothing is left to do. What it read may be old by the time it acts on it. */
export function* fulfil(network: Network, orderId: string): Work {
  for (;;) {
    const order = network.order(orderId);
    const step = nextStep(order);
    if (step === null || order.status === 'unplaced') return;
    yield* take(network, order, step);
  }
}

function* take(network: Network, order: PlacedOrder, step: Step): Work {
  switch (step.type) {
    case 'source':
      return yield* source(network, order, step.demand, []);
    case 'reserve':
      return yield* reserve(network, order, step.fulfilments);
    case 'settleStock':
      return yield* settle(network, order, step.pending);
    case 'giveUp':
      yield;
      network.onOrder({ type: 'GiveUpSourcing', data: { orderId: order.orderId, reason: 'attempts-used-up' } });
  }
}

/** Takes what each location is believed to have, in their order: sourcing at its simplest. */
function* source(
  network: Network,
  order: PlacedOrder,
  demand: readonly LineUnits[],
  fromBackorder: readonly LineUnits[],
): Work {
  const attempt = order.attempts + 1;
  const believed = new Map<string, number>();
  const left = demand.map((line) => ({ ...line }));
  const fulfilments = network.locationIds.flatMap((locationId): PlannedFulfilment[] => {
    const lines = left.flatMap((line) => {
      const isExcluded =
        order.excluded.some((one) => one.locationId === locationId && (one.sku === null || one.sku === line.sku)) ||
        isDeclined(network, order, { locationId, sku: line.sku });
      const key = `${locationId} ${line.sku}`;
      const available = isExcluded ? 0 : (believed.get(key) ?? network.believed(locationId, line.sku));
      const quantity = Math.min(available, line.quantity);
      believed.set(key, available - quantity);
      line.quantity -= quantity;
      return quantity === 0 ? [] : [{ lineId: line.lineId, sku: line.sku, quantity }];
    });
    const fulfilmentId = `${order.orderId}:${attempt}:${locationId}`;
    return lines.length === 0 ? [] : [{ fulfilmentId, locationId, lines, cost: 100 }];
  });
  const unfilled = left.filter(({ quantity }) => quantity > 0);
  yield;
  network.onOrder({
    type: 'RecordSourcing',
    data: {
      orderId: order.orderId,
      attempt,
      fulfilments,
      fromBackorder,
      record: sourcingRecord(),
      unfilled,
      otherwise: { do: 'backorder' },
    },
  });
}

/** Rejected or not found there, and no more received since. */
const isDeclined = (
  { log }: Network,
  { orderId, declined }: PlacedOrder,
  { locationId, sku }: { readonly locationId: string; readonly sku: string },
): boolean => {
  if (!declined.some((one) => one.locationId === locationId && one.sku === sku)) return false;
  const last = log.findLastIndex(
    ({ type, data }) =>
      (type === 'FulfilmentRejected' || type === 'FulfilmentShortPicked') &&
      data.orderId === orderId &&
      data.locationId === locationId,
  );
  return !log
    .slice(last)
    .some(
      ({ type, data }) =>
        type === 'StockReceived' && data.locationId === locationId && data.lines.some((one) => one.sku === sku),
    );
};

function* reserve(network: Network, { orderId }: PlacedOrder, fulfilments: readonly PlannedFulfilment[]): Work {
  const outcomes: ReservationOutcome[] = [];
  for (const { fulfilmentId, locationId, lines } of fulfilments) {
    yield;
    const { refusal } = network.atLocation({
      type: 'ReserveStock',
      data: { locationId, fulfilmentId, orderId, lines },
    });
    if (refusal === null) outcomes.push({ fulfilmentId, lines, reserved: true });
    else
      outcomes.push({
        fulfilmentId,
        lines,
        reserved: false,
        code: refusal.code,
        shortSkus: shortSkus(refusal.details),
      });
  }
  yield;
  network.onOrder({ type: 'RecordReservations', data: { orderId, outcomes } });
}

const shortSkus = ({ shortages }: Readonly<Record<string, unknown>>): string[] =>
  Array.isArray(shortages) ? shortages.map(({ sku }) => String(sku)) : [];

const stockCommand = (
  { orderId }: PlacedOrder,
  { fulfilmentId, locationId, effect, keep }: PendingStock,
): StockLocationCommand => {
  const data = { locationId, fulfilmentId, orderId };
  switch (effect) {
    case 'issue':
      return { type: 'IssueStock', data };
    case 'release':
      return { type: 'ReleaseReservation', data: { ...data, lines: keep } };
    case 'writeOff':
      return { type: 'RecordShortPick', data: { ...data, lines: keep } };
  }
};

function* settle(network: Network, order: PlacedOrder, pending: PendingStock): Work {
  const { fulfilmentId, effect, keep } = pending;
  yield;
  network.atLocation(stockCommand(order, pending));
  yield;
  network.onOrder({ type: 'SettleStock', data: { orderId: order.orderId, fulfilmentId, effect, keep } });
}

/** Follows the log from `cursor.next` on: doubtful reservations, and backorders that new stock may fill. */
export function* watch(network: Network, cursor: { next: number }): Work {
  for (; cursor.next < network.log.length; cursor.next += 1) {
    const event = network.log[cursor.next];
    if (event === undefined) return;
    const doubt = reservationInDoubt(event);
    if (doubt !== null) {
      const keep = reservationToKeep(network.order(doubt.orderId), doubt.fulfilmentId);
      yield;
      if (keep !== null) network.atLocation({ type: 'ReleaseReservation', data: { ...doubt, lines: keep } });
    }
    if (event.type === 'StockReceived')
      yield* retryBackorders(network, new Set(event.data.lines.map(({ sku }) => sku)));
  }
}

function* retryBackorders(network: Network, skus: ReadonlySet<string>): Work {
  for (const orderId of network.orderIds()) {
    const order = network.order(orderId);
    if (order.status !== 'open' || order.held || order.parked !== null) continue;
    const wanted = order.backordered.filter(({ sku }) => skus.has(sku));
    const isThere = wanted.some(({ sku }) => network.locationIds.some((id) => network.believed(id, sku) > 0));
    if (isThere) yield* source(network, order, wanted, wanted);
  }
}
