import { MOST_MONEY, worthOf } from './parse-problem.ts';
import type { Answer, Problem, Shipment } from './problem.ts';
import { type SolveOptions, solve } from './solve.ts';
import { costBy, costedBy, indifferent, type Objective, unavoidable, weighted } from './stage-objective.ts';

/** The value of one stage's objective in the plan, and what it cannot be below given the stages before. */
export type StageResult = { readonly value: number; readonly bound: number; readonly proven: boolean };

export type StagedAnswer =
  | (Pick<Answer, 'plan' | 'unfilled' | 'nodes' | 'proven'> & {
      readonly status: 'solved';
      readonly stages: readonly StageResult[];
    })
  /** The stages up to this one, combined without loss, are worth more than can be added up exactly. */
  | { readonly status: 'too-large'; readonly stage: number };

/** What the stages so far leave to the next: the plans that keep their optimum are the best of `kept` within `problem`. */
type Position = { readonly problem: Problem; readonly kept: Objective };

const isZero = (costs: readonly number[]): boolean => costs.every((cost) => cost === 0);

/** The objective counts locations, each the same. One by which they all cost nothing does not care how many there are. */
const countsLocations = ({ fixedCost, unitCost, unfilledCost, parcels }: Objective): boolean =>
  (fixedCost[0] ?? 0) > 0 &&
  fixedCost.every((cost) => cost === fixedCost[0]) &&
  isZero(unfilledCost) &&
  unitCost.every(isZero) &&
  parcels === 0;

/** The problem without the offers that cost anything by this objective. */
const withoutCostly = (problem: Problem, { fixedCost, unitCost }: Objective): Problem => ({
  ...problem,
  locations: problem.locations.map((location, l) => ({
    ...location,
    offers: location.offers.map((offer, k) =>
      (fixedCost[l] ?? 0) + (unitCost[l]?.[k] ?? 0) > 0 ? { ...offer, units: 0 } : offer,
    ),
  })),
});

/**
 * The stage's optimum as a condition on later stages: where it counts locations, a limit on them; where it costs nothing but what
 * nobody has, the absence of all that costs; otherwise a weight, which makes searching slower.
 */
const keeping = (
  position: Position,
  objective: Objective,
  combined: Objective,
  value: number,
  locations: number,
): Position => {
  if (countsLocations(objective) && locations > 0) {
    const { maxLocations } = position.problem;
    const most = maxLocations === 0 ? locations : Math.min(maxLocations, locations);
    return { problem: { ...position.problem, maxLocations: most }, kept: position.kept };
  }
  if (objective.parcels === 0 && value === unavoidable(position.problem, objective)) {
    const { fixedCost, unitCost } = indifferent(position.problem);
    const rest = { ...objective, fixedCost, unitCost };
    return { problem: withoutCostly(position.problem, objective), kept: weighted(1, position.kept, rest) };
  }
  return { ...position, kept: combined };
};

const unfilledBy = (plan: readonly Shipment[], demand: readonly number[]): number[] => {
  const unfilled = [...demand];
  for (const { line, units } of plan) unfilled[line] = (unfilled[line] ?? 0) - units;
  return unfilled;
};

/** Everything from the first locations that have it: leaves no more unfilled than any plan. Nothing where a limit may forbid that. */
const fillAll = ({ demand, locations, maxLocations, wholeLines }: Problem): Shipment[] => {
  if (maxLocations > 0 || wholeLines || locations.some(({ capacity }) => capacity > 0)) return [];
  const left = [...demand];
  return locations.flatMap(({ offers }, location) =>
    offers.flatMap(({ line, units }): Shipment[] => {
      const taken = Math.min(units, left[line] ?? 0);
      left[line] = (left[line] ?? 0) - taken;
      return taken === 0 ? [] : [{ location, line, units: taken }];
    }),
  );
};

/** Ships nothing, or as much as there is: what the first objective likes better. */
const firstPlan = (problem: Problem, objective: Objective | undefined): readonly Shipment[] => {
  const all = fillAll(problem);
  return objective !== undefined && costBy(problem, objective, all) < costBy(problem, objective, []) ? all : [];
};

/**
 * The best plan by the first objective, among those the best by the second, and so on. The costs of the problem itself are not looked
 * at. A unit of an earlier objective weighs as much as the present plan costs by the present one and 1 more, so no plan gains by giving it up.
 */
export const solveInStages = (
  problem: Problem,
  objectives: readonly Objective[],
  options: SolveOptions = {},
): StagedAnswer => {
  const share = options.maxWork === undefined ? options : { ...options, maxWork: options.maxWork / objectives.length };
  let position: Position = { problem, kept: indifferent(problem) };
  let plan = firstPlan(problem, objectives[0]);
  let nodes = 0;
  const bounds: number[] = [];
  for (const [stage, objective] of objectives.entries()) {
    const value = costBy(problem, objective, plan);
    const least = unavoidable(position.problem, objective);
    const weight = value + 1;
    const combined = weighted(weight, position.kept, objective);
    const costed = costedBy(position.problem, combined);
    if (value === least) bounds.push(value);
    else if (worthOf(costed) > MOST_MONEY) return { status: 'too-large', stage };
    else {
      const answer = solve(costed, share);
      if (answer.objective <= costBy(problem, combined, plan)) plan = answer.plan;
      nodes += answer.nodes;
      bounds.push(Math.max(least, answer.bound - weight * costBy(problem, position.kept, plan)));
    }
    const locations = new Set(plan.map(({ location }) => location)).size;
    position = keeping(position, objective, combined, costBy(problem, objective, plan), locations);
  }
  const stages = objectives.map((objective, stage): StageResult => {
    const value = costBy(problem, objective, plan);
    const bound = Math.min(value, bounds[stage] ?? 0);
    return { value, bound, proven: bound === value };
  });
  const proven = stages.every((stage) => stage.proven);
  return { status: 'solved', plan, unfilled: unfilledBy(plan, problem.demand), nodes, proven, stages };
};
