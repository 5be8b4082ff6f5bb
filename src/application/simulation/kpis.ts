import type { MinorUnits, Quantity } from '../../domain/values.ts';
import { type Outcome, unitsOf } from './outcome.ts';

export type LocationKpis = {
  readonly locationId: string;
  readonly fulfilments: number;
  readonly units: Quantity;
  /** Fulfilments of its busiest day of dispatch. */
  readonly busiestDay: number;
  /** Times that a SKU was used up by these orders. */
  readonly stockOuts: number;
};

/** What a period of orders came to in one world. Shares are 0 to 1; null where there is nothing to divide by. */
export type Kpis = {
  readonly orders: number;
  readonly units: Quantity;
  readonly unitsFilled: Quantity;
  readonly cost: MinorUnits;
  readonly fulfilments: number;
  /** Of orders of which anything is shipped. */
  readonly parcelsPerOrder: number | null;
  readonly splitRate: number | null;
  /** Of orders with a promised day: those that have everything by then. */
  readonly promiseKept: number | null;
  /** Mean of all parcels. */
  readonly kilometresPerParcel: number | null;
  /** Orders of which anything had to wait. */
  readonly ordersThatWaited: number;
  /** Units that wait at the end. */
  readonly unitsWaiting: Quantity;
  readonly ordersParked: number;
  readonly unitsGivenUp: Quantity;
  readonly locations: readonly LocationKpis[];
};

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const isKept = ({ deliverBy, parts, lines }: Outcome): boolean =>
  deliverBy !== null &&
  unitsOf(parts.flatMap((part) => part.lines)) === unitsOf(lines) &&
  parts.every(({ deliveryDay }) => deliveryDay !== null && deliveryDay <= deliverBy);

export const kpisOf = (outcomes: readonly Outcome[], stockOuts: ReadonlyMap<string, number>): Kpis => {
  const parts = outcomes.flatMap((outcome) => outcome.parts);
  const shipped = outcomes.filter((outcome) => outcome.parts.length > 0);
  const promised = outcomes.filter(({ deliverBy, lines }) => deliverBy !== null && lines.length > 0);
  return {
    orders: outcomes.length,
    units: unitsOf(outcomes.flatMap(({ lines }) => lines)),
    unitsFilled: unitsOf(parts.flatMap(({ lines }) => lines)),
    cost: parts.reduce((sum, { cost }) => sum + cost, 0),
    fulfilments: parts.length,
    parcelsPerOrder: share(parts.length, shipped.length),
    splitRate: share(shipped.filter((outcome) => outcome.parts.length > 1).length, shipped.length),
    promiseKept: share(promised.filter(isKept).length, promised.length),
    kilometresPerParcel: share(
      parts.reduce((sum, { kilometres }) => sum + kilometres, 0),
      parts.length,
    ),
    ordersThatWaited: outcomes.filter(({ waited }) => waited).length,
    unitsWaiting: unitsOf(outcomes.flatMap(({ waiting }) => waiting)),
    ordersParked: outcomes.filter(({ parked }) => parked).length,
    unitsGivenUp: outcomes.reduce((sum, { givenUp }) => sum + givenUp, 0),
    locations: locationKpis(outcomes, stockOuts),
  };
};

const locationKpis = (outcomes: readonly Outcome[], stockOuts: ReadonlyMap<string, number>): LocationKpis[] => {
  const byLocation = Map.groupBy(
    outcomes.flatMap(({ parts }) => parts),
    ({ locationId }) => locationId,
  );
  const ids = new Set([...byLocation.keys(), ...stockOuts.keys()]);
  return [...ids].toSorted().map((locationId): LocationKpis => {
    const parts = byLocation.get(locationId) ?? [];
    const days = Map.groupBy(parts, ({ dispatchDay }) => dispatchDay);
    return {
      locationId,
      fulfilments: parts.length,
      units: unitsOf(parts.flatMap(({ lines }) => lines)),
      busiestDay: Math.max(0, ...[...days.values()].map((one) => one.length)),
      stockOuts: stockOuts.get(locationId) ?? 0,
    };
  });
};

export type ChangedOrder = {
  readonly orderId: string;
  readonly before: Summary;
  readonly after: Summary;
};

type Summary = {
  readonly locationIds: readonly string[];
  readonly cost: MinorUnits;
  readonly unitsWaiting: Quantity;
};

const summaryOf = ({ parts, waiting }: Outcome): Summary => ({
  locationIds: parts.map(({ locationId }) => locationId).toSorted(),
  cost: parts.reduce((sum, { cost }) => sum + cost, 0),
  unitsWaiting: unitsOf(waiting),
});

/** Orders that fare differently: other locations, another cost, or another number of units that wait. */
export const changedOrders = (before: readonly Outcome[], after: readonly Outcome[]): ChangedOrder[] => {
  const earlier = new Map(before.map((outcome) => [outcome.orderId, summaryOf(outcome)]));
  return after.flatMap((outcome): ChangedOrder[] => {
    const was = earlier.get(outcome.orderId);
    const is = summaryOf(outcome);
    return was === undefined || JSON.stringify(was) === JSON.stringify(is)
      ? []
      : [{ orderId: outcome.orderId, before: was, after: is }];
  });
};
