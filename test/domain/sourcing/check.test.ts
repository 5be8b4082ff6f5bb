import { describe, expect, it } from 'vitest';
import { checkAnswer, costOfPlan } from '../../../src/domain/sourcing/check.ts';
import type { Answer, Problem } from '../../../src/domain/sourcing/problem.ts';

const problem: Problem = {
  demand: [2, 1],
  unfilledCost: [1000, 1000],
  locations: [
    { fixedCost: 100, capacity: 0, offers: [{ line: 0, units: 2, unitCost: 5 }] },
    {
      fixedCost: 50,
      capacity: 1,
      offers: [
        { line: 0, units: 1, unitCost: 5 },
        { line: 1, units: 1, unitCost: 7 },
      ],
    },
  ],
  maxLocations: 0,
  wholeLines: false,
};

const answer: Answer = {
  objective: 167,
  bound: 167,
  proven: true,
  plan: [
    { location: 0, line: 0, units: 2 },
    { location: 1, line: 1, units: 1 },
  ],
  unfilled: [0, 0],
  nodes: 0,
};

describe('checkAnswer', () => {
  it('finds nothing wrong with a right answer', () => {
    expect(checkAnswer(problem, answer)).toEqual([]);
  });

  it('prices parcels by the cheapest of all ways to pack', () => {
    const tariff = [
      { upTo: 5, price: 9 },
      { upTo: 2, price: 3 },
    ];
    const plan = [{ location: 0, line: 0, units: 9 }];
    const parcelled = { demand: [9], unfilledCost: [100], weight: [1], maxLocations: 0, wholeLines: false };
    const offers = [{ line: 0, units: 9, unitCost: 0 }];
    expect(costOfPlan({ ...parcelled, locations: [{ fixedCost: 0, capacity: 0, tariff, offers }] }, plan)).toBe(15);
  });

  it.each<[string, Problem, Answer]>([
    ['more than the stock', problem, { ...answer, plan: [{ location: 1, line: 0, units: 2 }] }],
    [
      'more than the capacity',
      { ...problem, demand: [1, 1] },
      {
        ...answer,
        plan: [
          { location: 1, line: 0, units: 1 },
          { location: 1, line: 1, units: 1 },
        ],
      },
    ],
    ['more locations than allowed', { ...problem, maxLocations: 1 }, answer],
    [
      'a part of a whole line',
      { ...problem, wholeLines: true },
      { ...answer, plan: [{ location: 0, line: 0, units: 1 }] },
    ],
    ['a wrong cost', problem, { ...answer, objective: 160, bound: 160 }],
    ['a bound above the objective', problem, { ...answer, bound: 168 }],
    ['a proof without an equal bound', problem, { ...answer, bound: 100 }],
    ['unfilled units that do not add up', problem, { ...answer, unfilled: [1, 0] }],
  ])('finds %s', (_, given, wrong) => {
    expect(checkAnswer(given, wrong)).not.toEqual([]);
  });
});
