import { isDeepStrictEqual } from 'node:util';
import type { Kpis } from '../src/application/simulation/kpis.ts';
import type { OrderEvent } from '../src/domain/order/order.ts';
import type { EventStore } from '../src/event-store/event-store.ts';
import type { OrderDocument } from '../src/projections/orders.ts';

type Counted = Omit<Kpis, 'unitsGivenUp' | 'locations'> & {
  readonly locations: readonly Pick<Kpis['locations'][number], 'locationId' | 'fulfilments' | 'units'>[];
};

const ROUNDING = 1e-6;
const OVER = ['refused', 'rejected', 'cancelled'];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const unitsOf = (lines: readonly { readonly quantity: number }[]): number => sum(lines.map(({ quantity }) => quantity));

/**
 * What a period came to, counted without anything of the simulation: from the read model of orders, and for what that
 * does not hold (distances, and who ever had to wait) from the text of the events.
 */
export const countedKpis = async (orders: readonly OrderDocument[], eventStore: EventStore): Promise<Counted> => {
  const { kilometres, waited, parked } = await facts(eventStore);
  const ofOrder = orders.map((order) => order.fulfilments.filter(({ status }) => !OVER.includes(status)));
  const all = ofOrder.flat();
  const shipped = ofOrder.filter(({ length }) => length > 0);
  const wanted = orders.map(({ lines }) => sum(lines.map(({ quantity, cancelled }) => quantity - cancelled)));
  const promised = orders.flatMap(({ deliverBy }, index) =>
    deliverBy === undefined || wanted[index] === 0 ? [] : [{ deliverBy, index }],
  );
  const kept = promised.filter(({ deliverBy, index }) => {
    const parts = ofOrder[index] ?? [];
    const isWhole = sum(parts.map(({ lines }) => unitsOf(lines))) === wanted[index];
    return isWhole && parts.every(({ deliveryDay }) => deliveryDay !== undefined && deliveryDay <= deliverBy);
  });
  const byLocation = Map.groupBy(all, ({ locationId }) => locationId);
  return {
    orders: orders.length,
    units: sum(wanted),
    unitsFilled: sum(all.map(({ lines }) => unitsOf(lines))),
    cost: sum(all.map(({ cost }) => cost)),
    fulfilments: all.length,
    parcelsPerOrder: all.length / shipped.length,
    splitRate: shipped.filter(({ length }) => length > 1).length / shipped.length,
    promiseKept: kept.length / promised.length,
    kilometresPerParcel: sum(all.map(({ fulfilmentId }) => kilometres.get(fulfilmentId) ?? 0)) / all.length,
    ordersThatWaited: waited.size,
    unitsWaiting: sum(orders.map(({ backordered }) => unitsOf(backordered))),
    ordersParked: parked.size,
    locations: [...byLocation].map(([locationId, parts]) => ({
      locationId,
      fulfilments: parts.length,
      units: sum(parts.map(({ lines }) => unitsOf(lines))),
    })),
  };
};

const facts = async (eventStore: EventStore) => {
  const kilometres = new Map<string, number>();
  const waited = new Set<string>();
  const parked = new Set<string>();
  for await (const { type, data } of eventStore.readAll({ streamPrefixes: ['order-'] })) {
    const event = { type, data: JSON.parse(data) } as OrderEvent;
    if (event.type === 'OrderBackordered' || event.type === 'OrderParked') waited.add(event.data.orderId);
    if (event.type === 'OrderParked') parked.add(event.data.orderId);
    if (event.type !== 'SourcingDecided') continue;
    const { candidates } = event.data.record;
    for (const { fulfilmentId, locationId } of event.data.fulfilments)
      kilometres.set(fulfilmentId, candidates.kilometres[candidates.locationId.indexOf(locationId)] ?? 0);
  }
  return { kilometres, waited, parked };
};

export type ComparedFigure = {
  readonly name: string;
  readonly simulated: number;
  readonly counted: number;
  readonly isSame: boolean;
};

/** Each figure twice; means are of sums in another order, and may differ in the last digits. */
export const compared = (ours: Kpis, counted: Counted): readonly ComparedFigure[] => {
  const { locations, ...figures } = counted;
  const simulated = new Map(Object.entries(ours).map(([name, value]) => [name, Number(value)]));
  const rows = Object.entries(figures).map(([name, value]): ComparedFigure => {
    const one = { name, simulated: simulated.get(name) ?? Number.NaN, counted: Number(value) };
    return { ...one, isSame: Math.abs(one.simulated - one.counted) < ROUNDING };
  });
  const load = (ones: Counted['locations']) =>
    ones
      .filter(({ fulfilments }) => fulfilments > 0)
      .map(({ locationId, fulfilments, units }) => `${locationId} ${fulfilments} ${units}`)
      .sort();
  const [own, other] = [load(ours.locations), load(locations)];
  const name = 'locations with fulfilments (and the load of each)';
  return [...rows, { name, simulated: own.length, counted: other.length, isSame: isDeepStrictEqual(own, other) }];
};
