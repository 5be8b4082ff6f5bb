import type { Destination } from '../order/order.ts';
import { type Coordinates, distanceInKilometres } from '../values.ts';
import type { Ways } from './carriage-book.ts';
import { deliveryDayNumber, latestDelivery } from './delivery.ts';
import type { Dispatch } from './dispatch.ts';
import { type ExcludedSkus, excludedSkus, isExcluded } from './exclusions.ts';
import { needsOf } from './needs.ts';
import { comparePriority, type Exclusions, holdsAny, type Network, type NetworkLocation } from './network.ts';
import { type CostModel, defaultCosts } from './policy.ts';
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
const DAY = 24 * HOUR;

type Costs = Required<CostModel>;

/** A location that takes part, with what several columns are made from. */
type Candidate = {
  /** Where it stands in the network. */
  readonly index: number;
  readonly location: NetworkLocation;
  readonly dispatch: Dispatch;
};

type Carried = { readonly deliveryDay: readonly number[]; readonly tariff: readonly (number | null)[] };

/**
 * What is to be known of each location that holds a wanted SKU and may ship, in order of preference; and which of those
 * that hold one cannot take part under any rule.
 */
export const assess = (request: AssessmentRequest, network: Network, rules: SourcingRules): Assessment => {
  const { demand, destination, excluded, now } = request;
  const { policy } = rules.policy;
  const costs = { ...defaultCosts, ...policy.costs };
  const needs = needsOf(policy);
  const today = Math.floor(now / DAY);
  const excludedAt = excludedSkus(excluded);
  const { rows, ruledOut } = rowsOf(request, excludedAt, network, rules);
  const place = placeOf(destination);
  const kilometres = rows.map(({ location }) => kilometresBetween(location, place));
  const waysTo =
    place === null || rules.rateCards.length === 0 ? null : rules.carriage.to(destination, rules.rateCards);
  const ways = waysTo === null ? [] : rows.map(({ location }, at) => waysTo(location, kilometres[at] ?? 0));
  const [promisedDay = null, ...others] = request.promisedDays;
  const tariffs: (readonly ParcelPrice[])[] = [];
  const carried = (day: number | null): Carried =>
    carry(rows, { ways, kilometres, today, promisedDay: day, costs, tariffs });
  const main = carried(promisedDay);
  const byPromise = rules.rateCards.length === 0 ? [] : others.map((day) => ({ promisedDay: day, ...carried(day) }));
  const ofSku = <Entry>(entry: (row: Candidate, sku: number) => Entry): Entry[][] =>
    demand.map((_, sku) => rows.map((row) => entry(row, sku)));
  const candidates: SourcingCandidates = {
    locationId: rows.map(({ location }) => location.locationId),
    kilometres,
    parcelCost: rows.map(({ location }, at) => {
      const { perParcel } = location.profile.costs ?? costs;
      const isByTariff = (main.tariff[at] ?? null) !== null;
      return isByTariff ? perParcel : perParcel + Math.round((kilometres[at] ?? 0) * costs.perKilometre);
    }),
    unitCost: rows.map(({ location }) => (location.profile.costs ?? costs).perUnit),
    available: ofSku(({ location, index }, sku) =>
      isExcluded(excludedAt, location.locationId, demand[sku]?.sku) ? 0 : (network.available[sku]?.[index] ?? 0),
    ),
    dispatchDay: rows.map(({ dispatch }) => dispatch.dayNumber - today),
    deliveryDay: main.deliveryDay,
    ...(tariffs.length > 0 && { tariff: main.tariff, tariffs }),
    ...(tariffs.length > 0 && byPromise.length > 0 && { byPromise }),
    ...(rows.some(isLimited) && { capacityLeft: rows.map(capacityLeft) }),
    ...(needs.load && { load: rows.map(loadOf) }),
    ...(needs.kind && { kind: rows.map(({ location }) => location.profile.kind) }),
    ...(needs.groups && { groups: rows.map(({ location }) => location.profile.groups ?? []) }),
    ...(needs.priority && { priority: rows.map(({ location }) => location.profile.priority ?? null) }),
    ...(needs.weeklyDemand && { weeklyDemand: ofSku(({ index }, sku) => network.weeklyDemand?.[sku]?.[index] ?? 0) }),
    ...(needs.refusals && {
      refusedHoursAgo: ofSku(({ index }, sku) => hoursSince(network.refusedAt?.[sku]?.[index] ?? 0, now)),
    }),
  };
  return { candidates, ruledOut };
};

