import { describe, it } from 'vitest';
import {
  type RateCard,
  type RateCardCommand,
  type RateCardEvent,
  rateCardDecider,
} from '../../src/domain/rate-card.ts';
import { spec } from '../support/spec.ts';

const rateCard = spec(rateCardDecider);
const nextDay: RateCard = {
  rateCardId: 'next-day',
  carrier: 'Example Parcel',
  service: 'Next day',
  bands: [{ transitDays: 1, prices: [{ upTo: 1_000, price: 400 }] }],
};
const cheaper: RateCard = { ...nextDay, bands: [{ transitDays: 1, prices: [{ upTo: 1_000, price: 390 }] }] };
const define = (data: RateCard): RateCardCommand => ({ type: 'DefineRateCard', data });
const introduced: RateCardEvent = { type: 'RateCardIntroduced', data: nextDay };
const withdraw: RateCardCommand = { type: 'WithdrawRateCard', data: { rateCardId: 'next-day' } };
const withdrawn: RateCardEvent = { type: 'RateCardWithdrawn', data: { rateCardId: 'next-day' } };

describe('a rate card', () => {
  it('is introduced once', () => {
    rateCard.when(define(nextDay)).yields(introduced);
    rateCard.given(introduced).when(define(nextDay)).changesNothing();
  });

  it('is changed by another price, once', () => {
    rateCard.given(introduced).when(define(cheaper)).yields({ type: 'RateCardChanged', data: cheaper });
    rateCard.given(introduced, { type: 'RateCardChanged', data: cheaper }).when(define(cheaper)).changesNothing();
  });

  it('is withdrawn once, and can be introduced again', () => {
    rateCard.given(introduced).when(withdraw).yields(withdrawn);
    rateCard.given(introduced, withdrawn).when(withdraw).changesNothing();
    rateCard.given(introduced, withdrawn).when(define(nextDay)).yields(introduced);
  });

  it('is not withdrawn where there never was one', () => {
    rateCard.when(withdraw).refuses('rate-card-unknown');
  });
});
