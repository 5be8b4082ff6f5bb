import type { SourcingCandidates } from '../order/order.ts';
import type { LocationProfile } from '../stock-location/stock-location.ts';
import { type Coordinates, distanceInKilometres, type Position, type Quantity } from '../values.ts';
import type { SourcingPolicy } from './first-policy.ts';

export type NetworkLocation = {
  readonly locationId: string;
  readonly profile: LocationProfile;
  readonly suspended: boolean;
};

/** What sourcing may know of the world, by column: `available[sku][location]` are the units that could be promised. */
export type Network = {
  readonly logPosition: Position | null;
  readonly locations: readonly NetworkLocation[];
  readonly available: readonly (readonly Quantity[])[];
};

/** Not to be tried again: a SKU at a location, or (`sku` null) the whole location. */
export type Exclusions = readonly { readonly locationId: string; readonly sku: string | null }[];

/** By priority, then by id: the order in which equal plans are preferred. */
export const comparePriority = (a: NetworkLocation, b: NetworkLocation): number =>
  (a.profile.priority ?? LOWEST_PRIORITY) - (b.profile.priority ?? LOWEST_PRIORITY) ||
  (a.locationId < b.locationId ? -1 : a.locationId > b.locationId ? 1 : 0);

const LOWEST_PRIORITY = Number.MAX_SAFE_INTEGER;

type Ruled = { readonly candidates: SourcingCandidates; readonly ruledOut: { locationId: string; reason: string }[] };

/** Which locations can take part and at what cost, in order of preference; and which cannot, though they hold stock. */
export const compareLocations = (
  skus: readonly string[],
  network: Network,
  destination: Coordinates,
  excluded: Exclusions,
  policy: SourcingPolicy,
): Ruled => {
  const locationId: string[] = [];
  const kilometres: number[] = [];
  const parcelCost: number[] = [];
  const unitCost: number[] = [];
  const available = skus.map((): number[] => []);
  const ruledOut: Ruled['ruledOut'] = [];
  const { order, locations } = preferred(network.locations);
  // Plain loops here and below: they run for every location of every order.
  for (let place = 0; place < locations.length; place++) {
    const index = order?.[place] ?? place;
    const location = locations[index];
    if (location === undefined || !holdsAny(network, index)) continue;
    const reason = unfit(location, index, skus, network, excluded);
    if (reason !== null) {
      ruledOut.push({ locationId: location.locationId, reason });
      continue;
    }
    const { address, costs } = location.profile;
    const distance = Math.round(distanceInKilometres(address, destination) * 10) / 10;
    const { perParcel, perUnit } = costs ?? policy.defaultCosts;
    locationId.push(location.locationId);
    kilometres.push(distance);
    parcelCost.push(perParcel + Math.round(distance * policy.perKilometre));
    unitCost.push(perUnit);
    for (let line = 0; line < skus.length; line++) {
      const units = refuses(excluded, location, skus[line]) ? 0 : (network.available[line]?.[index] ?? 0);
      available[line]?.push(units);
    }
  }
  return { candidates: { locationId, kilometres, parcelCost, unitCost, available }, ruledOut };
};

/** The order of preference: as they are (null), which is what a caller that serves many orders should see to, or sorted. */
const preferred = (
  locations: readonly NetworkLocation[],
): { readonly order: readonly number[] | null; readonly locations: readonly NetworkLocation[] } => {
  for (let index = 1; index < locations.length; index++) {
    const before = locations[index - 1];
    const after = locations[index];
    if (before === undefined || after === undefined || comparePriority(before, after) <= 0) continue;
    const order = [...locations.entries()].toSorted(([, a], [, b]) => comparePriority(a, b)).map(([place]) => place);
    return { order, locations };
  }
  return { order: null, locations };
};

const holdsAny = ({ available }: Network, index: number): boolean => {
  for (const column of available) if ((column[index] ?? 0) > 0) return true;
  return false;
};

const refuses = (excluded: Exclusions, { locationId }: NetworkLocation, sku: string | undefined): boolean =>
  excluded.length > 0 && excluded.some((one) => one.locationId === locationId && (one.sku === null || one.sku === sku));

const unfit = (
  location: NetworkLocation,
  index: number,
  skus: readonly string[],
  { available }: Network,
  excluded: Exclusions,
): string | null => {
  if (location.suspended) return 'suspended';
  if (!location.profile.capabilities.includes('ship')) return 'cannot-ship';
  if (excluded.length === 0) return null;
  const isOpen = skus.some((sku, line) => (available[line]?.[index] ?? 0) > 0 && !refuses(excluded, location, sku));
  return isOpen ? null : 'refused-before';
};

export const holdsAll = (
  { available }: Pick<SourcingCandidates, 'available'>,
  index: number,
  demand: readonly Quantity[],
): boolean => {
  for (let line = 0; line < demand.length; line++) {
    if ((available[line]?.[index] ?? 0) < (demand[line] ?? 0)) return false;
  }
  return true;
};

/**
 * The candidates that some best plan may need. Where one location holds the whole demand, every other one that costs no
 * less per parcel and per unit can be replaced by it in any plan (replacement dominance); of equal ones the first
 * stays. `without` is left out beforehand.
 */
export const worthTrying = (
  candidates: SourcingCandidates,
  demand: readonly Quantity[],
  without: number | null = null,
): number[] => {
  const { parcelCost, unitCost } = candidates;
  let best = -1;
  let bestParcel = Number.POSITIVE_INFINITY;
  for (let index = 0; index < parcelCost.length; index++) {
    const cost = parcelCost[index] ?? 0;
    if (index === without || cost >= bestParcel || !holdsAll(candidates, index, demand)) continue;
    best = index;
    bestParcel = cost;
  }
  const bestUnit = unitCost[best] ?? 0;
  const kept: number[] = [];
  for (let index = 0; index < parcelCost.length; index++) {
    const parcel = parcelCost[index] ?? 0;
    const unit = unitCost[index] ?? 0;
    const isDearer = parcel > bestParcel || unit > bestUnit;
    const isReplaced = index !== best && parcel >= bestParcel && unit >= bestUnit && (isDearer || index > best);
    if (index !== without && !isReplaced) kept.push(index);
  }
  return kept;
};
