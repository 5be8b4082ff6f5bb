import { createDispatchCalendar } from '../domain/sourcing/dispatch.ts';
import { comparePriority, type Network, type NetworkLocation } from '../domain/sourcing/network.ts';
import type { LocationProfile } from '../domain/stock-location/stock-location.ts';

/** A location as a request states it, stock and all. */
export type StatedLocation = {
  readonly locationId: string;
  readonly profile: LocationProfile;
  readonly suspended: boolean;
  readonly fulfilmentsToday: number;
  readonly stock: readonly {
    readonly sku: string;
    readonly available: number;
    readonly weeklyDemand?: number;
    readonly refusedAt?: string;
  }[];
};

/** The network that a request states, as sourcing sees networks: by column, for the SKUs wanted. */
export const statedNetwork = (stated: readonly StatedLocation[], skus: readonly string[], now: Date): Network => {
  const calendar = createDispatchCalendar();
  const rows = stated
    .map((one) => ({ one, location: locationOf(one, calendar, now) }))
    .toSorted((a, b) => comparePriority(a.location, b.location))
    .map(({ one, location }) => ({ location, stock: new Map(one.stock.map((entry) => [entry.sku, entry])) }));
  const column = <Value>(of: (entry: StatedLocation['stock'][number] | undefined) => Value): Value[][] =>
    skus.map((sku) => rows.map(({ stock }) => of(stock.get(sku))));
  return {
    logPosition: null,
    locations: rows.map(({ location }) => location),
    available: column((entry) => entry?.available ?? 0),
    weeklyDemand: column((entry) => entry?.weeklyDemand ?? 0),
    refusedAt: column((entry) => (entry?.refusedAt === undefined ? 0 : Date.parse(entry.refusedAt))),
  };
};

const locationOf = (
  { locationId, profile, suspended, fulfilmentsToday }: StatedLocation,
  calendar: ReturnType<typeof createDispatchCalendar>,
  now: Date,
): NetworkLocation => {
  const day = calendar.dispatchOf(profile, now.getTime())?.day;
  return { locationId, profile, suspended, load: new Map(day === undefined ? [] : [[day, fulfilmentsToday]]) };
};
