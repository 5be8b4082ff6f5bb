import type { LocationProfile } from '../stock-location/stock-location.ts';
import type { Position, Quantity } from '../values.ts';

export type NetworkLocation = {
  readonly locationId: string;
  readonly profile: LocationProfile;
  readonly suspended: boolean;
  /** Fulfilments promised, by day of dispatch (`YYYY-MM-DD`, of the location). */
  readonly load?: ReadonlyMap<string, number>;
};

/** What sourcing may know of the world, by column: entry `[sku][location]` of each matrix. */
export type Network = {
  readonly logPosition: Position | null;
  readonly locations: readonly NetworkLocation[];
  /** Units that could be promised. */
  readonly available: readonly (readonly Quantity[])[];
  /** Units that leave in a week, on average. Absent: not known. */
  readonly weeklyDemand?: readonly (readonly number[])[];
  /** When somebody last did not find or rejected it there, in epoch milliseconds; 0: never. */
  readonly refusedAt?: readonly (readonly number[])[];
};

/** Not to be tried again: a SKU at a location, or (`sku` null) the whole location. */
export type Exclusions = readonly { readonly locationId: string; readonly sku: string | null }[];

/** Whether there is any of these SKUs at a location, by `[sku][location]`. A plain loop: it runs for every location of every order. */
export const holdsAny = (units: readonly (readonly Quantity[])[], location: number): boolean => {
  for (let sku = 0; sku < units.length; sku++) if ((units[sku]?.[location] ?? 0) > 0) return true;
  return false;
};

const LOWEST_PRIORITY = Number.MAX_SAFE_INTEGER;

/** By priority, then by id: the order in which equal plans are preferred. */
export const comparePriority = (a: NetworkLocation, b: NetworkLocation): number =>
  (a.profile.priority ?? LOWEST_PRIORITY) - (b.profile.priority ?? LOWEST_PRIORITY) ||
  (a.locationId < b.locationId ? -1 : a.locationId > b.locationId ? 1 : 0);
