import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAnswer } from '../../../src/domain/sourcing/check.ts';
import type { Problem } from '../../../src/domain/sourcing/problem.ts';
import { solve } from '../../../src/domain/sourcing/solve.ts';
import { families, instance, profiles, randomFrom } from './instances.ts';

const shapes = fc.record({
  family: fc.constantFrom(...families),
  profile: fc.constantFrom(...profiles),
  locations: fc.integer({ min: 1, max: 25 }),
  lines: fc.integer({ min: 1, max: 7 }),
  seed: fc.integer({ min: 1, max: 100_000 }),
});

const shuffled = <T>(values: readonly T[], seed: number): T[] => {
  const random = randomFrom(seed);
  const result = [...values];
  for (let index = result.length - 1; index > 0; index--) {
    const other = random.whole(0, index);
    const kept = result[index];
    const moved = result[other];
    if (kept === undefined || moved === undefined) continue;
    result[index] = moved;
    result[other] = kept;
  }
  return result;
};

const withLinesInOrder = (problem: Problem, order: readonly number[]): Problem => ({
  ...problem,
  demand: order.map((line) => problem.demand[line] ?? 0),
  unfilledCost: order.map((line) => problem.unfilledCost[line] ?? 0),
  ...(problem.weight === undefined ? {} : { weight: order.map((line) => problem.weight?.[line] ?? 0) }),
  locations: problem.locations.map((location) => ({
    ...location,
    offers: location.offers.map((offer) => ({ ...offer, line: order.indexOf(offer.line) })),
  })),
});

const RUNS = { numRuns: 150 };

describe('the laws of solve', () => {
  it('answers with a feasible plan at the stated cost and a bound that holds', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 3 }), (shape, maxNodes) => {
        const problem = instance(shape);
        const exact = solve(problem);
        const hasty = solve(problem, { maxNodes });
        expect(checkAnswer(problem, exact)).toEqual([]);
        expect(checkAnswer(problem, hasty)).toEqual([]);
        expect(exact.proven).toBe(true);
        expect(hasty.bound).toBeLessThanOrEqual(exact.objective);
      }),
      RUNS,
    );
  });

  it('never pays more when there is more stock', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.integer({ min: 1, max: 5 }), (shape, pick, more) => {
        const problem = instance(shape);
        const locations = problem.locations.map((location, index) => ({
          ...location,
          offers: location.offers.map((offer) =>
            index === pick % problem.locations.length ? { ...offer, units: offer.units + more } : offer,
          ),
        }));
        expect(solve({ ...problem, locations }).objective).toBeLessThanOrEqual(solve(problem).objective);
      }),
      RUNS,
    );
  });

  it('costs the same, and proves it, whatever the order of locations and lines', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, seed) => {
        const problem = instance(shape);
        const lines = shuffled(
          problem.demand.map((_, line) => line),
          seed,
        );
        const permuted = withLinesInOrder({ ...problem, locations: shuffled(problem.locations, seed) }, lines);
        const { objective, proven } = solve(problem);
        expect(solve(permuted)).toMatchObject({ objective, proven });
      }),
      RUNS,
    );
  });

  it('never uses a dearer double in place of the cheaper location', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, pick) => {
        const problem = instance({ ...shape, family: shape.family === 'business' ? 'consumer' : shape.family });
        const original = problem.locations[pick % problem.locations.length];
        if (original === undefined) return;
        const double = { ...original, fixedCost: original.fixedCost + 1 };
        const answer = solve({ ...problem, locations: [double, ...problem.locations] });
        const usesDouble = answer.plan.some(({ location }) => location === 0);
        const usesOriginal = answer.plan.some(({ location }) => location === 1 + (pick % problem.locations.length));
        expect(usesDouble && !usesOriginal).toBe(false);
      }),
      RUNS,
    );
  });

  it('gives the identical answer when asked again', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        expect(solve(instance(shape))).toEqual(solve(instance(shape)));
      }),
      { numRuns: 50 },
    );
  });
});
