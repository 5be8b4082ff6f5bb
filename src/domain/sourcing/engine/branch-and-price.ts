import { settle } from './branch-and-bound.ts';
import { type Share, splitOf } from './branching.ts';
import { spendNode } from './budget.ts';
import { closeUncoverable, createCoverage } from './coverage.ts';
import { generateWithCuts } from './cutting.ts';
import { dive } from './dive.ts';
import { FEW_CELLS, finish, finishWithin, MOST_CELLS } from './finish.ts';
import { fixOffers } from './fix-offers.ts';
import { createGeneration, type Generation, relaxWhole } from './generate.ts';
import { lineOffersOf } from './line-cover.ts';
import { improveNearby } from './nearby.ts';
import { ascend, type Effort, limitOf, type Search, survivors } from './search.ts';
import { enter, type Subtree, subtreeOf } from './subtree.ts';
import { countMatters } from './undecided.ts';

const NODE_EFFORT: Effort = { iterations: 6, patience: 3, plansEvery: 6 };
/** With more locations left, the master problem would take too long; where leaves are hard, there is no other way to a good bound. */
const MOST_PRICED = 150;
const MOST_PRICED_IF_HARD = 600;
/** Rounds of looking for cuts. */
const ROOT_CUTS = 10;
const NODE_CUTS = 3;
/** With so many left, deciding on their number may yet make the gap small. */
const WIDE = 60;
/** Easy instances are done before plans are looked for at length; then so much work lies between one time and the next, and more each time. */
const WORK_BEFORE_PLANS = 1_000_000;
const WORK_BETWEEN_PLANS = 4;
/** Where leaves are hard, single dives in between may take so much of all work: best bounds alone meet few plans. */
const DIVES_SHARE = 0.15;

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

/** When better plans are looked for. */
type Plans = {
  readonly generation: Generation;
  readonly started: number;
  /** From so many steps on, thoroughly. */
  next: number;
  /** Steps that single dives took. */
  dives: number;
};

/** Dives for a better plan, now and then also near the best one, and leaves the search where it was. */
const lookForPlans = (search: Search, plans: Plans, root: Subtree, bound: number): void => {
  const { budget, instance } = search;
  const { generation, started } = plans;
  const from = budget.steps;
  const spent = from - started;
  const isDue = from >= plans.next;
  if (!isDue && (!instance.hardLeaves || plans.dives >= DIVES_SHARE * spent)) return;
  if (isDue) plans.next = started + WORK_BETWEEN_PLANS * spent + WORK_BEFORE_PLANS;
  const here = subtreeOf(search, bound);
  dive(search, generation);
  if (isDue && spent >= WORK_BEFORE_PLANS) improveNearby(search, generation, root);
  enter(search, here);
  relaxWhole(search, generation.shipper);
  if (!isDue) plans.dives += budget.steps - from;
};

/**
 * Branch and price (Barnhart, Johnson, Nemhauser, Savelsbergh and Vance 1998), best bound first, for locations whose lines are tied
 * together by capacities or tariffs. Returns the least bound of the subtrees left when the budget was used up; Infinity if there are none.
 */
export const branchAndPrice = (search: Search, rootBound: number): number => {
  const { instance, budget } = search;
  const generation = createGeneration(instance);
  const offers = lineOffersOf(instance);
  let root = subtreeOf(search, rootBound);
  const waiting: Subtree[] = [root];
  const plans: Plans = { generation, started: budget.steps, next: budget.steps, dives: 0 };
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
    let { bound } = subtree;
    if (subtree === root || !instance.hardLeaves) bound = Math.max(bound, ascend(search, NODE_EFFORT));
    let shares: readonly Share[] = [];
    if (bound > limitOf(search)) return;
    bound = Math.max(bound, relaxWhole(search, generation.shipper));
    if (bound > limitOf(search)) return;
    const wide = countMatters(search);
    if (instance.hardLeaves && finish(search, survivors(search).length > WIDE ? FEW_CELLS : MOST_CELLS)) return;
    if (survivors(search).length <= (instance.hardLeaves ? MOST_PRICED_IF_HARD : MOST_PRICED)) {
      const generated = generateWithCuts(search, generation, subtree === root ? ROOT_CUTS : NODE_CUTS);
      bound = Math.max(bound, generated.bound);
      shares = generated.shares;
    }
    if (bound > limitOf(search)) return;
    if (shares.length > 0) {
      if (instance.hardLeaves) fixOffers(search, generation.shipper);
      if (subtree === root) root = subtreeOf(search, bound);
      lookForPlans(search, plans, root, bound);
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
