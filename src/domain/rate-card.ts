import { canonicalJson } from './canonical-json.ts';
import type { Decider } from './decider.ts';
import { DomainError } from './error.ts';
import type { Area, LocationFilter } from './sourcing/policy.ts';
import type { MinorUnits } from './values.ts';

export const rateCardStream = (rateCardId: string): string => `rateCard-${rateCardId}`;

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

// Stored format: names and fields are permanent.
export type RateCardEvent =
  | { readonly type: 'RateCardIntroduced'; readonly data: RateCard }
  | { readonly type: 'RateCardChanged'; readonly data: RateCard }
  | { readonly type: 'RateCardWithdrawn'; readonly data: { readonly rateCardId: string } };

/** Null: there is none, or it was withdrawn. */
export type KnownRateCard = { readonly isKnown: boolean; readonly rateCard: RateCard | null };

export type RateCardCommand =
  | { readonly type: 'DefineRateCard'; readonly data: RateCard }
  | { readonly type: 'WithdrawRateCard'; readonly data: { readonly rateCardId: string } };

const decide = (command: RateCardCommand, { isKnown, rateCard }: KnownRateCard): readonly RateCardEvent[] => {
  switch (command.type) {
    case 'DefineRateCard':
      if (rateCard === null) return [{ type: 'RateCardIntroduced', data: command.data }];
      return canonicalJson(rateCard) === canonicalJson(command.data)
        ? []
        : [{ type: 'RateCardChanged', data: command.data }];
    case 'WithdrawRateCard':
      if (!isKnown) throw new DomainError('rate-card-unknown', `There is no rate card ${command.data.rateCardId}.`);
      return rateCard === null ? [] : [{ type: 'RateCardWithdrawn', data: command.data }];
  }
};

export const rateCardDecider: Decider<KnownRateCard, RateCardCommand, RateCardEvent> = {
  initialState: () => ({ isKnown: false, rateCard: null }),
  evolve: (_state, event) => ({ isKnown: true, rateCard: event.type === 'RateCardWithdrawn' ? null : event.data }),
  decide,
};
