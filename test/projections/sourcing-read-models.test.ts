import { describe, expect, it } from 'vitest';
import type { RateCard } from '../../src/domain/rate-card.ts';
import { items } from '../../src/projections/items.ts';
import { policyDrafts } from '../../src/projections/policy-drafts.ts';
import { rateCards } from '../../src/projections/rate-cards.ts';
import { bodiesOf } from '../support/fold-documents.ts';
import { asRecorded, type Happening, instant } from '../support/history.ts';
import { examplePolicy } from '../support/policies.ts';

const card = (rateCardId: string, service: string): RateCard => ({
  rateCardId,
  carrier: 'Example Parcel',
  service,
  bands: [{ transitDays: 1, prices: [{ upTo: 1_000, price: 400 }] }],
});

const history: readonly Happening[] = [
  ['item-teapot', { type: 'ItemIntroduced', data: { sku: 'teapot', name: 'Teapot', weight: 780 } }],
  ['rateCard-economy', { type: 'RateCardIntroduced', data: card('economy', 'Economy') }],
  ['policyDraft-summer', { type: 'PolicyDrafted', data: { name: 'summer', policy: examplePolicy('Summer') } }],
  ['item-kettle', { type: 'ItemIntroduced', data: { sku: 'kettle' } }],
  ['item-teapot', { type: 'ItemChanged', data: { sku: 'teapot', groups: ['fragile'] } }],
  ['rateCard-next-day', { type: 'RateCardIntroduced', data: card('next-day', 'Next day') }],
  ['rateCard-economy', { type: 'RateCardWithdrawn', data: { rateCardId: 'economy' } }],
  ['rateCard-next-day', { type: 'RateCardChanged', data: card('next-day', 'Tomorrow') }],
  ['policyDraft-winter', { type: 'PolicyDrafted', data: { name: 'winter', policy: examplePolicy('Winter') } }],
  ['policyDraft-summer', { type: 'PolicyDrafted', data: { name: 'summer', policy: examplePolicy('High summer') } }],
  ['policyDraft-winter', { type: 'PolicyDraftDeleted', data: { name: 'winter' } }],
];

describe('the read model', () => {
  it('of items holds each as last defined', () => {
    expect(bodiesOf(items, asRecorded(history))).toEqual({
      teapot: { sku: 'teapot', groups: ['fragile'] },
      kettle: { sku: 'kettle' },
    });
  });

  it('of rate cards holds those in use, as last defined', () => {
    expect(bodiesOf(rateCards, asRecorded(history))).toEqual({ 'next-day': card('next-day', 'Tomorrow') });
  });

  it('of drafts holds those not deleted, with who saved them last, and when', () => {
    expect(bodiesOf(policyDrafts, asRecorded(history))).toEqual({
      summer: { name: 'summer', policy: examplePolicy('High summer'), savedAt: instant(10), savedBy: 'tester' },
    });
  });
});
