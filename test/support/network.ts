import { DomainError } from '../../src/domain/error.ts';
import { type OrderCommand, orderDecider } from '../../src/domain/order/decide.ts';
import type { Order, OrderEvent } from '../../src/domain/order/order.ts';
import { type StockLocationCommand, stockLocationDecider } from '../../src/domain/stock-location/decide.ts';
import { initialStockLocation } from '../../src/domain/stock-location/evolve.ts';
import {
  availableToPromise,
  type StockLocation,
  type StockLocationEvent,
} from '../../src/domain/stock-location/stock-location.ts';
import { exampleProfile } from './examples.ts';

export type Outcome = { readonly refusal: DomainError | null };

export type Network = {
  readonly log: (OrderEvent | StockLocationEvent)[];
  readonly order: (orderId: string) => Order;
  readonly orderIds: () => readonly string[];
  readonly location: (locationId: string) => StockLocation;
  readonly locationIds: readonly string[];
  readonly onOrder: (command: OrderCommand) => Outcome;
  readonly atLocation: (command: StockLocationCommand) => Outcome;
  /** What sourcing believes can be promised: true when `refresh` last looked. */
  readonly believed: (locationId: string, sku: string) => number;
  readonly refresh: () => void;
};

/** Orders and stock locations around one log in memory, where every command is one atomic append. */
export const createNetwork = (locationIds: readonly string[], onAppend: (network: Network) => void): Network => {
  const log: Network['log'] = [];
  const orders = new Map<string, Order>();
  const locations = new Map<string, StockLocation>(locationIds.map((id) => [id, initialStockLocation()]));
  let beliefs = new Map<string, number>();

  const order = (orderId: string): Order => orders.get(orderId) ?? orderDecider.initialState();
  const location = (locationId: string): StockLocation => locations.get(locationId) ?? initialStockLocation();

  const attempt = (append: () => number): Outcome => {
    try {
      if (append() > 0) onAppend(network);
      return { refusal: null };
    } catch (error) {
      if (error instanceof DomainError) return { refusal: error };
      throw error;
    }
  };

  const onOrder = (command: OrderCommand): Outcome =>
    attempt(() => {
      const events = orderDecider.decide(command, order(command.data.orderId));
      orders.set(command.data.orderId, events.reduce(orderDecider.evolve, order(command.data.orderId)));
      return log.push(...events) && events.length;
    });

  const atLocation = (command: StockLocationCommand): Outcome =>
    attempt(() => {
      const events = stockLocationDecider.decide(command, location(command.data.locationId));
      events.reduce(stockLocationDecider.evolve, location(command.data.locationId));
      return log.push(...events) && events.length;
    });

  const refresh = (): void => {
    beliefs = new Map(
      locationIds.flatMap((id) =>
        [...location(id).stock].map(([sku, stock]) => [`${id} ${sku}`, availableToPromise(stock)]),
      ),
    );
  };

  const network: Network = {
    log,
    order,
    orderIds: () => [...orders.keys()],
    location,
    locationIds,
    onOrder,
    atLocation,
    believed: (locationId, sku) => beliefs.get(`${locationId} ${sku}`) ?? 0,
    refresh,
  };
  for (const locationId of locationIds)
    atLocation({ type: 'DefineLocation', data: { locationId, profile: exampleProfile() } });
  return network;
};
