import type { Destination } from '../order/order.ts';
import { type Coordinates, distanceInKilometres, type MinorUnits, type Quantity } from '../values.ts';
import type { Ways } from './carriage-book.ts';
import { deliveryDayNumber, latestDelivery } from './delivery.ts';
import type { Dispatch } from './dispatch.ts';
import { needsOf } from './needs.ts';
import { comparePriority, type Exclusions, type Network, type NetworkLocation } from './network.ts';
import { defaultCosts } from './policy.ts';
import type { ParcelPrice } from './problem.ts';
import type { SourcingCandidates, SourcingRecord, WantedSku } from './record.ts';
import type { SourcingRules } from './source.ts';

export type Assessment = Pick<SourcingRecord, 'candidates' | 'ruledOut'>;

export type AssessmentRequest = {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly demand: readonly WantedSku[];
  /** Without coordinates, all locations are equally near. */
  readonly destination: Destination;
  readonly excluded: Exclusions;
  /** In days after `now`, by route; services that take longer are left out where there are faster ones. */
  readonly promisedDays: readonly (number | null)[];
};

const HOUR = 3_600_000;

/** `SourcingCandidates`, being filled: all of it, whether asked for or not. */
type Columns = {
  readonly locationId: string[];
  readonly kilometres: number[];
  readonly parcelCost: MinorUnits[];
  readonly unitCost: MinorUnits[];
  readonly available: Quantity[][];
  readonly dispatchDay: number[];
  readonly deliveryDay: number[];
  readonly tariff: (number | null)[];
  readonly tariffs: (readonly ParcelPrice[])[];
  readonly byPromise: { promisedDay: number | null; deliveryDay: number[]; tariff: (number | null)[] }[];
  readonly kind: string[];
  readonly groups: (readonly string[])[];
  readonly priority: (number | null)[];
  readonly capacityLeft: (number | null)[];
  readonly load: number[];
  readonly weeklyDemand: number[][];
  readonly refusedHoursAgo: (number | null)[][];
};

const emptyColumns = (demand: readonly WantedSku[], others: readonly (number | null)[]): Columns => ({
  locationId: [],
  kilometres: [],
  parcelCost: [],
  unitCost: [],
  available: demand.map(() => []),
  dispatchDay: [],
  deliveryDay: [],
  tariff: [],
  tariffs: [],
  byPromise: others.map((promisedDay) => ({ promisedDay, deliveryDay: [], tariff: [] })),
  kind: [],
  groups: [],
  priority: [],
  capacityLeft: [],
  load: [],
  weeklyDemand: demand.map(() => []),
  refusedHoursAgo: demand.map(() => []),
});

/**
 * What is to be known of each location that holds a wanted SKU and may ship, in order of preference; and which of those
 * that hold one cannot take part under any rule.
 */
