import { type Allocation, settle, sourceOne } from './allocation.ts';
import { asLeft, holdingOf } from './contender.ts';
import { dearest, type PricedOrder, type Prices, pricedOrder, shareAt, solveAt } from './priced-order.ts';

/** Orders as searches at prices, all of them, or null: prices can then not say how good a plan can be. */
export type Market = {
  readonly orders: readonly PricedOrder[];
  /** Of a unit left over that has no price of its own. */
  readonly gapPrice: number;
};

export type Ascent = { readonly prices: Prices; readonly bound: number };

export const marketOf = ({ contenders }: Pick<Allocation, 'contenders'>): Market | null => {
  const orders: PricedOrder[] = [];
  for (const contender of contenders) {
    const order = pricedOrder(contender);
    if (order === null) return null;
    orders.push(order);
  }
  return { orders, gapPrice: 1 + orders.reduce((most, order) => Math.max(most, dearest(order)), 0) };
};

const SHRINK = 0.6;
const PATIENCE = 6;
const FIRST_STEP = 1.5;
const DEFLECTION = 0.7;

type Demands = { readonly bound: number; readonly units: readonly Float64Array[]; readonly places: Float64Array };

/**
 * Lagrangian relaxation: every order takes what is best for it at prices on stock and on fulfilments, as if there were enough
 * for all. What that costs, less the worth of all there is, no plan for all can be below. Prices rise where more is wanted than there is,
 * by steps towards `target`, the best plan known (Polyak). Yields after every search.
 */
export function* raisePrices(
  { contenders, network, capacity }: Allocation,
  { orders, gapPrice }: Market,
  { target, searches }: { readonly target: number; readonly searches: number },
): Generator<void, Ascent> {
  const flat = (): Float64Array[] => network.available.map((row) => new Float64Array(row.length));
  const exact = {
    units: startPrices(orders, gapPrice, network.available),
    places: new Float64Array(network.locations.length),
  };
  const direction = { units: flat(), places: new Float64Array(network.locations.length) };
  let best: Ascent = { prices: roundedPrices(exact), bound: Number.NEGATIVE_INFINITY };
  let step = FIRST_STEP;
  let stalls = 0;
  for (let left = searches; left >= contenders.length; left -= contenders.length) {
    const prices = roundedPrices(exact);
    const found = yield* demandsAt(orders, prices, gapPrice, network.available.length, network.locations.length);
    const worth = valueOfAll(prices, network.available, capacity);
    const bound = found.bound - worth;
    if (bound > best.bound) best = { prices, bound };
    else stalls += 1;
    if (stalls >= PATIENCE) {
      stalls = 0;
      step *= SHRINK;
    }
    const gap = target - bound;
    if (gap <= 0 || step < 0.01) return best;
    let norm = 0;
    const turn = (
      price: Float64Array,
      way: Float64Array,
      wanted: Float64Array,
      there: (at: number) => number | null,
    ) => {
      for (let at = 0; at < price.length; at++) {
        const most = there(at);
        const excess = most === null ? 0 : (wanted[at] ?? 0) - most;
        const next = excess + DEFLECTION * (way[at] ?? 0);
        way[at] = (price[at] ?? 0) <= 0 && next < 0 ? 0 : next;
        norm += (way[at] ?? 0) ** 2;
      }
    };
    exact.units.forEach((price, row) => {
      const stock = network.available[row];
      turn(price, direction.units[row] ?? price, found.units[row] ?? price, (at) => stock?.[at] ?? 0);
    });
    turn(exact.places, direction.places, found.places, (at) => capacity[at] ?? null);
    if (norm === 0) return best;
    const length = (step * gap) / norm;
    const move = (price: Float64Array, way: Float64Array) => {
      for (let at = 0; at < price.length; at++) price[at] = Math.max(0, (price[at] ?? 0) + length * (way[at] ?? 0));
    };
    exact.units.forEach((price, row) => {
      move(price, direction.units[row] ?? price);
    });
    move(exact.places, direction.places);
  }
  return best;
}

/**
 * Where a SKU is short, the worth of the last unit there is: the orders to which a unit left over costs most get them. Serving
 * it is taken to cost half a parcel.
 */
const startPrices = (
  orders: readonly PricedOrder[],
  gapPrice: number,
  available: readonly (readonly number[])[],
): Float64Array[] => {
  const worth = available.map((): { readonly price: number; readonly units: number }[] => []);
  for (const { contender, table, free } of orders) {
    const parcel = free.fixedCost.reduce((least, cost) => Math.min(least, cost), gapPrice);
    const price = Math.max(0, (table.unfilledPerUnit ?? gapPrice) - parcel / 2);
    table.demand.forEach(({ quantity }, sku) => {
      worth[contender.rows[sku] ?? -1]?.push({ price, units: quantity });
    });
  }
  return available.map((row, at) => {
    let left = row.reduce((sum, units) => sum + units, 0);
    for (const { price, units } of (worth[at] ?? []).toSorted((a, b) => b.price - a.price)) {
      left -= units;
      if (left < 0) return Float64Array.from(row, () => price);
    }
    return new Float64Array(row.length);
  });
};

const roundedPrices = ({ units, places }: Prices): Prices => ({
  units: units.map((row) => row.map(Math.round)),
  places: places.map(Math.round),
});

const valueOfAll = (
  { units, places }: Prices,
  available: readonly (readonly number[])[],
  capacity: readonly (number | null)[],
): number => {
  let worth = 0;
  units.forEach((row, at) => {
    row.forEach((price, location) => {
      worth += price * (available[at]?.[location] ?? 0);
    });
  });
  places.forEach((price, location) => {
    worth += price * (capacity[location] ?? 0);
  });
  return worth;
};

function* demandsAt(
  orders: readonly PricedOrder[],
  prices: Prices,
  gapPrice: number,
  rows: number,
  locations: number,
): Generator<void, Demands> {
  const units = Array.from({ length: rows }, () => new Float64Array(locations));
  const places = new Float64Array(locations);
  let bound = 0;
  for (const order of orders) {
    const found = solveAt(order, prices, gapPrice);
    bound += found.bound;
    const holding = holdingOf(order.contender, found.shipments);
    for (const one of holding.units) {
      const row = units[one.row];
      if (row !== undefined) row[one.location] = (row[one.location] ?? 0) + one.units;
    }
    if (order.isBound) for (const location of holding.locations) places[location] = (places[location] ?? 0) + 1;
    yield;
  }
  return { bound, units, places };
}

/** The order takes what is best for it at the prices, of what the others leave: it spares what others need more. */
export const sourceAtPrices = (allocation: Allocation, index: number, prices: Prices, gapPrice: number): void => {
  const { contenders, ledger, network } = allocation;
  const contender = contenders[index];
  if (contender === undefined) return;
  const order = pricedOrder(contender, asLeft(contender, ledger, network));
  if (order === null || !order.keepsRules) return sourceOne(allocation, index);
  settle(allocation, index, shareAt(order, solveAt(order, prices, gapPrice).shipments));
};
