import { assign } from './assignment.ts';
import { type Budget, spendNode } from './budget.ts';
import { closeUncoverable, createCoverage } from './coverage.ts';
import { improveWith } from './incumbent.ts';
import { CLOSED, OPEN } from './relaxation.ts';
import { ascend, type Effort, fix, limitOf, narrowed, type Search, survivors, undoTo } from './search.ts';
import { createTolls, raiseTolls, tollsFromPrices } from './tolls.ts';
import { undecidedCount, undecidedLocation } from './undecided.ts';

const NODE_EFFORT: Effort = { iterations: 14, patience: 3, plansEvery: 7 };
const TOLL_ITERATIONS = 15;
const SMALL = 12;
/** With so many locations left, how many are used is decided before single ones are looked at. */
const WIDE = 60;

/** All locations decided: the best plan of this subtree. */
export const settle = (search: Search): void => {
  const { assignment, relaxation, instance } = search;
  assignment.count = 0;
  for (let l = 0; l < instance.locations; l++) {
    if (relaxation.status[l] === OPEN) assignment.slots[assignment.count++] = l;
  }
  improveWith(search.incumbent, assignment, assign(assignment));
};

/**
 * Depth first: on the number of locations while the relaxation lies between two numbers, then on single locations. For instances whose
 * best plan is easy to find once the open locations are known. Returns the least bound of the subtrees left unexplored when the budget was
 * used up; Infinity if there are none.
 */
export const explore = (search: Search, rootBound: number, budget: Budget): number => {
  const { relaxation, instance, liking } = search;
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
    if (l < 0) {
      settle(search);
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

  visit(rootBound);
  return lost;
};
