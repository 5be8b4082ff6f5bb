import { costOfPlan } from '../src/domain/sourcing/check.ts';
import type { Problem, Shipment } from '../src/domain/sourcing/problem.ts';
import type { Situation } from '../test/domain/sourcing/instances.ts';

// What order management systems commonly do instead of optimising, to measure the saving against.

/** Walks the locations in one order; each ships all that is still missing and that it has. */
const walk = (problem: Problem, order: readonly number[]): Shipment[] => {
  const left = [...problem.demand];
  const plan: Shipment[] = [];
  for (const location of order) {
    for (const { line, units } of problem.locations[location]?.offers ?? []) {
      const taken = Math.min(units, left[line] ?? 0);
      if (taken === 0) continue;
      plan.push({ location, line, units: taken });
      left[line] = (left[line] ?? 0) - taken;
    }
  }
  return plan;
};

const orderedBy = (problem: Problem, rank: (location: number) => number): number[] =>
  problem.locations.map((_, location) => location).toSorted((a, b) => rank(a) - rank(b) || a - b);

const linesCovered = (problem: Problem, location: number): number =>
  (problem.locations[location]?.offers ?? []).filter(({ line, units }) => units >= (problem.demand[line] ?? 0)).length;

const nearestFirst = ({ problem, kilometres }: Situation): number =>
  costOfPlan(
    problem,
    walk(
      problem,
      orderedBy(problem, (location) => kilometres[location] ?? 0),
    ),
  );

const priorityFirst = ({ problem, kilometres, priority }: Situation): number =>
  costOfPlan(
    problem,
    walk(
      problem,
      orderedBy(problem, (location) => (priority[location] ?? 0) * 100_000 + (kilometres[location] ?? 0)),
    ),
  );

/** The nearest single location that has everything; else those that cover most lines first. */
const singleElseSplit = ({ problem, kilometres }: Situation): number => {
  const lines = problem.demand.length;
  const near = (location: number): number => kilometres[location] ?? 0;
  const full = problem.locations.map((_, location) => location).filter((l) => linesCovered(problem, l) === lines);
  const [single] = full.toSorted((a, b) => near(a) - near(b) || a - b);
  const order = orderedBy(problem, (location) => near(location) - linesCovered(problem, location) * 100_000);
  return costOfPlan(problem, walk(problem, single === undefined ? order : [single]));
};

export type Rule = { readonly name: string; readonly costOf: (order: Situation) => number };

export const rules: readonly Rule[] = [
  { name: 'nearest first', costOf: nearestFirst },
  { name: 'priority first', costOf: priorityFirst },
  { name: 'one location, else split', costOf: singleElseSplit },
];
