import { assign } from './assignment.ts';
import { type Budget, spendNode } from './budget.ts';
import { tighten } from './column-prices.ts';
import { columnsWithin } from './columns.ts';
import { closeUncoverable, createCoverage } from './coverage.ts';
import { dive } from './dive.ts';
import { createGeneration, generate } from './generate.ts';
import { improveWith } from './incumbent.ts';
import { combine } from './labels.ts';
import { CLOSED, OPEN, relax } from './relaxation.ts';
import { ascend, type Effort, fix, limitOf, narrowed, type Search, survivors, tryChosen, undoTo } from './search.ts';
import { createTolls, raiseTolls, tollsFromPrices } from './tolls.ts';
import { undecidedCount, undecidedLocation, undecidedOffer } from './undecided.ts';

const NODE_EFFORT: Effort = { iterations: 14, patience: 3, plansEvery: 7 };
const TOLL_ITERATIONS = 15;
/** Columns listed at once, times lines: fewer where deciding how many locations are used may yet make the gap small. */
const MOST_CELLS = 60_000;
const MOST_CELLS_WIDE = 15_000;
const MOST_STEPS = 1_000_000;
/** After that many columns were too many to combine, it is tried again only with so much fewer. */
const HOPEFUL_SHARE = 0.7;
const SMALL = 12;
/** With so many locations left, how many are used is decided before single ones are looked at. */
const WIDE = 60;
/** What a step of listing shipments counts, and a step of combining them, by line. */
const LISTING_STEPS = 5;
const COMBINING_STEPS = 0.25;

/** All locations decided, and sharing the demand among the open ones is easy: the best plan of this subtree. */
const settle = (search: Search): void => {
  const { assignment, relaxation, instance } = search;
  assignment.count = 0;
  for (let l = 0; l < instance.locations; l++) {
    if (relaxation.status[l] === OPEN) assignment.slots[assignment.count++] = l;
  }
  improveWith(search.incumbent, assignment, assign(assignment));
};

/** Finishes the subtree by listing every shipment that a better plan may use; false if there are too many. */
const finish = (search: Search, mostCells: number): boolean => {
  const { relaxation, instance, incumbent, budget } = search;
  relax(relaxation);
  const listing = columnsWithin(relaxation, limitOf(search), mostCells / instance.lines);
  budget.steps += LISTING_STEPS * listing.steps;
  if (listing.columns === undefined) return false;
  const columns = tighten(relaxation, listing.columns, limitOf(search), budget);
  if (columns === undefined) return true;
  if (columns.cost.length > HOPEFUL_SHARE * search.tooMany) return false;
  const { best, complete, steps } = combine(instance, columns, limitOf(search), MOST_STEPS / instance.lines);
  budget.steps += COMBINING_STEPS * steps * instance.lines;
  if (best !== undefined && best.cost < incumbent.cost) Object.assign(incumbent, best);
  if (!complete) search.tooMany = columns.cost.length;
  return complete;
};

/**
 * Depth first: on the number of locations while the relaxation lies between two numbers, then on single locations, then, where
 * the shipments of the open locations are still hard to choose, on single offers. Returns the least bound of the subtrees left
 * unexplored when the budget was used up; Infinity if there are none.
 */
