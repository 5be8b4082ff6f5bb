import type { PricedCuts } from './cut-prices.ts';
import { OPEN } from './relaxation.ts';
import type { Search } from './search.ts';

/** A subtree not searched yet: what has been decided, its bound, and the prices to go on from. */
export type Subtree = {
  readonly bound: number;
  readonly prices: Float64Array;
  readonly status: Uint8Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly leastPostage: Float64Array;
  readonly mostGrams: Float64Array;
  readonly fewestLocations: number;
  readonly mostLocations: number;
  readonly rows: PricedCuts;
};

export const subtreeOf = ({ relaxation, rows }: Search, bound: number): Subtree => ({
  bound,
  prices: relaxation.prices.slice(),
  status: relaxation.status.slice(),
  least: relaxation.limits.least.slice(),
  most: relaxation.limits.most.slice(),
  leastPostage: relaxation.limits.leastPostage.slice(),
  mostGrams: relaxation.limits.mostGrams.slice(),
  fewestLocations: relaxation.fewest,
  mostLocations: relaxation.most,
  rows,
});

/** Goes on from there, whatever has been decided since. */
export const enter = (search: Search, subtree: Subtree): void => {
  const { relaxation } = search;
  relaxation.prices.set(subtree.prices);
  search.rows = subtree.rows;
  relaxation.status.set(subtree.status);
  relaxation.limits.least.set(subtree.least);
  relaxation.limits.most.set(subtree.most);
  relaxation.limits.leastPostage.set(subtree.leastPostage);
  relaxation.limits.mostGrams.set(subtree.mostGrams);
  relaxation.fewest = subtree.fewestLocations;
  relaxation.most = subtree.mostLocations;
  search.trailLength = 0;
  search.opened = subtree.status.reduce((count, status) => count + (status === OPEN ? 1 : 0), 0);
};
