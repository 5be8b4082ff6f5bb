import { type LineOffers, lineOffersOf } from './line-cover.ts';
import { CLOSED, FREE, OPEN, relax } from './relaxation.ts';
import { fix, limitOf, type Search } from './search.ts';

/** With few locations allowed, lines that must be filled rule out most sets of locations before any price is looked at. */
export type Coverage = {
  /** By line that no plan cheaper than the incumbent leaves a piece of: its locations, largest stock first. */
  readonly lines: readonly { readonly line: number; readonly locations: Int32Array }[];
  /** Pieces by location and line, `width` entries per location. */
  readonly pieces: Float64Array;
  readonly width: number;
};

/** Beyond so many locations still to choose, stocks together suffice for nearly everything. */
const MOST_TO_CHOOSE = 8;

/** For the subtree at hand, whose prices are those of the relaxation; undefined where the number of locations is hardly limited. */
export const createCoverage = (search: Search, offersOfLines?: LineOffers): Coverage | undefined => {
  const { relaxation, instance } = search;
  if (relaxation.most > MOST_TO_CHOOSE) return undefined;
  const bound = relax(relaxation);
  const { start, location, units } = offersOfLines ?? lineOffersOf(instance);
  const pieces = new Float64Array(instance.locations * instance.lines);
  const lines: { line: number; locations: Int32Array }[] = [];
  for (let j = 0; j < instance.lines; j++) {
    const offers: number[] = [];
    for (let k = start[j] ?? 0; k < (start[j + 1] ?? 0); k++) {
      offers.push(k);
      pieces[(location[k] ?? 0) * instance.lines + j] = units[k] ?? 0;
    }
    // A piece left unfilled costs that much more than the bound: linear duality.
    if (bound + (instance.unfilledCost[j] ?? 0) - (relaxation.prices[j] ?? 0) <= limitOf(search)) continue;
    offers.sort((a, b) => (units[b] ?? 0) - (units[a] ?? 0) || a - b);
    lines.push({ line: j, locations: Int32Array.from(offers, (k) => location[k] ?? 0) });
  }
  return lines.length === 0 ? undefined : { lines, pieces, width: instance.lines };
};

/** Closes every location that no allowed set can contain; false if there is no allowed set at all. */
export const closeUncoverable = (search: Search, { lines, pieces, width }: Coverage): boolean => {
  const { relaxation, instance, budget } = search;
  const { status, most } = relaxation;
  const room = most - search.opened;
  for (let changed = true; changed; ) {
    changed = false;
    for (const { line, locations } of lines) {
      let missing = instance.demand[line] ?? 0;
      for (const l of locations) if (status[l] === OPEN) missing -= pieces[l * width + line] ?? 0;
      if (missing <= 0) continue;
      let left = room;
      let all = 0;
      let allButOne = 0;
      for (const l of locations) {
        if (status[l] !== FREE || left === 0) continue;
        all += pieces[l * width + line] ?? 0;
        if (--left > 0) allButOne = all;
      }
      if (all < missing) return false;
      // Whoever is chosen takes the place of one of the largest: it must bring what the others lack.
      if (allButOne >= missing) continue;
      budget.steps += instance.locations;
      for (let l = 0; l < instance.locations; l++) {
        if (status[l] !== FREE || (pieces[l * width + line] ?? 0) >= missing - allButOne) continue;
        fix(search, l, CLOSED);
        changed = true;
      }
    }
  }
  return true;
};
