import type { Area, LocationFilter } from './sourcing/policy.ts';
import type { MinorUnits } from './values.ts';

/** The heaviest parcel of a step in grams, and its price. */
export type WeightStep = { readonly upTo: number; readonly price: MinorUnits };

/** Where a service goes at one price list. All that is stated must fit. */
export type RateBand = {
  readonly to?: readonly Area[];
  readonly fromCountries?: readonly string[];
  readonly upToKilometres?: number;
  /** Days on which the carrier delivers, between dispatch and delivery: 1 is the next one. */
  readonly transitDays: number;
  readonly prices: readonly WeightStep[];
};

/** A carrier's service. The first band that fits the way applies; where none does, the service does not go there. */
export type RateCard = {
  readonly rateCardId: string;
  readonly carrier: string;
  readonly service: string;
  /** Absent: every location may use it. */
  readonly at?: LocationFilter;
  readonly bands: readonly RateBand[];
  /** ISO weekdays on which it delivers; Monday to Saturday when absent. */
  readonly deliveryWeekdays?: readonly number[];
};
