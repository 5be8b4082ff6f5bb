import type { Destination, LineUnits } from '../order/order.ts';
import { type Instant, type MinorUnits, mergeBySku } from '../values.ts';
import { placeOf } from './assess.ts';
import type { CivilDay } from './civil-day.ts';
import { firstOpenDay } from './dispatch.ts';
import type { Network, NetworkLocation } from './network.ts';
import { nearestPlaces, onlyAt, type PlaceNearby, shipsTo } from './pickup-places.ts';
import type { SourcedOrder } from './record.ts';
import { type SourcingDecision, type SourcingRules, source, type WantedLine } from './source.ts';

export const promiseMethods = ['homeDelivery', 'pickup', 'shipToStore'] as const;
export type PromiseMethod = (typeof promiseMethods)[number];

/** A basket that nobody has ordered yet. */
export type PromiseRequest = {
  readonly now: Instant;
  readonly order: Omit<SourcedOrder, 'method'>;
  readonly lines: readonly WantedLine[];
  readonly destination: Destination;
  readonly methods: readonly PromiseMethod[];
  /** How far from the destination places to collect at may be, and how many of the nearest are named. */
  readonly withinKilometres: number;
  readonly mostPlaces: number;
};

export type PromisedFulfilment = {
  readonly locationId: string;
  readonly lines: readonly LineUnits[];
  readonly dispatchDay: CivilDay;
  readonly deliveryDay: CivilDay;
  readonly cost: MinorUnits;
};

/** One way to serve the basket. */
export type PromiseOption = {
  readonly method: PromiseMethod;
  /** Where the customer collects it, and how far from the destination that is. */
  readonly locationId?: string;
  readonly distance?: number;
  readonly fulfilments: readonly PromisedFulfilment[];
  /** When all of it is delivered, or ready to be collected. */
  readonly readyOrDeliveryDay: CivilDay;
  readonly cost: MinorUnits;
  readonly split: boolean;
  readonly complete: boolean;
  readonly unfilled: readonly LineUnits[];
  /** Not after the day that the customer asked for, if any. */
  readonly inTime: boolean;
  /** Ordered after this, some of it leaves later. */
  readonly validUntil: Instant;
};

type Planned = Extract<SourcingDecision, { outcome: 'planned' }>;

/** Counted work for the searches to all stores together: some 30 ms at most, in which nobody else is answered. */
const WORK_FOR_STORES = 5_000_000;

/**
 * The ways to serve a basket, by the engine and the rules that would source its order: delivered; collected where all of it
 * is; sent to a store and collected there. It promises what holds now and reserves nothing.
 */
export const promise = (request: PromiseRequest, network: Network, rules: SourcingRules): readonly PromiseOption[] =>
  request.methods.flatMap((method) => {
    switch (method) {
      case 'homeDelivery':
        return homeDelivery(request, network, rules);
      case 'pickup':
        return pickup(request, network, rules);
      case 'shipToStore':
        return shipToStore(request, network, rules);
      default:
        return method satisfies never;
    }
  });

const homeDelivery: typeof promise = (request, network, rules) => {
  const plan = planFor('homeDelivery', request.destination, request, network, rules);
  return plan === null
    ? []
    : optionOf({ method: 'homeDelivery', plan, readyOn: (day) => day }, request, network, rules);
};

const pickup: typeof promise = (request, network, rules) => {
  const wanted = mergeBySku(request.lines);
  const options: PromiseOption[] = [];
  for (const place of placesFor('pickup', request, network)) {
    if (options.length >= request.mostPlaces) break;
    if (!wanted.every(({ quantity }, sku) => (network.available[sku]?.[place.index] ?? 0) >= quantity)) continue;
    const { location } = place;
    const plan = planFor('pickup', shipsTo(location), request, ...onlyAt(network, place.index, rules));
    if (plan === null || plan.unfilled.length > 0) continue;
    options.push(...optionOf({ method: 'pickup', plan, place, readyOn: (day) => day }, request, network, rules));
  }
  return options;
};

const shipToStore: typeof promise = (request, network, rules) => {
  const stores = placesFor('shipToStore', request, network).slice(0, request.mostPlaces);
  const hurried = { ...rules, maxWork: WORK_FOR_STORES / stores.length };
  return stores.flatMap((place) => {
    const plan = planFor('shipToStore', shipsTo(place.location), request, network, hurried);
    const readyOn = (day: CivilDay): CivilDay | null => firstOpenDay(place.location.profile, day);
    return plan === null ? [] : optionOf({ method: 'shipToStore', plan, place, readyOn }, request, network, rules);
  });
};

const placesFor = (
  capability: 'pickup' | 'shipToStore',
  { destination, withinKilometres }: PromiseRequest,
  { locations }: Network,
): readonly PlaceNearby[] => {
  const from = placeOf(destination);
  return from === null ? [] : nearestPlaces(locations, capability, { from, withinKilometres });
};

/** Null: nothing of it can be fulfilled that way. */
const planFor = (
  method: PromiseMethod,
  destination: Destination,
  { now, order, lines }: PromiseRequest,
  network: Network,
  rules: SourcingRules,
): Planned | null => {
  const decision = source({ now, order: { ...order, method }, demand: lines, destination, excluded: [] }, network, {
    ...rules,
    seekRunnerUp: false,
  });
  return decision.outcome === 'planned' && decision.fulfilments.length > 0 ? decision : null;
};

type Way = {
  readonly method: PromiseMethod;
  readonly plan: Planned;
  readonly place?: PlaceNearby;
  /** When what arrives on a day can be collected there; null: never. */
  readonly readyOn: (day: CivilDay) => CivilDay | null;
};

const optionOf = (
  { method, plan, place, readyOn }: Way,
  { now, order }: PromiseRequest,
  network: Network,
  rules: SourcingRules,
): PromiseOption[] => {
  const fulfilments = plan.fulfilments.map(
    ({ locationId, lines, cost, dispatchDay = '', deliveryDay = '' }): PromisedFulfilment => ({
      locationId,
      lines,
      dispatchDay,
      deliveryDay,
      cost,
    }),
  );
  const last = fulfilments.reduce((latest, { deliveryDay }) => (deliveryDay > latest ? deliveryDay : latest), '');
  const day = readyOn(last);
  if (day === null) return [];
  const isUsed = ({ locationId }: NetworkLocation): boolean => fulfilments.some((one) => one.locationId === locationId);
  const validUntil = network.locations
    .filter(isUsed)
    .map(({ profile }) => rules.calendar.dispatchOf(profile, Date.parse(now))?.validUntil ?? Date.parse(now));
  return [
    {
      method,
      ...(place === undefined ? {} : { locationId: place.location.locationId, distance: place.kilometres }),
      fulfilments,
      readyOrDeliveryDay: day,
      cost: fulfilments.reduce((sum, { cost }) => sum + cost, 0),
      split: fulfilments.length > 1,
      complete: plan.unfilled.length === 0,
      unfilled: plan.unfilled,
      inTime: order.deliverBy === null || day <= order.deliverBy,
      validUntil: new Date(Math.min(...validUntil)).toISOString(),
    },
  ];
};