export const explore = (search: Search, rootBound: number, budget: Budget): number => {
  const { relaxation, instance, liking, incumbent } = search;
  const generation = instance.anyTied ? createGeneration(instance.lines) : undefined;
  const tolls = createTolls(instance);
  let coverage = createCoverage(search);
  let lost = Number.POSITIVE_INFINITY;

  const visit = (inherited: number): void => {
    if (inherited > limitOf(search)) return;
    const alive = survivors(search).length;
    if (search.opened > relaxation.most || alive < relaxation.fewest) return;
    const mark = search.trailLength;
    if (coverage !== undefined && !closeUncoverable(search, coverage)) {
      undoTo(search, mark);
      return;
    }
    if (!spendNode(budget)) {
      // Not searched any more, but bounded on its own: the gap is then that of the worst such subtree, not of the root.
      const own = Math.max(inherited, ascend(search, NODE_EFFORT));
      if (own <= limitOf(search)) lost = Math.min(lost, own);
      undoTo(search, mark);
      return;
    }
    let bound = Math.max(inherited, ascend(search, NODE_EFFORT));
    if (generation !== undefined && bound <= limitOf(search)) {
      const generated = generate(search, generation);
      bound = Math.max(bound, generated.bound);
      liking.fill(0);
      for (const { column, share } of generated.shares) {
        liking[column.location] = (liking[column.location] ?? 0) + share;
      }
      if (bound <= limitOf(search) && budget.nodes % 16 === 1) dive(search, generation);
      if (process.env.TRACE) console.log(budget.nodes, search.opened, survivors(search).length, bound, incumbent.cost, generation.pool.length, budget.steps/1e6);
    }
    const countFirst = instance.locations > WIDE && undecidedCount(search, bound) > 0;
    if (tolls !== undefined && coverage === undefined && !countFirst && bound <= limitOf(search)) {
      tollsFromPrices(search, tolls);
      bound = Math.max(bound, raiseTolls(search, tolls, TOLL_ITERATIONS));
    }
    if (bound <= limitOf(search)) branch(bound);
    undoTo(search, mark);
  };

  const visitWith = (bound: number, prices: Float64Array, decide: () => void): void => {
    const mark = search.trailLength;
    relaxation.prices.set(prices);
    decide();
    visit(bound);
    undoTo(search, mark);
  };

  const branch = (bound: number): void => {
    const l = undecidedLocation(search);
    const alive = survivors(search);
    if (l >= 0 && instance.locations > SMALL && 2 * alive.length < instance.locations) {
      lost = Math.min(lost, explore(narrowed(search, alive), bound, budget));
      return;
    }
    const count = undecidedCount(search, bound);
    const mostCells = count > 0 && alive.length > WIDE ? MOST_CELLS_WIDE : MOST_CELLS;
    if (instance.hardLeaves && finish(search, mostCells)) return;
    if (l < 0) {
      if (instance.hardLeaves) branchOnOffer(bound);
      else settle(search);
      return;
    }
    if (count > 0) branchOnCount(bound, count);
    else branchOnLocation(bound, l);
  };

  const branchOnCount = (bound: number, count: number): void => {
    const prices = relaxation.prices.slice();
    const { fewest, most } = relaxation;
    const outer = coverage;
    visitWith(bound, prices, () => {
      relaxation.most = count;
      coverage = createCoverage(search);
    });
    relaxation.most = most;
    coverage = outer;
    visitWith(bound, prices, () => {
      relaxation.fewest = count + 1;
    });
    relaxation.fewest = fewest;
  };

  const branchOnLocation = (bound: number, l: number): void => {
    const prices = relaxation.prices.slice();
    const likely = (liking[l] ?? 0) >= 0.5;
    visitWith(bound, prices, () => fix(search, l, likely ? OPEN : CLOSED));
    visitWith(bound, prices, () => fix(search, l, likely ? CLOSED : OPEN));
  };

  const branchOnOffer = (bound: number): void => {
    const k = undecidedOffer(search);
    tryChosen(search);
    if (k < 0) {
      lost = Math.min(lost, bound);
      return;
    }
    const prices = relaxation.prices.slice();
    const { least, most } = relaxation.limits;
    const from = least[k] ?? 0;
    const to = most[k] ?? 0;
    const middle = Math.floor((from + to) / 2);
    visitWith(bound, prices, () => {
      least[k] = middle + 1;
    });
    least[k] = from;
    visitWith(bound, prices, () => {
      most[k] = middle;
    });
    most[k] = to;
  };

  visit(rootBound);
  return lost;
};
