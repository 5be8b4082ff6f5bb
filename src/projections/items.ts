import type { Item } from '../domain/item.ts';
import type { Projection } from './projection.ts';

export const items: Projection<Item> = {
  name: 'items',
  version: 1,
  streamPrefixes: ['item-'],
  indexes: [],
  ids: (event) => (event.type === 'ItemIntroduced' || event.type === 'ItemChanged' ? [event.data.sku] : []),
  evolve: (document, event) =>
    event.type === 'ItemIntroduced' || event.type === 'ItemChanged' ? event.data : document,
};
