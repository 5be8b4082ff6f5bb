import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOfPlan } from '../../../src/domain/sourcing/check.ts';
import { createBudget } from '../../../src/domain/sourcing/engine/budget.ts';
import {
  areFeasible,
  leastOf,
  lineSetsOf,
  shipmentsOf,
  usableWithin,
} from '../../../src/domain/sourcing/engine/line-sets.ts';
import { reduce } from '../../../src/domain/sourcing/engine/reduce.ts';
import type { Problem, Shipment } from '../../../src/domain/sourcing/problem.ts';
import { solve } from '../../../src/domain/sourcing/solve.ts';
import { families, instance, profiles } from './instances.ts';

const problems = fc
  .record({
    family: fc.constantFrom(...families.filter((family) => family !== 'tariffs')),
    profile: fc.constantFrom(...profiles),
    locations: fc.integer({ min: 1, max: 20 }),
    lines: fc.integer({ min: 1, max: 7 }),
    seed: fc.integer({ min: 1, max: 100_000 }),
  })
  .map(instance);

const withFullStocks = (problem: Problem): Problem => ({
  ...problem,
  maxLocations: 0,
  wholeLines: false,
  locations: problem.locations.map(({ fixedCost, offers }) => ({
    fixedCost,
    capacity: 0,
    offers: offers.map((offer) => ({ ...offer, units: problem.demand[offer.line] ?? 0 })),
  })),
});

/** The least cost of all ways to give each line to one location or to nobody. */
const byTrial = (problem: Problem): number => {
  let plans: Shipment[][] = [[]];
  for (const [line, units] of problem.demand.entries()) {
    const offering = problem.locations.flatMap(({ offers }, location) =>
      offers.some((offer) => offer.line === line) ? [location] : [],
    );
    plans = plans.flatMap((plan) => [plan, ...offering.map((location) => [...plan, { location, line, units }])]);
  }
  return Math.min(...plans.map((plan) => costOfPlan(problem, plan)));
};

describe('sets of lines', () => {
  it('find the best plan where every stock suffices', () => {
    const small = problems.filter(({ demand, locations }) => (locations.length + 1) ** demand.length < 3_000);
    fc.assert(
      fc.property(small, (problem) => {
        const full = withFullStocks(problem);
        const reduced = reduce(full);
        const sets = lineSetsOf(reduced, createBudget());
        if (sets === undefined) throw new Error('few lines');
        expect(leastOf(sets) + reduced.constant).toBe(byTrial(full));
        expect(areFeasible(reduced, shipmentsOf(sets))).toBe(true);
        expect(solve(full)).toMatchObject({ objective: byTrial(full), proven: true, nodes: 0 });
      }),
      { numRuns: 200 },
    );
  });

  it('cost no more than any plan, and keep every location that a plan of such a cost uses', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const reduced = reduce(problem);
        const sets = lineSetsOf(reduced, createBudget());
        if (sets === undefined) throw new Error('few lines');
        const { objective, plan } = solve(problem);
        expect(leastOf(sets) + reduced.constant).toBeLessThanOrEqual(objective);
        const usable = usableWithin(reduced, sets, objective - reduced.constant);
        const kept = usable.map((l) => reduced.locationOrigin[l]);
        for (const { location } of plan) expect(kept).toContain(location);
      }),
      { numRuns: 200 },
    );
  });
});