const rowsOf = (
  { demand, now }: AssessmentRequest,
  excludedAt: ExcludedSkus,
  network: Network,
  { calendar }: SourcingRules,
): { readonly rows: readonly Candidate[] } & Pick<Assessment, 'ruledOut'> => {
  const rows: Candidate[] = [];
  const ruledOut: Assessment['ruledOut'][number][] = [];
  const order = preferred(network.locations);
  // A plain loop: it runs for every location of every order.
  for (let at = 0; at < network.locations.length; at++) {
    const index = order?.[at] ?? at;
    const location = network.locations[index];
    if (location === undefined || !holdsAny(network.available, index)) continue;
    const { locationId, profile } = location;
    const dispatch = calendar.dispatchOf(profile, now);
    const reason = unfit(location, dispatch, index, demand, network, excludedAt);
    if (reason !== null || dispatch === null) {
      ruledOut.push({ locationId, reason: reason ?? 'never-open' });
      continue;
    }
    rows.push({ index, location, dispatch });
  }
  return { rows, ruledOut };
};

/** To a tenth; where nobody knows where to, all are equally near. */
const kilometresBetween = ({ profile }: NetworkLocation, place: Coordinates | null): number =>
  place === null ? 0 : Math.round(distanceInKilometres(profile.address, place) * 10) / 10;

type Carrying = {
  /** By row; none where there are no rate cards. */
  readonly ways: readonly (Ways | null)[];
  readonly kilometres: readonly number[];
  readonly today: number;
  readonly promisedDay: number | null;
  readonly costs: Costs;
  /** Those met so far; new ones are added. */
  readonly tariffs: (readonly ParcelPrice[])[];
};

/** When parcels arrive from each, and by which tariff they are paid, where they are to keep a promised day. */
const carry = (
  rows: readonly Candidate[],
  { ways, kilometres, today, promisedDay, costs, tariffs }: Carrying,
): Carried => {
  const carriages = rows.map(({ dispatch }, at) => carriageOf(ways[at] ?? null, today, dispatch, promisedDay));
  const indexOf = (tariff: readonly ParcelPrice[]): number => {
    const known = tariffs.indexOf(tariff);
    return known < 0 ? tariffs.push(tariff) - 1 : known;
  };
  return {
    tariff: carriages.map((carriage) => (carriage === null ? null : indexOf(carriage.tariff))),
    deliveryDay: rows.map(({ dispatch }, at) => {
      const carriage = carriages[at] ?? null;
      if (carriage !== null) return latestDelivery(dispatch.dayNumber, carriage.services) - today;
      const transit = Math.max(1, Math.ceil((kilometres[at] ?? 0) / costs.kilometresPerDay));
      return deliveryDayNumber(dispatch.dayNumber, transit) - today;
    }),
  };
};

const isLimited = ({ location }: Candidate): boolean => location.profile.capacity?.fulfilmentsPerDay !== undefined;

const usedOn = ({ location, dispatch }: Candidate): number => location.load?.get(dispatch.day) ?? 0;

const capacityLeft = (row: Candidate): number | null => {
  const most = row.location.profile.capacity?.fulfilmentsPerDay;
  return most === undefined ? null : Math.max(0, most - usedOn(row));
};

const loadOf = (row: Candidate): number => {
  const most = row.location.profile.capacity?.fulfilmentsPerDay;
  if (most === undefined) return 0;
  return most === 0 ? 100 : Math.round((100 * usedOn(row)) / most);
};

const hoursSince = (moment: number, now: number): number | null =>
  moment === 0 ? null : Math.floor((now - moment) / HOUR);

export const placeOf = ({ latitude, longitude }: Destination): Coordinates | null =>
  latitude === null || longitude === null ? null : { latitude, longitude };

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

const unfit = (
  location: NetworkLocation,
  dispatch: Dispatch | null,
  index: number,
  demand: readonly WantedSku[],
  { available }: Network,
  excludedAt: ExcludedSkus,
): string | null => {
  if (location.suspended) return 'suspended';
  if (!location.profile.capabilities.includes('ship')) return 'cannot-ship';
  if (dispatch === null) return 'never-open';
  if (!excludedAt.has(location.locationId)) return null;
  const isOpen = demand.some(
    ({ sku }, line) => (available[line]?.[index] ?? 0) > 0 && !isExcluded(excludedAt, location.locationId, sku),
  );
  return isOpen ? null : 'refused-before';
};