export const assess = (request: AssessmentRequest, network: Network, rules: SourcingRules): Assessment => {
  const { demand, destination, excluded, now } = request;
  const { policy } = rules.policy;
  const costs = { ...defaultCosts, ...policy.costs };
  const needs = needsOf(policy);
  const place = placeOf(destination);
  const today = Math.floor(now / (24 * HOUR));
  const waysTo =
    place === null || rules.rateCards.length === 0 ? null : rules.carriage.to(destination, rules.rateCards);
  const [promisedDay = null, ...others] = request.promisedDays;
  const columns = emptyColumns(demand, waysTo === null ? [] : others);
  const tariffIndex = new Map<readonly ParcelPrice[], number>();
  const indexOfTariff = (tariff: readonly ParcelPrice[]): number => {
    const index = tariffIndex.get(tariff) ?? columns.tariffs.push(tariff) - 1;
    tariffIndex.set(tariff, index);
    return index;
  };
  const ruledOut: Assessment['ruledOut'][number][] = [];
  let isLimited = false;
  // Plain loops here and below: they run for every location of every order.
  const order = preferred(network.locations);
  for (let at = 0; at < network.locations.length; at++) {
    const index = order?.[at] ?? at;
    const location = network.locations[index];
    if (location === undefined || !holdsAny(network, index)) continue;
    const { locationId, profile } = location;
    const dispatch = rules.calendar.dispatchOf(profile, now);
    const reason = unfit(location, dispatch, index, demand, network, excluded);
    if (reason !== null || dispatch === null) {
      ruledOut.push({ locationId, reason: reason ?? 'never-open' });
      continue;
    }
    const kilometres = place === null ? 0 : Math.round(distanceInKilometres(profile.address, place) * 10) / 10;
    const ways = waysTo?.(location, kilometres) ?? null;
    const carriage = carriageOf(ways, today, dispatch, promisedDay);
    const handling = profile.costs ?? costs;
    columns.locationId.push(locationId);
    columns.kilometres.push(kilometres);
    columns.unitCost.push(handling.perUnit);
    columns.dispatchDay.push(dispatch.dayNumber - today);
    if (carriage === null) {
      const transit = Math.max(1, Math.ceil(kilometres / costs.kilometresPerDay));
      columns.parcelCost.push(handling.perParcel + Math.round(kilometres * costs.perKilometre));
      columns.deliveryDay.push(deliveryDayNumber(dispatch.dayNumber, transit) - today);
      columns.tariff.push(null);
    } else {
      columns.parcelCost.push(handling.perParcel);
      columns.deliveryDay.push(latestDelivery(dispatch.dayNumber, carriage.services) - today);
      columns.tariff.push(indexOfTariff(carriage.tariff));
    }
    for (const column of columns.byPromise) {
      const other = carriageOf(ways, today, dispatch, column.promisedDay);
      column.tariff.push(other === null ? null : indexOfTariff(other.tariff));
      column.deliveryDay.push(
        other === null ? (columns.deliveryDay.at(-1) ?? 0) : latestDelivery(dispatch.dayNumber, other.services) - today,
      );
    }
    const most = profile.capacity?.fulfilmentsPerDay ?? null;
    const used = most === null ? 0 : (location.load?.get(dispatch.day) ?? 0);
    if (most !== null) isLimited = true;
    columns.capacityLeft.push(most === null ? null : Math.max(0, most - used));
    if (needs.load) columns.load.push(percent(used, most));
    if (needs.kind) columns.kind.push(profile.kind);
    if (needs.groups) columns.groups.push(profile.groups ?? []);
    if (needs.priority) columns.priority.push(profile.priority ?? null);
    for (let sku = 0; sku < demand.length; sku++) {
      const isRefused = refuses(excluded, location, demand[sku]?.sku);
      columns.available[sku]?.push(isRefused ? 0 : (network.available[sku]?.[index] ?? 0));
      if (needs.weeklyDemand) columns.weeklyDemand[sku]?.push(network.weeklyDemand?.[sku]?.[index] ?? 0);
      if (!needs.refusals) continue;
      const refusedAt = network.refusedAt?.[sku]?.[index] ?? 0;
      columns.refusedHoursAgo[sku]?.push(refusedAt === 0 ? null : Math.floor((now - refusedAt) / HOUR));
    }
  }
  const { locationId, kilometres, parcelCost, unitCost, available, dispatchDay, deliveryDay } = columns;
  const candidates: SourcingCandidates = {
    ...{ locationId, kilometres, parcelCost, unitCost, available, dispatchDay, deliveryDay },
    ...(columns.tariffs.length > 0 && { tariff: columns.tariff, tariffs: columns.tariffs }),
    ...(columns.byPromise.length > 0 && columns.tariffs.length > 0 && { byPromise: columns.byPromise }),
    ...(isLimited && { capacityLeft: columns.capacityLeft }),
    ...(needs.load && { load: columns.load }),
    ...(needs.kind && { kind: columns.kind }),
    ...(needs.groups && { groups: columns.groups }),
    ...(needs.priority && { priority: columns.priority }),
    ...(needs.weeklyDemand && { weeklyDemand: columns.weeklyDemand }),
    ...(needs.refusals && { refusedHoursAgo: columns.refusedHoursAgo }),
  };
  return { candidates, ruledOut };
};

export const placeOf = ({ latitude, longitude }: Destination): Coordinates | null =>
  latitude === null || longitude === null ? null : { latitude, longitude };

const percent = (used: number, most: number | null): number =>
  most === null ? 0 : most === 0 ? 100 : Math.round((100 * used) / most);

/** The services that keep the promise where there are any, else all. */
const carriageOf = (ways: Ways | null, today: number, dispatch: Dispatch, promisedDay: number | null) => {
  if (ways === null || promisedDay === null) return ways?.carriage ?? null;
  const inTime = ways.within((service) => latestDelivery(dispatch.dayNumber, [service]) - today <= promisedDay);
  return inTime ?? ways.carriage;
};

/** The order of preference: as they are (null), which is what a caller that serves many orders should see to, or sorted. */
const preferred = (locations: readonly NetworkLocation[]): readonly number[] | null => {
  for (let index = 1; index < locations.length; index++) {
    const before = locations[index - 1];
    const after = locations[index];
    if (before === undefined || after === undefined || comparePriority(before, after) <= 0) continue;
    return [...locations.entries()].toSorted(([, a], [, b]) => comparePriority(a, b)).map(([place]) => place);
  }
  return null;
};

const holdsAny = ({ available }: Network, index: number): boolean => {
  for (const column of available) if ((column[index] ?? 0) > 0) return true;
  return false;
};

const refuses = (excluded: Exclusions, { locationId }: NetworkLocation, sku: string | undefined): boolean =>
  excluded.length > 0 && excluded.some((one) => one.locationId === locationId && (one.sku === null || one.sku === sku));

const unfit = (
  location: NetworkLocation,
  dispatch: Dispatch | null,
  index: number,
  demand: readonly WantedSku[],
  { available }: Network,
  excluded: Exclusions,
): string | null => {
  if (location.suspended) return 'suspended';
  if (!location.profile.capabilities.includes('ship')) return 'cannot-ship';
  if (dispatch === null) return 'never-open';
  if (excluded.length === 0) return null;
  const isOpen = demand.some(
    ({ sku }, line) => (available[line]?.[index] ?? 0) > 0 && !refuses(excluded, location, sku),
  );
  return isOpen ? null : 'refused-before';
};
