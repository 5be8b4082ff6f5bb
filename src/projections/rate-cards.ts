import type { RateCard } from '../domain/rate-card.ts';
import type { Projection } from './projection.ts';

export const rateCards: Projection<RateCard> = {
  name: 'rate-cards',
  version: 1,
  streamPrefixes: ['rateCard-'],
  indexes: [],
  ids: (event) => {
    switch (event.type) {
      case 'RateCardIntroduced':
      case 'RateCardChanged':
      case 'RateCardWithdrawn':
        return [event.data.rateCardId];
      default:
        return [];
    }
  },
  evolve: (document, event) => {
    switch (event.type) {
      case 'RateCardIntroduced':
      case 'RateCardChanged':
        return event.data;
      case 'RateCardWithdrawn':
        return null;
      default:
        return document;
    }
  },
};
