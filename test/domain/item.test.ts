import { describe, it } from 'vitest';
import { type Item, type ItemCommand, itemDecider } from '../../src/domain/item.ts';
import { historyOf, spec } from '../support/spec.ts';

const item = spec(itemDecider);
const teapot: Item = { sku: 'teapot', name: 'Teapot', weight: 780, groups: ['fragile', 'kitchen'] };
const define = (change: Partial<Item> = {}): ItemCommand => ({ type: 'DefineItem', data: { ...teapot, ...change } });

describe('an item', () => {
  const introduced = historyOf(itemDecider, [define()]);

  it('is introduced once', () => {
    item.when(define()).yields({ type: 'ItemIntroduced', data: teapot });
    item
      .given(...introduced)
      .when(define())
      .changesNothing();
  });

  it.each<Partial<Item>>([{ name: 'Pot' }, { weight: 0 }, { groups: ['kitchen', 'fragile'] }, { groups: [] }])(
    'is changed by %j, once',
    (change) => {
      const changed = { type: 'ItemChanged', data: { ...teapot, ...change } } as const;
      item
        .given(...introduced)
        .when(define(change))
        .yields(changed);
      item
        .given(...introduced, changed)
        .when(define(change))
        .changesNothing();
    },
  );

  it('loses what it is defined without', () => {
    const bare: ItemCommand = { type: 'DefineItem', data: { sku: 'teapot' } };
    item
      .given(...introduced)
      .when(bare)
      .yields({ type: 'ItemChanged', data: { sku: 'teapot' } });
  });
});
