import { tighten } from './column-prices.ts';
import { columnsWithin } from './columns.ts';
import { tilt } from './cut-prices.ts';
import { combine } from './labels.ts';
import { limitOf, type Search } from './search.ts';

/** Columns listed at once, times lines: where the gap may soon be smaller, and elsewhere. */
export const FEW_CELLS = 10_000;
export const MOST_CELLS = 60_000;
/** Steps of combining them, times lines and by cell. */
const STEPS_PER_CELL = 16;
/** What a step of listing shipments counts, and a step of combining them: each, and by line. */
const LISTING_STEPS = 15;
const COMBINING_STEPS = 0.5;
const LABEL_STEPS = 20;
/** After a gap was too wide, much smaller ones are tried, then larger ones again: deeper down, there is less to list. */
const SETBACK = 0.7;
const RECOVERY = 1.05;

/**
 * Looks for a plan of this subtree that costs `limit` at most by listing every shipment that it may use; false if there are too many of
 * them. If there is such a plan, the cheapest is the incumbent then.
 */
export const finishWithin = (search: Search, limit: number, mostCells = MOST_CELLS): boolean => {
  const { relaxation, instance, incumbent, budget, rows } = search;
  const most = mostCells / instance.lines;
  const listing = columnsWithin(relaxation, limit, most, rows.cuts.length === 0 ? undefined : tilt(relaxation, rows));
  budget.steps += LISTING_STEPS * listing.steps;
  if (listing.columns === undefined) return false;
  const columns = tighten(relaxation, listing.columns, limit, budget);
  if (columns === undefined) return true;
  const { best, complete, steps } = combine(instance, columns, limit, STEPS_PER_CELL * most);
  budget.steps += (LABEL_STEPS + COMBINING_STEPS * instance.lines) * steps;
  if (best !== undefined && best.cost < incumbent.cost) Object.assign(incumbent, best);
  return complete;
};

/** Finishes the subtree, if its gap is one that could be listed and combined of late; false if not, or if it turns out to be too wide. */
export const finish = (search: Search, mostCells: number): boolean => {
  const gap = limitOf(search) - search.relaxation.bound;
  if (gap > (search.manageable * mostCells) / MOST_CELLS) {
    search.manageable *= RECOVERY;
    return false;
  }
  if (finishWithin(search, limitOf(search), mostCells)) return true;
  if (mostCells === MOST_CELLS) search.manageable = SETBACK * gap;
  return false;
};
