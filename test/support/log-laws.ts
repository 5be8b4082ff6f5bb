import type { DomainEvent } from '../../src/domain/event.ts';
import { evolveOrder, initialOrder } from '../../src/domain/order/evolve.ts';
import { nextStep } from '../../src/domain/order/next-step.ts';
import type { Order, OrderEvent } from '../../src/domain/order/order.ts';
import { reservedUnits } from '../../src/domain/order/units.ts';
import { evolveStockLocation, initialStockLocation } from '../../src/domain/stock-location/evolve.ts';
import type { StockLocation, StockLocationEvent } from '../../src/domain/stock-location/stock-location.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';

/** Everything that the log says, folded event by event, with what was wrong on the way. */
export type FoldedLog = {
  readonly events: number;
  readonly orders: ReadonlyMap<string, Order>;
  readonly locations: ReadonlyMap<string, StockLocation>;
  /** Prefixes of the log in which more was reserved than on hand. */
  readonly oversold: readonly string[];
};

const { decode } = createCodec({ newId: () => 'never used' });

const isOrderEvent = (event: DomainEvent): event is DomainEvent & OrderEvent => event.stream.startsWith('order-');
const isStockEvent = (event: DomainEvent): event is DomainEvent & StockLocationEvent =>
  event.stream.startsWith('stockLocation-');

export const foldLog = async (eventStore: EventStore): Promise<FoldedLog> => {
  const orders = new Map<string, Order>();
  const locations = new Map<string, StockLocation>();
  const oversold: string[] = [];
  let events = 0;
  for await (const recorded of eventStore.readAll()) {
    const decoded = decode(recorded);
    if (!decoded.ok) throw new Error(decoded.reason);
    const { event } = decoded;
    events += 1;
    if (isOrderEvent(event)) {
      orders.set(event.data.orderId, evolveOrder(orders.get(event.data.orderId) ?? initialOrder(), event));
    } else if (isStockEvent(event)) {
      const { locationId } = event.data;
      const location = evolveStockLocation(locations.get(locationId) ?? initialStockLocation(), event);
      locations.set(locationId, location);
      for (const sku of touchedSkus(event)) {
        const stock = location.stock.get(sku);
        if (stock !== undefined && (stock.reserved > stock.onHand || stock.reserved < 0)) {
          oversold.push(`${sku} at ${locationId}, position ${event.position}`);
        }
      }
    }
  }
  return { events, orders, locations, oversold };
};

const touchedSkus = (event: StockLocationEvent): readonly string[] =>
  'lines' in event.data ? event.data.lines.map(({ sku }) => sku) : [];

/** Orders that still have a step due: none, once the service has come to rest. */
export const halfDone = ({ orders }: FoldedLog): string[] =>
  [...orders].filter(([, order]) => nextStep(order) !== null).map(([orderId]) => orderId);

/** Units reserved at locations, and units that orders hold there, as `location/sku -> units`. */
export const reservations = ({ orders, locations }: FoldedLog) => {
  const atLocations = new Map<string, number>();
  const inOrders = new Map<string, number>();
  const add = (totals: Map<string, number>, key: string, units: number): void => {
    if (units !== 0) totals.set(key, (totals.get(key) ?? 0) + units);
  };
  for (const [locationId, { stock }] of locations) {
    for (const [sku, { reserved }] of stock) add(atLocations, `${locationId}/${sku}`, reserved);
  }
  for (const order of orders.values()) {
    if (order.status === 'unplaced') continue;
    for (const { fulfilmentId, locationId } of order.fulfilments) {
      for (const { sku, quantity } of reservedUnits(order, fulfilmentId))
        add(inOrders, `${locationId}/${sku}`, quantity);
    }
  }
  const sorted = (totals: Map<string, number>) =>
    Object.fromEntries([...totals].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { atLocations: sorted(atLocations), inOrders: sorted(inOrders) };
};
