import type { Item } from '../domain/item.ts';

type Facts = Pick<Item, 'weight' | 'groups'>;

/** Items in memory, by SKU, without their names: sourcing asks for weight and groups of a million of them. */
export type ItemFacts = {
  readonly set: (item: Item) => void;
  readonly get: (sku: string) => Item | undefined;
  /** Whether any item is, or was, in this group. */
  readonly knowsGroup: (group: string) => boolean;
};

/** Catalogues hold few combinations of weight and groups against many SKUs: those that are equal are kept once. */
export const createItemFacts = (): ItemFacts => {
  const bySku = new Map<string, Facts>();
  const known = new Map<string, Facts>();

  const shared = ({ weight, groups }: Item): Facts => {
    const key = JSON.stringify([weight, groups]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const facts = { ...(weight === undefined ? {} : { weight }), ...(groups === undefined ? {} : { groups }) };
    known.set(key, facts);
    return facts;
  };

  return {
    set: (item) => void bySku.set(item.sku, shared(item)),
    get: (sku) => {
      const facts = bySku.get(sku);
      return facts === undefined ? undefined : { sku, ...facts };
    },
    knowsGroup: (group) => known.values().some(({ groups }) => groups?.includes(group) === true),
  };
};
