import { settle } from './branch-and-bound.ts';
import { isSpent, spendNode } from './budget.ts';
import { closeUncoverable, createCoverage } from './coverage.ts';
import { dive } from './dive.ts';
import { finish } from './finish.ts';
import { createGeneration, generate, relaxWhole } from './generate.ts';
import { improveNearby } from './nearby.ts';
import { FREE, OPEN } from './relaxation.ts';
import { lineOffersOf } from './line-cover.ts';
import { ascend, type Effort, limitOf, type Search, survivors } from './search.ts';
import { enter, type Subtree, subtreeOf } from './subtree.ts';
import { brokenStep, fractionalOffer, ownerOf, undecidedCount, undecidedLocation, undecidedOffer } from './undecided.ts';

const NODE_EFFORT: Effort = { iterations: 6, patience: 3, plansEvery: 6 };

/** With more locations left, the master problem would take too long. */
const MOST_PRICED = 150;
/** Easy instances are done before plans are looked for at length. */
const WORK_BEFORE_PLANS = 1_000_000;

/** Best first. Returns the least bound of the subtrees left when the budget was used up; Infinity if there are none. */
export const branchAndPrice = (search: Search, rootBound: number): number => {
  const { relaxation, instance, liking, budget } = search;
  const { limits, status } = relaxation;
  const generation = createGeneration(instance);
  const root = subtreeOf(search, rootBound);
  const offers = lineOffersOf(instance);
  const waiting: Subtree[] = [root];
  let lost = Number.POSITIVE_INFINITY;
  const started = budget.steps;
  let nextPlans = started;

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
    const coverage = createCoverage(search, offers);
    if (coverage !== undefined && !closeUncoverable(search, coverage)) return;
    bound = Math.max(bound, ascend(search, NODE_EFFORT));
    if (bound > limitOf(search)) return;
    if (survivors(search).length <= MOST_PRICED) bound = Math.max(bound, generate(search, generation).bound);
    if (process.env.TRACE) console.log(budget.nodes, waiting.length, search.opened, subtree.bound, bound, search.incumbent.cost, generation.pool.length, budget.steps / 1e6);
    if (bound > limitOf(search)) return;
    if (budget.steps >= nextPlans) {
      nextPlans = started + 4 * (budget.steps - started) + WORK_BEFORE_PLANS;
      const shipped = generation.shipped.slice();
      const { shares } = generation;
      const often = liking.slice();
      dive(search, generation);
      generation.shipped.set(shipped);
      generation.shares = shares;
      liking.set(often);
      const here = subtreeOf(search, bound);
      if (budget.steps >= WORK_BEFORE_PLANS + started) improveNearby(search, generation, root);
      enter(search, here);
      generation.shipped.set(shipped);
      generation.shares = shares;
      liking.set(often);
      relaxWhole(search, generation.shipper, instance.demand, () => {});
      if (bound > limitOf(search)) return;
    }
    if (instance.hardLeaves && finish(search)) return;
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
