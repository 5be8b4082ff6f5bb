import type { Problem } from '../../../src/domain/sourcing/problem.ts';
import type { Objective } from '../../../src/domain/sourcing/stage-objective.ts';
import { randomFrom } from './instances.ts';

type Costs = {
  readonly fixed: (location: number) => number;
  readonly unit: (location: number, offer: number) => number;
  readonly unfilled: (line: number) => number;
  readonly parcels: number;
};

export const objectiveOf = (
  { demand, locations }: Problem,
  { fixed = () => 0, unit = () => 0, unfilled = () => 0, parcels = 0 }: Partial<Costs>,
): Objective => ({
  fixedCost: locations.map((_, l) => fixed(l)),
  unitCost: locations.map(({ offers }, l) => offers.map((_, k) => unit(l, k))),
  unfilledCost: demand.map((_, line) => unfilled(line)),
  parcels,
});

export const leastUnfilled = (problem: Problem): Objective => objectiveOf(problem, { unfilled: () => 1 });
export const fewestLocations = (problem: Problem): Objective => objectiveOf(problem, { fixed: () => 1 });
export const leastCost = (problem: Problem): Objective =>
  objectiveOf(problem, {
    fixed: (l) => problem.locations[l]?.fixedCost ?? 0,
    unit: (l, k) => problem.locations[l]?.offers[k]?.unitCost ?? 0,
    parcels: 1,
  });
export const leastLateness = (problem: Problem, seed: number): Objective => {
  const random = randomFrom(seed);
  const days = problem.locations.map(() => random.whole(0, 2));
  return objectiveOf(problem, { fixed: (l) => days[l] ?? 0 });
};
export const leastDistance = (problem: Problem, seed: number): Objective => {
  const random = randomFrom(seed + 1);
  const kilometres = problem.locations.map(() => random.whole(1, 90));
  return objectiveOf(problem, { unit: (l) => kilometres[l] ?? 0 });
};
