import { expect } from 'vitest';
import { nextStep } from '../../src/domain/order/next-step.ts';
import type { OrderEvent, PlacedOrder } from '../../src/domain/order/order.ts';
import { liveFulfilments, quantityByLine, unallocatedUnits } from '../../src/domain/order/units.ts';
import type { SkuQuantity } from '../../src/domain/values.ts';
import type { Network } from './network.ts';

type Totals = Record<string, number>;

const total = (into: Totals, key: string, quantity: number): void => {
  into[key] = (into[key] ?? 0) + quantity;
};

const totalsOf = (entries: readonly (readonly [key: string, quantity: number])[]): Totals => {
  const totals: Totals = {};
  for (const [key, quantity] of entries) if (quantity !== 0) total(totals, key, quantity);
  return totals;
};

const placedOrders = (network: Network): PlacedOrder[] =>
  network.orderIds().flatMap((orderId) => {
    const order = network.order(orderId);
    return order.status === 'unplaced' ? [] : [order];
  });

/** What holds after every single append. */
export const checkAlways = (network: Network): void => {
  for (const locationId of network.locationIds) {
    for (const { onHand, reserved } of network.location(locationId).stock.values()) {
      if (!(0 <= reserved && reserved <= onHand)) expect.fail(`${locationId}: ${reserved} reserved of ${onHand}`);
    }
  }
  for (const order of placedOrders(network)) {
    const placed = quantityByLine([...liveFulfilments(order).flatMap(({ lines }) => lines), ...order.backordered]);
    for (const { lineId, quantity, cancelled } of order.lines) {
      if (cancelled + (placed.get(lineId) ?? 0) > quantity)
        expect.fail(`${order.orderId} line ${lineId}: too many units`);
    }
  }
};

/** What holds once nobody has anything left to do. */
export const checkAtRest = (network: Network): void => {
  const orders = placedOrders(network);
  for (const order of orders) {
    expect(nextStep(order)).toBeNull();
    expect(order.pendingStock).toEqual([]);
    if (order.held || order.parked !== null) continue;
    expect(unallocatedUnits(order)).toEqual([]);
    expect(order.excluded).toEqual([]);
  }
  expect(reservationsAtLocations(network)).toEqual(unitsHeldForOrders(orders));
  expect(reservedBalances(network)).toEqual(reservationsAtLocations(network));
  expect(movedByLocations(network, 'StockIssued')).toEqual(sentByOrders(orders));
  expect(movedByLocations(network, 'ItemShortPicked')).toEqual(missingByOrders(network));
  expect(onHandEverywhere(network)).toEqual(onHandByMovements(network));
};

const reservationsAtLocations = (network: Network): Totals =>
  totalsOf(
    network.locationIds.flatMap((id) =>
      [...network.location(id).reservations.values()]
        .flat()
        .map(({ sku, quantity }) => [`${id} ${sku}`, quantity] as const),
    ),
  );

const reservedBalances = (network: Network): Totals =>
  totalsOf(
    network.locationIds.flatMap((id) =>
      [...network.location(id).stock].map(([sku, { reserved }]) => [`${id} ${sku}`, reserved] as const),
    ),
  );

const unitsOf = (orders: readonly PlacedOrder[], statuses: readonly string[], key: 'locationId' | 'fulfilmentId') =>
  totalsOf(
    orders
      .flatMap(({ fulfilments }) => fulfilments)
      .filter(({ status }) => statuses.includes(status))
      .flatMap((one) => one.lines.map(({ sku, quantity }) => [`${one[key]} ${sku}`, quantity] as const)),
  );

const unitsHeldForOrders = (orders: readonly PlacedOrder[]): Totals =>
  unitsOf(orders, ['planned', 'reserved', 'picked', 'packed'], 'locationId');

const sentByOrders = (orders: readonly PlacedOrder[]): Totals =>
  unitsOf(orders, ['dispatched', 'delivered'], 'fulfilmentId');

const byFulfilment = (fulfilmentId: string, lines: readonly SkuQuantity[]) =>
  lines.map(({ sku, quantity }) => [`${fulfilmentId} ${sku}`, quantity] as const);

const movedByLocations = ({ log }: Network, type: 'StockIssued' | 'ItemShortPicked'): Totals =>
  totalsOf(
    log.flatMap((event) => (event.type === type ? byFulfilment(event.data.fulfilmentId, event.data.lines) : [])),
  );

const isShortPick = (event: { type: string }): event is Extract<OrderEvent, { type: 'FulfilmentShortPicked' }> =>
  event.type === 'FulfilmentShortPicked';

const missingByOrders = ({ log }: Network): Totals =>
  totalsOf(log.filter(isShortPick).flatMap(({ data }) => byFulfilment(data.fulfilmentId, data.missing)));

const onHandEverywhere = (network: Network): Totals =>
  totalsOf(
    network.locationIds.flatMap((id) =>
      [...network.location(id).stock].map(([sku, { onHand }]) => [sku, onHand] as const),
    ),
  );

const onHandByMovements = ({ log }: Network): Totals => {
  const totals: Totals = {};
  for (const event of log) {
    if (event.type === 'StockReceived') for (const { sku, quantity } of event.data.lines) total(totals, sku, quantity);
    if (event.type === 'StockAdjusted' || event.type === 'StockCounted')
      for (const { sku, delta } of event.data.lines) total(totals, sku, delta);
    if (event.type === 'StockIssued' || event.type === 'ItemShortPicked')
      for (const { sku, quantity } of event.data.lines) total(totals, sku, -quantity);
  }
  return totalsOf(Object.entries(totals));
};
