import type { SourcingCandidates, SourcingRecord } from '../order/order.ts';
import type { MinorUnits, Quantity } from '../values.ts';
import { holdsAll, worthTrying } from './candidates.ts';
import type { SourcingPolicy } from './first-policy.ts';
import { type MergedLines, mergeLines, shipmentsOfMembers } from './merge-lines.ts';
import type { Answer, Problem } from './problem.ts';
import { solve } from './solve.ts';

/** A solved plan; `location` of a shipment is an index into the candidates, and costs are without the price of gaps. */
export type Plan = Pick<Answer, 'plan' | 'proven' | 'nodes' | 'objective' | 'bound'> & { readonly unfilled: Quantity };

/** The cheapest plan found within `maxWork`, with a bound that none can beat. Candidates are pruned and lines merged first. */
export const cheapest = (
  candidates: SourcingCandidates,
  demand: readonly Quantity[],
  policy: SourcingPolicy,
  { maxWork, without = null }: { readonly maxWork: number; readonly without?: number | null },
): Plan => {
  const kept = worthTrying(candidates, demand, without);
  const [only] = kept;
  if (only !== undefined && kept.length === 1 && holdsAll(candidates, only, demand))
    return allFrom(only, candidates, demand);
  const unitCost = kept.map((index) => candidates.unitCost[index] ?? 0);
  const available = demand.map((_, line) => kept.map((index) => candidates.available[line]?.[index] ?? 0));
  const merged = mergeLines({ demand, available, unitCost }, { fillsAll: policy.split === 'allowed' });
  const gapPrice = gapPriceOf(candidates, kept, demand, policy);
  const problem = problemOf(merged, gapPrice, kept, candidates, policy);
  const { plan, objective, bound, proven, nodes, unfilled } = solve(problem, { maxWork });
  const gaps = unfilled.reduce((sum, units) => sum + units, 0);
  return {
    plan: shipmentsOfMembers(plan, merged, demand).map((shipment) => ({
      ...shipment,
      location: kept[shipment.location] ?? shipment.location,
    })),
    objective: objective - gaps * gapPrice,
    bound: Math.max(0, bound - gaps * gapPrice),
    proven,
    nodes,
    unfilled: gaps,
  };
};

/** One location is left that is worth trying, and it has everything: there is nothing to search. */
const allFrom = (index: number, { parcelCost, unitCost }: SourcingCandidates, demand: readonly Quantity[]): Plan => {
  const units = demand.reduce((sum, one) => sum + one, 0);
  const objective = (parcelCost[index] ?? 0) + units * (unitCost[index] ?? 0);
  const plan = demand.map((wanted, line) => ({ location: index, line, units: wanted }));
  return { plan, objective, bound: objective, proven: true, nodes: 0, unfilled: 0 };
};

/** More than filling one unit more can cost. */
const gapPriceOf = (
  { parcelCost, unitCost }: SourcingCandidates,
  kept: readonly number[],
  demand: readonly Quantity[],
  policy: SourcingPolicy,
): MinorUnits => {
  const costOf = (index: number, units: Quantity) => (parcelCost[index] ?? 0) + units * (unitCost[index] ?? 0);
  if (policy.split === 'allowed') return kept.reduce((sum, index) => sum + costOf(index, 1), 1);
  // It may take moving the whole order to a dearer location.
  const units = demand.reduce((sum, one) => sum + one, 0);
  return 1 + kept.reduce((most, index) => Math.max(most, costOf(index, units)), 0);
};

const problemOf = (
  { demand, available }: MergedLines,
  gapPrice: MinorUnits,
  kept: readonly number[],
  { parcelCost, unitCost }: SourcingCandidates,
  policy: SourcingPolicy,
): Problem => ({
  demand,
  unfilledCost: demand.map(() => gapPrice),
  locations: kept.map((index, at) => ({
    fixedCost: parcelCost[index] ?? 0,
    capacity: 0,
    offers: demand.flatMap((wanted, line) => {
      const units = Math.min(wanted, available[line]?.[at] ?? 0);
      return units === 0 ? [] : [{ line, units, unitCost: unitCost[index] ?? 0 }];
    }),
  })),
  maxLocations: policy.split === 'never' ? 1 : 0,
  wholeLines: false,
});

export const locationsOf = ({ plan }: Pick<Plan, 'plan'>): number[] =>
  [...new Set(plan.map(({ location }) => location))].toSorted((a, b) => a - b);

/** The most locations of a plan for which the search is run again without each in turn. */
const RUNNER_UP_LOCATIONS = 4;
/** Work for all of these searches together: some 15 ms. */
const RUNNER_UP_WORK = 2_000_000;

/**
 * The best plan that does without at least one of the chosen locations and leaves no more unfilled. It informs and decides
 * nothing, so it gets little work: null also where that does not suffice to prove which plan is the best.
 */
export const runnerUpOf = (
  plan: Plan,
  candidates: SourcingCandidates,
  demand: readonly Quantity[],
  policy: SourcingPolicy,
): SourcingRecord['runnerUp'] => {
  const chosen = locationsOf(plan);
  if (chosen.length > RUNNER_UP_LOCATIONS) return null;
  const maxWork = RUNNER_UP_WORK / chosen.length;
  const others = chosen.map((without) => cheapest(candidates, demand, policy, { maxWork, without }));
  if (others.some(({ proven }) => !proven)) return null;
  const [best] = others
    .filter((other) => other.plan.length > 0 && other.unfilled === plan.unfilled)
    .toSorted((a, b) => a.objective - b.objective);
  if (best === undefined) return null;
  return {
    locationIds: locationsOf(best).map((index) => candidates.locationId[index] ?? ''),
    objective: best.objective,
  };
};
