import { canonicalJson } from './canonical-json.ts';
import type { Decider } from './decider.ts';

export const itemStream = (sku: string): string => `item-${sku}`;

/** What sourcing may know of a SKU. */
export type Item = {
  readonly sku: string;
  readonly name?: string;
  /** Grams. */
  readonly weight?: number;
  readonly groups?: readonly string[];
};

// Stored format: names and fields are permanent.
export type ItemEvent =
  | { readonly type: 'ItemIntroduced'; readonly data: Item }
  | { readonly type: 'ItemChanged'; readonly data: Item };

export type KnownItem = { readonly item: Item | null };

export type ItemCommand = { readonly type: 'DefineItem'; readonly data: Item };

const decide = ({ data }: ItemCommand, { item }: KnownItem): readonly ItemEvent[] => {
  if (item === null) return [{ type: 'ItemIntroduced', data }];
  return canonicalJson(item) === canonicalJson(data) ? [] : [{ type: 'ItemChanged', data }];
};

export const itemDecider: Decider<KnownItem, ItemCommand, ItemEvent> = {
  initialState: () => ({ item: null }),
  evolve: (_state, { data }) => ({ item: data }),
  decide,
};
