import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOfPlan } from '../../../src/domain/sourcing/check.ts';
import { createBudget } from '../../../src/domain/sourcing/engine/budget.ts';
import { type SmallOrder, solveSmall } from '../../../src/domain/sourcing/engine/quantity-plan.ts';
import { reduce } from '../../../src/domain/sourcing/engine/reduce.ts';
import type { Problem, Shipment } from '../../../src/domain/sourcing/problem.ts';
import { families, instance, profiles } from './instances.ts';

const small = fc.record({
  family: fc.constantFrom(...families),
  profile: fc.constantFrom(...profiles),
  locations: fc.integer({ min: 1, max: 6 }),
  lines: fc.integer({ min: 1, max: 3 }),
  seed: fc.integer({ min: 1, max: 100_000 }),
  demand: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }),
  capacity: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 6, maxLength: 6 }),
  maxLocations: fc.integer({ min: 0, max: 3 }),
});

/** Few units, so that all plans can be tried, with stocks, capacities and limits that matter. */
const problems = small.map(({ demand, capacity, maxLocations, ...shape }): Problem => {
  const base = instance(shape);
  return {
    ...base,
    demand: base.demand.map((_, line) => demand[line] ?? 1),
    maxLocations,
    wholeLines: false,
    locations: base.locations.map((location, l) => ({ ...location, capacity: capacity[l] ?? 0 })),
  };
});

type Plan = { readonly left: readonly number[]; readonly shipments: readonly Shipment[]; readonly locations: number };

/** Every plan that keeps stocks, capacities and the limit on locations, one location after the other. */
const allPlans = (problem: Problem): readonly Plan[] => {
  const most = problem.maxLocations === 0 ? problem.locations.length : problem.maxLocations;
  return problem.locations.reduce<readonly Plan[]>(
    (plans, { offers, capacity }, location) =>
      plans.flatMap((plan) => {
        const ways = offers.reduce<readonly Plan[]>(
          (before, { line, units }) =>
            before.flatMap((one) =>
              Array.from({ length: Math.min(units, one.left[line] ?? 0) + 1 }, (_, shipped) => ({
                ...one,
                left: one.left.with(line, (one.left[line] ?? 0) - shipped),
                shipments: shipped === 0 ? one.shipments : [...one.shipments, { location, line, units: shipped }],
              })),
            ),
          [plan],
        );
        return ways
          .map((way) => ({
            ...way,
            locations: plan.locations + (way.shipments.length > plan.shipments.length ? 1 : 0),
          }))
          .filter(({ shipments, locations }) => {
            const own = shipments.slice(plan.shipments.length).reduce((sum, { units }) => sum + units, 0);
            return locations <= most && (capacity === 0 || own <= capacity);
          });
      }),
    [{ left: problem.demand, shipments: [], locations: 0 }],
  );
};

const solved = (
  problem: Problem,
): { readonly answer: SmallOrder; readonly constant: number; readonly kept: number[] } => {
  const reduced = reduce(problem);
  const answer = solveSmall(reduced, { mostPairs: 1_000_000, mostCost: Number.POSITIVE_INFINITY }, createBudget());
  if (answer === undefined) throw new Error('few units');
  return { answer, constant: reduced.constant, kept: [...reduced.locationOrigin] };
};

describe('an order of few units', () => {
  it('gets a best plan, and where it gets none, a bound below every plan and no location left out that the best one uses', () => {
    const few = problems.filter(
      ({ locations }) => locations.reduce((ways, { offers }) => ways * 3 ** offers.length, 1) < 4_000,
    );
    fc.assert(
      fc.property(few, (problem) => {
        const reduced = reduce(problem);
        if (reduced.lines === 0) return;
        const plans = allPlans(problem).map(({ shipments }) => ({ shipments, cost: costOfPlan(problem, shipments) }));
        const best = plans.reduce((least, plan) => (plan.cost < least.cost ? plan : least));
        const { answer, constant, kept } = solved(problem);
        expect(answer.bound + constant).toBeLessThanOrEqual(best.cost);
        if (answer.plan !== undefined) {
          expect(answer.plan.cost + constant).toBe(best.cost);
          expect(costOfPlan(problem, answer.plan.shipments)).toBe(best.cost);
        }
        const usable = answer.usableWithin(best.cost - constant).map((l) => kept[l]);
        for (const { location } of best.shipments) expect(usable).toContain(location);
      }),
      { numRuns: 300 },
    );
  });
});
