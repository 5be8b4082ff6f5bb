import type { Destination } from '../order/order.ts';
import type { RateBand, RateCard } from '../rate-card.ts';
import type { NetworkLocation } from './network.ts';
import type { Area, LocationFilter } from './policy.ts';
import type { ParcelPrice } from './problem.ts';

export type Service = {
  readonly rateCardId: string;
  readonly carrier: string;
  readonly service: string;
  readonly transitDays: number;
  readonly deliveryWeekdays?: readonly number[];
  readonly prices: readonly ParcelPrice[];
};

/** What a way costs by weight, and how long it takes. */
export type Carriage = {
  /** Parcels worth using, of whichever service; lighter and cheaper ones first. */
  readonly tariff: readonly ParcelPrice[];
  /** The services that these parcels go by. */
  readonly services: readonly Service[];
  /** Of the slowest of them. */
  readonly transitDays: number;
};

type Located = Pick<NetworkLocation, 'locationId' | 'profile'>;
export type Towards = Pick<Destination, 'country' | 'postcodeArea'>;
export type Way = { readonly location: Located; readonly destination: Towards; readonly kilometres: number };

export const fitsArea = ({ country, postcodeAreas }: Area, destination: Towards): boolean => {
  if (country !== destination.country) return false;
  const { postcodeArea } = destination;
  return (
    postcodeAreas === undefined || (postcodeArea !== null && postcodeAreas.some((one) => postcodeArea.startsWith(one)))
  );
};

export const fitsFilter = (filter: LocationFilter | undefined, { locationId, profile }: Located): boolean =>
  filter === undefined ||
  ((filter.locations?.includes(locationId) ?? true) &&
    (filter.kinds?.includes(profile.kind) ?? true) &&
    (filter.groups?.some((group) => profile.groups?.includes(group) === true) ?? true));

/** Whether a band covers a way, its length aside. */
export const fitsEnds = ({ to, fromCountries }: RateBand, fromCountry: string, destination: Towards): boolean =>
  (fromCountries?.includes(fromCountry) ?? true) && (to?.some((area) => fitsArea(area, destination)) ?? true);

export const serviceOf = (card: RateCard, { transitDays, prices }: RateBand): Service => ({
  rateCardId: card.rateCardId,
  carrier: card.carrier,
  service: card.service,
  transitDays,
  ...(card.deliveryWeekdays === undefined ? {} : { deliveryWeekdays: card.deliveryWeekdays }),
  prices,
});

/** Every card that the location may use and of which a band covers the way is a service; the first such band counts. */
export const servicesOf = ({ location, destination, kilometres }: Way, rateCards: readonly RateCard[]): Service[] =>
  rateCards.flatMap((card) => {
    if (!fitsFilter(card.at, location)) return [];
    const band = card.bands.find(
      (one) =>
        kilometres <= (one.upToKilometres ?? Number.POSITIVE_INFINITY) &&
        fitsEnds(one, location.profile.address.country, destination),
    );
    return band === undefined ? [] : [serviceOf(card, band)];
  });

/**
 * What sending costs where any of these services may be used, parcel by parcel: a shipment is the cheapest set of parcels
 * whose limits add up to its weight, so the union of the services' steps says it all, less the steps that another one of
 * no lower limit undercuts. Of equal steps the faster service's stays, then the earlier one's. Null: no service.
 */
export const envelopeOf = (
  services: readonly Service[],
  allows: (service: Service) => boolean = () => true,
): Carriage | null => {
  const steps = services
    .filter(allows)
    .flatMap((service) => service.prices.map((step) => ({ ...step, service })))
    .sort((a, b) => a.price - b.price || b.upTo - a.upTo || a.service.transitDays - b.service.transitDays);
  let heaviest = 0;
  const kept = steps.filter(({ upTo }) => {
    if (upTo <= heaviest) return false;
    heaviest = upTo;
    return true;
  });
  if (kept.length === 0) return null;
  const used = services.filter((service) => kept.some((step) => step.service === service));
  return {
    tariff: kept.map(({ upTo, price }) => ({ upTo, price })),
    services: used,
    transitDays: Math.max(...used.map(({ transitDays }) => transitDays)),
  };
};

/** Null where no card covers the way, or none that is allowed. */
export const carriageOf = (
  way: Way,
  rateCards: readonly RateCard[],
  allows?: (service: Service) => boolean,
): Carriage | null => envelopeOf(servicesOf(way, rateCards), allows);
