import { assign } from './assignment.ts';
import { isSpent, spendNode } from './budget.ts';
import { tighten } from './column-prices.ts';
import { columnsWithin } from './columns.ts';
import { closeUncoverable, createCoverage } from './coverage.ts';
import { dive } from './dive.ts';
import { createGeneration, generate, relaxWhole } from './generate.ts';
import { improveWith } from './incumbent.ts';
import { combine } from './labels.ts';
import { FREE, OPEN } from './relaxation.ts';
import { ascend, type Effort, limitOf, type Search } from './search.ts';
import { brokenStep, fractionalOffer, ownerOf, undecidedCount, undecidedLocation, undecidedOffer } from './undecided.ts';

const NODE_EFFORT: Effort = { iterations: 6, patience: 3, plansEvery: 6 };
/** Columns listed at once, times lines. */
const MOST_CELLS = 60_000;
const MOST_STEPS = 1_000_000;
/** What a step of listing shipments counts, and a step of combining them, by line. */
const LISTING_STEPS = 5;
const COMBINING_STEPS = 0.25;
const NODES_PER_DIVE = 10;

/** A subtree not searched yet: what has been decided, its bound, and the prices to go on from. */
type Subtree = {
  readonly bound: number;
  readonly prices: Float64Array;
  readonly status: Uint8Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly leastPostage: Float64Array;
  readonly mostGrams: Float64Array;
  readonly fewestLocations: number;
  readonly mostLocations: number;
};

const subtreeOf = ({ relaxation }: Search, bound: number): Subtree => ({
  bound,
  prices: relaxation.prices.slice(),
  status: relaxation.status.slice(),
  least: relaxation.limits.least.slice(),
  most: relaxation.limits.most.slice(),
  leastPostage: relaxation.limits.leastPostage.slice(),
  mostGrams: relaxation.limits.mostGrams.slice(),
  fewestLocations: relaxation.fewest,
  mostLocations: relaxation.most,
});

const enter = (search: Search, subtree: Subtree): void => {
  const { relaxation } = search;
  relaxation.prices.set(subtree.prices);
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

/**
 * Looks for a plan of this subtree that costs `limit` at most by listing every shipment that it may use; false if there are too many of
 * them. If there is such a plan, the cheapest is the incumbent then.
 */
const finishWithin = (search: Search, limit: number): boolean => {
  const { relaxation, instance, incumbent, budget } = search;
  const listing = columnsWithin(relaxation, limit, MOST_CELLS / instance.lines);
  budget.steps += LISTING_STEPS * listing.steps;
  if (listing.columns === undefined) return false;
  const columns = tighten(relaxation, listing.columns, limit, budget);
  if (columns === undefined) return true;
  const { best, complete, steps } = combine(instance, columns, limit, MOST_STEPS / instance.lines);
  budget.steps += COMBINING_STEPS * steps * instance.lines;
  if (best !== undefined && best.cost < incumbent.cost) Object.assign(incumbent, best);
  return complete;
};

/**
 * Raises the bound by showing that no plan lies in the gap's lower part, as large a part as can be listed: a gap too wide to be searched as
 * a whole may be searched up to the best plan. Above the limit, the subtree is done.
 */
const lift = (search: Search, bound: number): number => {
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

const settle = (search: Search): void => {
  const { assignment, relaxation, instance } = search;
  assignment.count = 0;
  for (let l = 0; l < instance.locations; l++) {
    if (relaxation.status[l] === OPEN) assignment.slots[assignment.count++] = l;
  }
  improveWith(search.incumbent, assignment, assign(assignment));
};

/** Best first. Returns the least bound of the subtrees left when the budget was used up; Infinity if there are none. */
export const branchAndPrice = (search: Search, rootBound: number): number => {
  const { relaxation, instance, liking, budget } = search;
  const { limits, status } = relaxation;
  const generation = createGeneration(instance);
  const waiting: Subtree[] = [subtreeOf(search, rootBound)];
  let lost = Number.POSITIVE_INFINITY;

  const leave = (bound: number, decide: () => void): void => {
    const before = subtreeOf(search, bound);
    decide();
    waiting.push(subtreeOf(search, bound));
    enter(search, before);
  };

  const branch = (bound: number): void => {
    const offer = fractionalOffer(search, generation.shipped);
    const l = undecidedLocation(search);
    const count = undecidedCount(search, bound);
    if (count > 0) {
      leave(bound, () => {
        relaxation.fewest = count + 1;
      });
      leave(bound, () => {
        relaxation.most = count;
      });
      return;
    }
    const broken = l >= 0 && Math.abs((liking[l] ?? 0) - 0.5) < 0.49;
    if (broken || (l >= 0 && offer < 0) || (l >= 0 && !instance.hardLeaves)) {
      leave(bound, () => {
        status[l] = 2;
      });
      leave(bound, () => {
        status[l] = OPEN;
      });
      return;
    }
    const step = brokenStep(search, generation.shares);
    if (step !== undefined) {
      leave(bound, () => {
        limits.leastPostage[step.location] = step.above;
      });
      leave(bound, () => {
        limits.mostGrams[step.location] = step.limit;
      });
      return;
    }
    if (!instance.hardLeaves) {
      settle(search);
      return;
    }
    const k = offer >= 0 ? offer : undecidedOffer(search);
    if (k < 0) {
      lost = Math.min(lost, bound);
      return;
    }
    const owner = ownerOf(instance, k);
    const from = limits.least[k] ?? 0;
    const to = limits.most[k] ?? 0;
    const whole = Math.min(to - 1, Math.max(from, offer >= 0 ? Math.floor(generation.shipped[k] ?? 0) : Math.floor((from + to) / 2)));
    leave(bound, () => {
      limits.most[k] = whole;
    });
    leave(bound, () => {
      limits.least[k] = whole + 1;
      if (status[owner] === FREE) status[owner] = OPEN;
    });
  };

  const visit = (subtree: Subtree): void => {
    enter(search, subtree);
    let bound = subtree.bound;
    const coverage = createCoverage(search);
    if (coverage !== undefined && !closeUncoverable(search, coverage)) return;
    bound = Math.max(bound, ascend(search, NODE_EFFORT));
    if (bound > limitOf(search)) return;
    bound = Math.max(bound, generate(search, generation).bound);
    if (process.env.TRACE) console.log(budget.nodes, waiting.length, search.opened, subtree.bound, bound, search.incumbent.cost, generation.pool.length, budget.steps / 1e6);
    if (bound > limitOf(search)) return;
    if (budget.nodes % NODES_PER_DIVE === 1) {
      const shipped = generation.shipped.slice();
      const { shares } = generation;
      const often = liking.slice();
      dive(search, generation);
      generation.shipped.set(shipped);
      generation.shares = shares;
      liking.set(often);
      relaxWhole(search, generation.shipper, instance.demand, () => {});
      if (bound > limitOf(search)) return;
    }
    if (instance.hardLeaves) bound = lift(search, bound);
    if (bound > limitOf(search)) return;
    branch(bound);
  };

  while (waiting.length > 0) {
    let best = waiting.length - 1;
    for (let at = best - 1; at >= 0; at--) {
      if ((waiting[at]?.bound ?? 0) < (waiting[best]?.bound ?? 0)) best = at;
    }
    const next = waiting[best];
    if (next === undefined || next.bound > limitOf(search)) break;
    if (isSpent(budget) || !spendNode(budget)) return Math.min(lost, next.bound);
    waiting.splice(best, 1);
    visit(next);
  }
  return lost;
};
