import { describe, expect, it } from 'vitest';
import { createDirectory, type Directory } from '../../src/application/directory.ts';
import type { RateCard } from '../../src/domain/rate-card.ts';
import { asRecorded, type Happening } from '../support/history.ts';
import { activated, hour, published } from '../support/policies.ts';

const directoryOf = (...happenings: readonly Happening[]): Directory => {
  const directory = createDirectory();
  for (const event of asRecorded(happenings)) directory.apply(event);
  return directory;
};

const card = (rateCardId: string, price = 400): RateCard => ({
  rateCardId,
  carrier: 'Example Parcel',
  service: 'Next day',
  bands: [{ transitDays: 1, prices: [{ upTo: 1_000, price }] }],
});
const introduced = (rateCardId: string): Happening => [
  `rateCard-${rateCardId}`,
  { type: 'RateCardIntroduced', data: card(rateCardId) },
];
const book = 'sourcingPolicy-main';

describe('the directory of items', () => {
  it('knows weight and groups of each, as last defined, and no name', () => {
    const directory = directoryOf(
      ['item-a', { type: 'ItemIntroduced', data: { sku: 'a', name: 'Teapot', weight: 780, groups: ['fragile'] } }],
      ['item-b', { type: 'ItemIntroduced', data: { sku: 'b', weight: 780, groups: ['fragile'] } }],
      ['item-c', { type: 'ItemIntroduced', data: { sku: 'c', weight: 780 } }],
      ['item-b', { type: 'ItemChanged', data: { sku: 'b' } }],
    );
    directory.restoreItem({ sku: 'd', name: 'Kettle', groups: ['large', 'fragile'] });
    expect(['a', 'b', 'c', 'd', 'e'].map(directory.item)).toEqual([
      { sku: 'a', weight: 780, groups: ['fragile'] },
      { sku: 'b' },
      { sku: 'c', weight: 780 },
      { sku: 'd', groups: ['large', 'fragile'] },
      undefined,
    ]);
  });
});

describe('the directory of rate cards', () => {
  it('lists them by id, without those withdrawn', () => {
    const directory = directoryOf(introduced('b'), introduced('c'), introduced('a'), [
      'rateCard-c',
      { type: 'RateCardWithdrawn', data: { rateCardId: 'c' } },
    ]);
    expect(directory.rateCards()).toEqual([card('a'), card('b')]);
  });

  it('is the same list until one of them changes', () => {
    const directory = directoryOf(introduced('a'));
    const before = directory.rateCards();
    directory.apply(asRecorded([['item-x', { type: 'ItemIntroduced', data: { sku: 'x' } }]])[0] ?? expect.fail());
    expect(directory.rateCards()).toBe(before);
    directory.restoreRateCard(card('a', 390));
    expect(directory.rateCards()).not.toBe(before);
    expect(directory.rateCards()).toEqual([card('a', 390)]);
    expect(before).toEqual([card('a')]);
  });
});

describe('the directory of policies', () => {
  const history = asRecorded([
    [book, published(1)],
    [book, activated(1, hour(9))],
    [book, published(2)],
  ]);

  it('is the book as the log has it, also when events come again', () => {
    const directory = createDirectory();
    for (const event of [...history, ...history]) directory.apply(event);
    expect(directory.policies().published.map(({ version }) => version)).toEqual([1, 2]);
    expect(directory.policies().activations).toHaveLength(1);
  });

  it('stays as it was when one of its events is missing', () => {
    const directory = createDirectory();
    for (const event of history.slice(1)) directory.apply(event);
    expect(directory.policies()).toEqual({ published: [], activations: [] });
  });
});
