import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feasibilityFaults } from '../../../src/domain/sourcing/check.ts';
import type { Problem } from '../../../src/domain/sourcing/problem.ts';
import { solve } from '../../../src/domain/sourcing/solve.ts';
import { type StagedAnswer, solveInStages } from '../../../src/domain/sourcing/solve-stages.ts';
import { costBy, costedBy, type Objective, weighted } from '../../../src/domain/sourcing/stage-objective.ts';
import { families, instance } from './instances.ts';
import { fewestLocations, leastCost, leastDistance, leastLateness, leastUnfilled, objectiveOf } from './objectives.ts';

const valuesOf = (answer: StagedAnswer): readonly number[] =>
  answer.status === 'solved' ? answer.stages.map(({ value }) => value) : [];

/** One search with one weighted sum, each weight above all that the later objectives can cost: slow, and plain. */
const valuesByWeight = (problem: Problem, objectives: readonly Objective[]): number[] => {
  const most = 1e6;
  const sum = objectives.reduce((combined, objective) => weighted(most, combined, objective));
  const { plan } = solve(costedBy(problem, sum));
  return objectives.map((objective) => costBy(problem, objective, plan));
};

const shapes = fc.record({
  family: fc.constantFrom(...families),
  profile: fc.constantFrom('cost' as const, 'split' as const),
  locations: fc.integer({ min: 1, max: 14 }),
  lines: fc.integer({ min: 1, max: 5 }),
  seed: fc.integer({ min: 1, max: 100_000 }),
});

describe('solveInStages', () => {
  it.each([
    ['fewest locations before cost', [leastUnfilled, fewestLocations, leastCost]],
    ['cost before fewest locations', [leastUnfilled, leastCost, fewestLocations]],
    ['lateness before cost', [leastUnfilled, leastLateness, leastCost]],
    ['distance last', [leastUnfilled, fewestLocations, leastDistance]],
  ])('attains in every stage what one search with weights attains: %s', (_, makers) => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const problem = instance(shape);
        const objectives = makers.map((make) => make(problem, shape.seed));
        const answer = solveInStages(problem, objectives);
        expect(valuesOf(answer)).toEqual(valuesByWeight(problem, objectives));
        if (answer.status !== 'solved') return;
        expect(answer.proven).toBe(true);
        expect(feasibilityFaults(problem, answer)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('limits no later stage to the locations of a plan by an objective for which all of them are free', () => {
    const free: Problem = {
      demand: [2],
      unfilledCost: [0],
      locations: [2, 1, 1].map((units) => ({ fixedCost: 0, capacity: 0, offers: [{ line: 0, units, unitCost: 0 }] })),
      maxLocations: 0,
      wholeLines: false,
    };
    const none: Objective = { fixedCost: [0, 0, 0], unitCost: [[0], [0], [0]], unfilledCost: [0], parcels: 0 };
    const scarce: Objective = { ...none, unitCost: [[9], [1], [1]] };
    expect(valuesOf(solveInStages(free, [{ ...none, unfilledCost: [1] }, none, scarce]))).toEqual([0, 0, 2]);
  });

  const problem: Problem = {
    demand: [1, 1],
    unfilledCost: [0, 0],
    locations: [
      { fixedCost: 10, capacity: 0, offers: [{ line: 0, units: 1, unitCost: 0 }] },
      { fixedCost: 10, capacity: 0, offers: [{ line: 1, units: 1, unitCost: 0 }] },
      {
        fixedCost: 70,
        capacity: 0,
        offers: [
          { line: 0, units: 1, unitCost: 0 },
          { line: 1, units: 1, unitCost: 0 },
        ],
      },
    ],
    maxLocations: 0,
    wholeLines: false,
  };

  it('pays any price for what an earlier stage wants', () => {
    const inOneParcel = solveInStages(
      problem,
      [leastUnfilled, fewestLocations, leastCost].map((make) => make(problem)),
    );
    expect(valuesOf(inOneParcel)).toEqual([0, 1, 70]);
    const cheapest = solveInStages(
      problem,
      [leastUnfilled, leastCost, fewestLocations].map((make) => make(problem)),
    );
    expect(valuesOf(cheapest)).toEqual([0, 20, 2]);
  });

  it('ships nothing if no stage asks for it', () => {
    const answer = solveInStages(problem, [fewestLocations(problem), leastCost(problem)]);
    expect(answer).toMatchObject({ status: 'solved', plan: [], unfilled: [1, 1], proven: true });
  });

  it('says from which stage on the costs are too large to be combined exactly', () => {
    const dear = objectiveOf(problem, { fixed: (l) => 2 ** 40 + l, unfilled: () => 2 ** 42 });
    expect(solveInStages(problem, [leastUnfilled(problem), dear])).toMatchObject({ status: 'solved' });
    expect(solveInStages(problem, [dear, dear])).toEqual({ status: 'too-large', stage: 1 });
  });

  it('gives a plan and valid bounds when the work is used up', () => {
    const large = instance({ family: 'business', profile: 'cost', locations: 200, lines: 20, seed: 3 });
    const objectives = [leastUnfilled, fewestLocations, leastCost].map((make) => make(large));
    const hasty = solveInStages(large, objectives, { maxWork: 300_000 });
    if (hasty.status !== 'solved') throw new Error('not solved');
    expect(feasibilityFaults(large, hasty)).toEqual([]);
    expect(hasty.proven).toBe(false);
    for (const { value, bound } of hasty.stages) expect(bound).toBeLessThanOrEqual(value);
  });
});
