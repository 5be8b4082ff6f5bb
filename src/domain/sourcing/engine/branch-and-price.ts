import { settle } from './branch-and-bound.ts';
import { type Share, splitOf } from './branching.ts';
import { spendNode } from './budget.ts';
import { closeUncoverable, createCoverage } from './coverage.ts';
import { dive } from './dive.ts';
import { FEW_CELLS, finish, finishWithin, MOST_CELLS } from './finish.ts';
import { createGeneration, type Generation, generate, relaxWhole } from './generate.ts';
import { lineOffersOf } from './line-cover.ts';
import { improveNearby } from './nearby.ts';
import { ascend, type Effort, limitOf, type Search, survivors } from './search.ts';
import { enter, type Subtree, subtreeOf } from './subtree.ts';
import { countMatters } from './undecided.ts';

const NODE_EFFORT: Effort = { iterations: 6, patience: 3, plansEvery: 6 };
/** With more locations left, the master problem would take too long. */
const MOST_PRICED = 150;
/** With so many left, deciding on their number may yet make the gap small. */
const WIDE = 60;
/** Easy instances are done before plans are looked for at length; then so much work lies between one time and the next, and more each time. */
const WORK_BEFORE_PLANS = 1_000_000;
const WORK_BETWEEN_PLANS = 4;

/** Of several with the least bound, the one left last: it is the deepest. */
const nextOf = (waiting: readonly Subtree[]): number => {
  let best = waiting.length - 1;
  for (let at = best - 1; at >= 0; at--) {
    if ((waiting[at]?.bound ?? 0) < (waiting[best]?.bound ?? 0)) best = at;
  }
  return best;
};

/** The search notes how much of each location the master problem uses, as it notes how often the prices choose one. */
const noteLiking = ({ liking }: Search, shares: readonly Share[]): void => {
  liking.fill(0);
  for (const { column, share } of shares) liking[column.location] = (liking[column.location] ?? 0) + share;
};

/** Looks for better plans, and leaves the search where it was. */
const lookForPlans = (
  search: Search,
  generation: Generation,
  root: Subtree,
  bound: number,
  thoroughly: boolean,
): void => {
  const here = subtreeOf(search, bound);
  dive(search, generation);
  if (thoroughly) improveNearby(search, generation, root);
  enter(search, here);
  relaxWhole(search, generation.shipper, search.instance.demand);
};

/**
 * Branch and price (Barnhart, Johnson, Nemhauser, Savelsbergh and Vance 1998), best bound first, for locations whose lines are tied
 * together by capacities or tariffs. Returns the least bound of the subtrees left when the budget was used up; Infinity if there are none.
 */
export const branchAndPrice = (search: Search, rootBound: number): number => {
  const { instance, budget } = search;
  const generation = createGeneration(instance);
  const offers = lineOffersOf(instance);
  const root = subtreeOf(search, rootBound);
  const waiting: Subtree[] = [root];
  const started = budget.steps;
  let nextPlans = started;
  let lost = Number.POSITIVE_INFINITY;

  const leave = (bound: number, decide: () => void): void => {
    const before = subtreeOf(search, bound);
    decide();
    waiting.push(subtreeOf(search, bound));
    enter(search, before);
  };

  const visit = (subtree: Subtree): void => {
    enter(search, subtree);
    const coverage = createCoverage(search, offers);
    if (coverage !== undefined && !closeUncoverable(search, coverage)) return;
    let bound = Math.max(subtree.bound, ascend(search, NODE_EFFORT));
    let shares: readonly Share[] = [];
    if (bound > limitOf(search)) return;
    bound = Math.max(bound, relaxWhole(search, generation.shipper, instance.demand));
    if (bound > limitOf(search)) return;
    const wide = countMatters(search);
    if (instance.hardLeaves && finish(search, survivors(search).length > WIDE ? FEW_CELLS : MOST_CELLS)) return;
    if (survivors(search).length <= MOST_PRICED) {
      const generated = generate(search, generation);
      bound = Math.max(bound, generated.bound);
      shares = generated.shares;
    }
    if (bound > limitOf(search)) return;
    if (budget.steps >= nextPlans && shares.length > 0) {
      const spent = budget.steps - started;
      nextPlans = started + WORK_BETWEEN_PLANS * spent + WORK_BEFORE_PLANS;
      lookForPlans(search, generation, root, bound, spent >= WORK_BEFORE_PLANS);
      if (bound > limitOf(search)) return;
    }
    if (instance.hardLeaves && !wide && finish(search, MOST_CELLS)) return;
    if (shares.length > 0) noteLiking(search, shares);
    const split = splitOf(search, shares, bound);
    if (split !== undefined) for (const decide of split) leave(bound, decide);
    else if (!instance.hardLeaves) settle(search);
    // All is decided, so there is next to nothing to list.
    else if (!finishWithin(search, limitOf(search))) lost = Math.min(lost, bound);
  };

  while (waiting.length > 0) {
    const at = nextOf(waiting);
    const next = waiting[at];
    if (next === undefined || next.bound > limitOf(search)) break;
    if (!spendNode(budget)) return Math.min(lost, next.bound);
    waiting.splice(at, 1);
    visit(next);
  }
  return lost;
};
