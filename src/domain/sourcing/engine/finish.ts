import { tighten } from './column-prices.ts';
import { columnsWithin } from './columns.ts';
import { combine } from './labels.ts';
import { limitOf, type Search } from './search.ts';

/** Columns listed at once, times lines. */
const MOST_CELLS = 60_000;
const MOST_STEPS = 1_000_000;
/** What a step of listing shipments counts, and a step of combining them: each, and by line. */
const LISTING_STEPS = 5;
const COMBINING_STEPS = 0.5;
const LABEL_STEPS = 20;

/**
 * Looks for a plan of this subtree that costs `limit` at most by listing every shipment that it may use; false if there are too many of
 * them. If there is such a plan, the cheapest is the incumbent then.
 */
export const finishWithin = (search: Search, limit: number): boolean => {
  const { relaxation, instance, incumbent, budget } = search;
  const listing = columnsWithin(relaxation, limit, MOST_CELLS / instance.lines);
  budget.steps += LISTING_STEPS * listing.steps;
  if (listing.columns === undefined) return false;
  const columns = tighten(relaxation, listing.columns, limit, budget);
  if (columns === undefined) return true;
  const { best, complete, steps } = combine(instance, columns, limit, MOST_STEPS / instance.lines);
  budget.steps += (LABEL_STEPS + COMBINING_STEPS * instance.lines) * steps;
  if (best !== undefined && best.cost < incumbent.cost) Object.assign(incumbent, best);
  return complete;
};

/**
 * Raises the bound by showing that no plan lies in the gap's lower part, as large a part as can be listed: a gap too wide to be searched as
 * a whole may be searched up to the best plan. Above the limit, the subtree is done.
 */
export const lift = (search: Search, bound: number): number => {
  let lifted = bound;
  for (;;) {
    const top = limitOf(search);
    const limit = Math.min(top, search.relaxation.bound + search.manageable);
    if (limit <= lifted) return lifted;
    if (!finishWithin(search, limit)) {
      search.manageable = 0.5 * (limit - search.relaxation.bound);
      return lifted;
    }
    if (limit >= limitOf(search)) return Number.POSITIVE_INFINITY;
    lifted = limit;
    search.manageable = 1.5 * (limit - search.relaxation.bound);
  }
};
