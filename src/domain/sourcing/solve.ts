import { type Budget, createBudget } from './engine/budget.ts';
import type { Incumbent } from './engine/incumbent.ts';
import type { Instance } from './engine/instance.ts';
import { reduce } from './engine/reduce.ts';
import { searchFor } from './engine/root.ts';
import { independentParts, type Part } from './independent-parts.ts';
import type { Answer, Problem } from './problem.ts';

export type SolveOptions = {
  /** Limit on the nodes of the search. Never on time: the same input gives the same answer everywhere. */
  readonly maxNodes?: number;
  /** Limit on all work, counted in offers looked at from the first plan on: some 0.1 s per 10 million. Otherwise some ten seconds. */
  readonly maxWork?: number;
};

/**
 * The cheapest plan, or the best one found within the budget, with a bound that no plan can beat. The plan is a function of the problem
 * alone. Of equally cheap plans that the search meets, the one with fewer locations is kept, then the one with earlier locations; the
 * search does not go looking for every tie, so with locations in another order an equally cheap plan may be another one.
 */
export const solve = (problem: Problem, options: SolveOptions = {}): Answer => {
  const budget = createBudget(options.maxNodes, options.maxWork);
  const parts = independentParts(problem);
  if (parts === null) return solveWhole(problem, budget);
  return joined(
    problem,
    parts.map((part) => ({ part, answer: solveWhole(part.problem, budget) })),
    budget.nodes,
  );
};

const joined = (
  { demand }: Problem,
  solved: readonly { readonly part: Part; readonly answer: Answer }[],
  nodes: number,
): Answer => {
  const unfilled = [...demand];
  const plan = solved.flatMap(({ part, answer }) => {
    for (const [at, units] of answer.unfilled.entries()) unfilled[part.lines[at] ?? 0] = units;
    return answer.plan.map(({ location, line, units }) => ({
      location: part.locations[location] ?? 0,
      line: part.lines[line] ?? 0,
      units,
    }));
  });
  return {
    objective: solved.reduce((sum, { answer }) => sum + answer.objective, 0),
    bound: solved.reduce((sum, { answer }) => sum + answer.bound, 0),
    proven: solved.every(({ answer }) => answer.proven),
    plan: plan.sort((a, b) => a.location - b.location || a.line - b.line),
    unfilled,
    nodes,
  };
};

const solveWhole = (problem: Problem, budget: Budget): Answer => {
  const instance = reduce(problem);
  const incumbent: Incumbent = { cost: 0, shipments: [] };
  const bound = instance.lines === 0 ? 0 : searchFor(instance, incumbent, budget);
  return answerOf(problem, instance, incumbent, bound, budget.nodes);
};

const answerOf = (problem: Problem, instance: Instance, incumbent: Incumbent, bound: number, nodes: number): Answer => {
  const plan = incumbent.shipments
    .map(({ location, line, units }) => ({
      location,
      line,
      units: problem.wholeLines ? (problem.demand[line] ?? 0) : units,
    }))
    .sort((a, b) => a.location - b.location || a.line - b.line);
  const unfilled = [...problem.demand];
  for (const { line, units } of plan) unfilled[line] = (unfilled[line] ?? 0) - units;
  const objective = instance.constant + incumbent.cost;
  const stepped = Math.ceil((bound - instance.rounding) / instance.moneyStep) * instance.moneyStep;
  const least = bound >= incumbent.cost ? incumbent.cost : Math.max(0, Math.min(incumbent.cost, stepped));
  const certain = instance.constant + least;
  return { objective, bound: certain, proven: certain === objective, plan, unfilled, nodes };
};
