import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAnswer } from '../../../src/domain/sourcing/check.ts';
import { mergeLines, type Stock, shipmentsOfMembers } from '../../../src/domain/sourcing/merge-lines.ts';
import type { Problem } from '../../../src/domain/sourcing/problem.ts';
import { solve } from '../../../src/domain/sourcing/solve.ts';

type Case = Stock & { readonly parcelCost: readonly number[] };

/** Mostly all or nothing, as merging is about. */
const held = fc.oneof({ arbitrary: fc.constantFrom(0, 9), weight: 4 }, { arbitrary: fc.nat(4), weight: 1 });

const anyCase: fc.Arbitrary<Case> = fc
  .record({ locations: fc.integer({ min: 1, max: 5 }), lines: fc.integer({ min: 1, max: 7 }) })
  .chain(({ locations, lines }) => {
    const perLocation = <Value>(value: fc.Arbitrary<Value>) =>
      fc.array(value, { minLength: locations, maxLength: locations });
    return fc.record({
      parcelCost: perLocation(fc.nat(40)),
      unitCost: perLocation(fc.nat(6)),
      demand: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: lines, maxLength: lines }),
      available: fc.array(perLocation(held), { minLength: lines, maxLength: lines }),
    });
  });

const gapPriceOf = ({ parcelCost, unitCost }: Case): number =>
  [...parcelCost, ...unitCost].reduce((sum, cost) => sum + cost, 1);

const problemOf = (
  { parcelCost, unitCost }: Case,
  { demand, available }: Pick<Stock, 'demand' | 'available'>,
  { unfilledCost, maxLocations = 0 }: { readonly unfilledCost: number; readonly maxLocations?: number },
): Problem => ({
  demand,
  unfilledCost: demand.map(() => unfilledCost),
  locations: parcelCost.map((fixedCost, location) => ({
    fixedCost,
    capacity: 0,
    offers: demand.flatMap((wanted, line) => {
      const units = Math.min(wanted, available[line]?.[location] ?? 0);
      return units === 0 ? [] : [{ line, units, unitCost: unitCost[location] ?? 0 }];
    }),
  })),
  maxLocations,
  wholeLines: false,
});

const expectSameAnswer = (
  one: Case,
  { fillsAll, ...limits }: { fillsAll: boolean; unfilledCost: number; maxLocations?: number },
): void => {
  const whole = problemOf(one, one, limits);
  const merged = mergeLines(one, { fillsAll });
  const answer = solve(problemOf(one, merged, limits));
  const plan = shipmentsOfMembers(answer.plan, merged, one.demand);
  const unfilled = [...one.demand];
  for (const { line, units } of plan) unfilled[line] = (unfilled[line] ?? 0) - units;
  expect(answer.objective).toBe(solve(whole).objective);
  expect(checkAnswer(whole, { ...answer, plan, unfilled })).toEqual([]);
};

describe('merging the lines of an order', () => {
  it('leaves the least cost as it is, with a plan for the lines themselves', () => {
    fc.assert(
      fc.property(anyCase, (one) => expectSameAnswer(one, { fillsAll: true, unfilledCost: gapPriceOf(one) })),
      { numRuns: 1_000 },
    );
  });

  it('does so where units may be left unfilled to save money', () => {
    fc.assert(
      fc.property(anyCase, fc.nat(20), (one, unfilledCost) => expectSameAnswer(one, { fillsAll: false, unfilledCost })),
      { numRuns: 300 },
    );
  });

  it('does so where one location has to fill it all', () => {
    fc.assert(
      fc.property(anyCase, (one) => expectSameAnswer(one, { fillsAll: false, unfilledCost: 1_000, maxLocations: 1 })),
      { numRuns: 300 },
    );
  });

  it('makes one line of those that the same locations hold in full, and keeps apart what one holds in part', () => {
    const stock = {
      demand: [2, 3, 4, 1],
      available: [
        [2, 9],
        [3, 3],
        [4, 3],
        [0, 1],
      ],
      unitCost: [1, 2],
    };
    expect(mergeLines(stock, { fillsAll: false })).toEqual({
      demand: [5, 4, 1],
      available: [
        [5, 5],
        [4, 3],
        [0, 1],
      ],
      members: [[0, 1], [2], [3]],
    });
  });

  it('leaves to a location that is needed anyway what no other ships more cheaply', () => {
    const stock = {
      demand: [1, 2, 3],
      available: [
        [1, 0, 0],
        [2, 2, 0],
        [3, 1, 1],
      ],
      unitCost: [5, 5, 4],
    };
    expect(mergeLines(stock, { fillsAll: true })).toEqual({
      demand: [3, 3],
      available: [
        [3, 0, 0],
        [3, 0, 1],
      ],
      members: [[0, 1], [2]],
    });
  });
});
