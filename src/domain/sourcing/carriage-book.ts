import type { RateBand, RateCard } from '../rate-card.ts';
import { type Carriage, envelopeOf, fitsEnds, fitsFilter, type Service, serviceOf, type Towards } from './carriage.ts';
import type { NetworkLocation } from './network.ts';

/** The services of a way, with what they cost together. */
export type Ways = {
  readonly services: readonly Service[];
  readonly carriage: Carriage;
  /** With only the services that are allowed: null when none is. */
  readonly within: (allows: (service: Service) => boolean) => Carriage | null;
};

/** From a location to one destination, so many kilometres. Null: no card covers the way. */
export type WaysTo = (location: Located, kilometres: number) => Ways | null;

export type CarriageBook = { readonly to: (destination: Towards, rateCards: readonly RateCard[]) => WaysTo };

type Located = Pick<NetworkLocation, 'locationId' | 'profile'>;

/** The ways of one length class: up to so many kilometres, and longer than the class before. */
type LengthClass = { readonly upTo: number; readonly ways: Ways | null };

type CardBand = { readonly card: RateCard; readonly band: RateBand };

const limitOf = ({ upToKilometres }: RateBand): number => upToKilometres ?? Number.POSITIVE_INFINITY;

const MOST_SUBSETS = 30;
const MOST_AREAS = 20_000;

const waysBy = (services: readonly Service[]): Ways | null => {
  const carriage = envelopeOf(services);
  if (carriage === null) return null;
  const subsets = new Map<number, Carriage | null>();
  const within: Ways['within'] = (allows) => {
    if (services.length > MOST_SUBSETS) return envelopeOf(services, allows);
    let subset = 0;
    for (let index = 0; index < services.length; index++) {
      const service = services[index];
      if (service !== undefined && allows(service)) subset |= 1 << index;
    }
    const known = subsets.get(subset);
    if (known !== undefined) return known;
    const found = envelopeOf(services.filter((_, index) => ((subset >> index) & 1) === 1));
    subsets.set(subset, found);
    return found;
  };
  return { services, carriage, within };
};

/** What bands offer by length: their limits are where the answer changes. The first band of a card counts. */
const lengthClasses = (bands: readonly CardBand[]): LengthClass[] => {
  const limits = bands.map(({ band }) => limitOf(band));
  return [...new Set([...limits, Number.POSITIVE_INFINITY])]
    .sort((a, b) => a - b)
    .map((upTo) => {
      const reaching = bands.filter(({ band }) => upTo <= limitOf(band));
      const first = reaching.filter(({ card }, index) => reaching[index - 1]?.card !== card);
      return { upTo, ways: waysBy(first.map(({ card, band }) => serviceOf(card, band))) };
    });
};

/** Locations in one country that may use the same cards: whatever goes for one of them goes for all. */
type Origin = {
  readonly bands: readonly CardBand[];
  readonly country: string;
  readonly toArea: Map<string, LengthClass[]>;
  /** Areas to which the same bands go share their classes: there are thousands of areas and a few zones. */
  readonly byBands: Map<string, LengthClass[]>;
};

const createPages = (rateCards: readonly RateCard[]) => {
  const origins = new Map<string, Origin>();
  const originOf = new Map<string, { readonly profile: Located['profile']; readonly origin: Origin }>();

  const findOrigin = (location: Located): Origin => {
    const cards = rateCards.filter(({ at }) => fitsFilter(at, location));
    const { country } = location.profile.address;
    const key = `${country} ${rateCards.map((card) => (cards.includes(card) ? 1 : 0)).join('')}`;
    const origin = origins.get(key) ?? {
      country,
      bands: cards.flatMap((card) => card.bands.map((band) => ({ card, band }))),
      toArea: new Map(),
      byBands: new Map(),
    };
    origins.set(key, origin);
    originOf.set(location.locationId, { profile: location.profile, origin });
    return origin;
  };

  const classesOf = (origin: Origin, area: string, destination: Towards): LengthClass[] => {
    const known = origin.toArea.get(area);
    if (known !== undefined) return known;
    if (origin.toArea.size >= MOST_AREAS) origin.toArea.clear();
    const fitting = origin.bands.map(({ band }) => fitsEnds(band, origin.country, destination));
    const zone = fitting.map(Number).join('');
    const found = origin.byBands.get(zone) ?? lengthClasses(origin.bands.filter((_, index) => fitting[index]));
    origin.byBands.set(zone, found);
    origin.toArea.set(area, found);
    return found;
  };

  return (destination: Towards): WaysTo => {
    const area = `${destination.country} ${destination.postcodeArea ?? ''}`;
    return (location, kilometres) => {
      const known = originOf.get(location.locationId);
      const origin = known?.profile === location.profile ? known.origin : findOrigin(location);
      for (const { upTo, ways } of classesOf(origin, area, destination)) if (kilometres <= upTo) return ways;
      return null;
    };
  };
};

/**
 * The carriage of every way, worked out once: what `servicesOf` and `envelopeOf` say, remembered for as long as the rate cards
 * are the same array.
 */
export const createCarriageBook = (): CarriageBook => {
  const pages = new WeakMap<readonly RateCard[], ReturnType<typeof createPages>>();
  return {
    to: (destination, rateCards) => {
      const known = pages.get(rateCards) ?? createPages(rateCards);
      pages.set(rateCards, known);
      return known(destination);
    },
  };
};
