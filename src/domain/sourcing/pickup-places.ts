import type { Destination } from '../order/order.ts';
import { postcodeArea } from '../places.ts';
import type { RateCard } from '../rate-card.ts';
import type { LocationProfile } from '../stock-location/stock-location.ts';
import { type Coordinates, distanceInKilometres } from '../values.ts';
import type { Network, NetworkLocation } from './network.ts';
import type { SourcingRules } from './source.ts';

/** A location where customers collect; `index` is its place in the network. */
export type PlaceNearby = {
  readonly index: number;
  readonly location: NetworkLocation;
  readonly kilometres: number;
};

/** Nearest first, by id where equally near. */
export const nearestPlaces = (
  locations: readonly NetworkLocation[],
  capability: 'pickup' | 'shipToStore',
  { from, withinKilometres }: { readonly from: Coordinates; readonly withinKilometres: number },
): readonly PlaceNearby[] =>
  locations
    .flatMap((location, index): PlaceNearby[] => {
      const { address, capabilities } = location.profile;
      if (location.suspended || !capabilities.includes(capability)) return [];
      const kilometres = Math.round(distanceInKilometres(address, from) * 10) / 10;
      return kilometres > withinKilometres ? [] : [{ index, location, kilometres }];
    })
    .sort((a, b) => a.kilometres - b.kilometres || (a.location.locationId < b.location.locationId ? -1 : 1));

/** The location as the destination of a shipment. */
export const shipsTo = ({ profile: { address } }: NetworkLocation): Destination => ({
  country: address.country,
  postcodeArea: postcodeArea(address.country, address.postcode),
  latitude: address.latitude,
  longitude: address.longitude,
});

/** What a customer does who collects: carry any weight, at once and for nothing. */
const collection: readonly RateCard[] = [
  {
    rateCardId: 'collection',
    carrier: 'customer',
    service: 'collection',
    deliveryWeekdays: [1, 2, 3, 4, 5, 6, 7],
    bands: [{ transitDays: 0, prices: [{ upTo: Number.MAX_SAFE_INTEGER, price: 0 }] }],
  },
];

/** The profiles of places that hand over what they hold, as the engine wants those that ship. */
const handingOver = new WeakMap<LocationProfile, LocationProfile>();

/** The network as it is for somebody who collects at one place: nothing but that place, at no distance. */
export const onlyAt = (network: Network, index: number, rules: SourcingRules): [Network, SourcingRules] => {
  const column = (matrix: readonly (readonly number[])[]): number[][] => matrix.map((row) => [row[index] ?? 0]);
  const { locations, available, weeklyDemand, refusedAt } = network;
  return [
    {
      logPosition: network.logPosition,
      locations: locations
        .slice(index, index + 1)
        .map((location) => ({ ...location, profile: shipping(location.profile) })),
      available: column(available),
      ...(weeklyDemand === undefined ? {} : { weeklyDemand: column(weeklyDemand) }),
      ...(refusedAt === undefined ? {} : { refusedAt: column(refusedAt) }),
    },
    { ...rules, rateCards: collection },
  ];
};

const shipping = (profile: LocationProfile): LocationProfile => {
  if (profile.capabilities.includes('ship')) return profile;
  const known = handingOver.get(profile) ?? { ...profile, capabilities: [...profile.capabilities, 'ship' as const] };
  handingOver.set(profile, known);
  return known;
};
