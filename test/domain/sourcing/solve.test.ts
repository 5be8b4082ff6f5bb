import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkAnswer } from '../../../src/domain/sourcing/check.ts';
import { parseProblem } from '../../../src/domain/sourcing/parse-problem.ts';
import type { Location, Problem } from '../../../src/domain/sourcing/problem.ts';
import { solve } from '../../../src/domain/sourcing/solve.ts';
import { instance } from './instances.ts';

const location = (fixedCost: number, stock: readonly [line: number, units: number, unitCost: number][]): Location => ({
  fixedCost,
  capacity: 0,
  offers: stock.map(([line, units, unitCost]) => ({ line, units, unitCost })),
});

const problemOf = (locations: readonly Location[], overrides: Partial<Problem> = {}): Problem => ({
  demand: [1, 1],
  unfilledCost: [5000, 5000],
  locations,
  maxLocations: 0,
  wholeLines: false,
  ...overrides,
});

describe('solve', () => {
  it('answers the example of the documented format', () => {
    const [given, expected] = readFileSync('docs/sourcing-problem.md', 'utf8')
      .split('```')
      .filter((block) => block.startsWith('\n{"demand"') || block.startsWith('\n{"objective"'))
      .map((block): unknown => JSON.parse(block));
    const parsed = parseProblem(given);
    expect(parsed.status === 'valid' ? solve(parsed.problem) : parsed.faults).toMatchObject(Object(expected));
  });

  it('divides a heavy shipment over parcels', () => {
    const problem: Problem = {
      demand: [1, 9, 1],
      unfilledCost: [20000, 20000, 20000],
      weight: [410, 900, 120],
      locations: [
        {
          ...location(825, [
            [0, 1, 116],
            [1, 9, 20],
            [2, 1, 30],
          ]),
          tariff: [
            { upTo: 1000, price: 1268 },
            { upTo: 2000, price: 1356 },
          ],
        },
      ],
      maxLocations: 0,
      wholeLines: false,
    };
    // 8,630 g: four parcels of 2 kg and one of 1 kg.
    const objective = 825 + 116 + 9 * 20 + 30 + 4 * 1356 + 1268;
    expect(solve(problem)).toMatchObject({ objective, bound: objective, proven: true, unfilled: [0, 0, 0] });
  });

  it('ships from one location where that is cheaper than from the two cheapest', () => {
    const problem = problemOf([
      location(100, [[0, 1, 10]]),
      location(100, [[1, 1, 10]]),
      location(150, [
        [0, 1, 20],
        [1, 1, 20],
      ]),
    ]);
    expect(solve(problem)).toMatchObject({
      objective: 190,
      proven: true,
      plan: [
        { location: 2, line: 0, units: 1 },
        { location: 2, line: 1, units: 1 },
      ],
    });
  });

  it('leaves unfilled what nobody has, and what costs more to ship than to leave', () => {
    const problem = problemOf([location(6000, [[0, 1, 10]])]);
    expect(solve(problem)).toMatchObject({ objective: 10000, plan: [], unfilled: [1, 1], proven: true });
  });

  it('splits a line over locations only if lines need not stay whole', () => {
    const problem = problemOf([location(10, [[0, 1, 1]]), location(20, [[0, 1, 1]])], { demand: [2, 0] });
    expect(solve(problem)).toMatchObject({ objective: 32, unfilled: [0, 0] });
    expect(solve({ ...problem, wholeLines: true })).toMatchObject({ objective: 10000, unfilled: [2, 0] });
  });

  it('uses no more locations than allowed', () => {
    const problem = problemOf([location(10, [[0, 1, 1]]), location(10, [[1, 1, 1]])], { maxLocations: 1 });
    expect(solve(problem)).toMatchObject({ objective: 5011, proven: true });
  });

  it('keeps to capacities', () => {
    const narrow = {
      ...location(10, [
        [0, 1, 1],
        [1, 1, 3],
      ]),
      capacity: 1,
    };
    const problem = problemOf([
      narrow,
      location(50, [
        [0, 1, 4],
        [1, 1, 4],
      ]),
    ]);
    expect(solve(problem)).toMatchObject({ objective: 58, proven: true });
  });

  it.each([
    ['', []],
    [', parcels paid by weight', [{ upTo: 5_000, price: 300 }]],
  ])('keeps many whole lines within capacities%s', (_, tariff) => {
    const lines = Array.from({ length: 14 }, (_, line) => line);
    const sites = [30, 25, 40, 20].map((capacity, index) => ({
      ...location(
        100 + 35 * index,
        lines.map((line) => [line, 9, 3 + ((line * 7 + index * 5) % 11)]),
      ),
      capacity,
      ...(tariff.length > 0 && { tariff }),
    }));
    const problem = problemOf(sites, {
      demand: lines.map((line) => 3 + (line % 5)),
      unfilledCost: lines.map(() => 400),
      weight: lines.map((line) => 100 + 40 * line),
      wholeLines: true,
    });
    const answer = solve(problem, { maxWork: 3e6 });
    expect(checkAnswer(problem, answer)).toEqual([]);
    expect(answer.unfilled.every((units) => units === 0)).toBe(true);
  });

  it('does not use a dearer double of a location', () => {
    const problem = problemOf([
      location(101, [
        [0, 1, 5],
        [1, 1, 5],
      ]),
      location(100, [
        [0, 1, 5],
        [1, 1, 5],
      ]),
    ]);
    expect(solve(problem).plan.every((shipment) => shipment.location === 1)).toBe(true);
  });

  it('prefers the first of two equal locations', () => {
    const stock = location(100, [
      [0, 1, 5],
      [1, 1, 5],
    ]);
    expect(solve(problemOf([stock, stock])).plan.every((shipment) => shipment.location === 0)).toBe(true);
  });

  it('answers an order of nothing', () => {
    const problem = problemOf([], { demand: [], unfilledCost: [] });
    expect(solve(problem)).toEqual({ objective: 0, bound: 0, proven: true, plan: [], unfilled: [], nodes: 0 });
  });

  it('gives a plan and a valid bound when the nodes are used up', () => {
    const problem = instance({ family: 'cover', profile: 'cost', locations: 200, lines: 40, seed: 3 });
    const answer = solve(problem, { maxNodes: 1 });
    expect(checkAnswer(problem, answer)).toEqual([]);
    expect(answer.proven).toBe(false);
    expect(answer.bound).toBeGreaterThan(0);
    expect(solve(problem, { maxNodes: 1 })).toEqual(answer);
  });

  it.each([
    ['costs in the billions', { demand: [3, 2], unfilledCost: [2_000_000_000, 3_000_000_000] }],
    ['free shipping', { demand: [1, 1], unfilledCost: [0, 0] }],
    ['thousands of units', { demand: [5000, 4000], unfilledCost: [900, 900] }],
  ])('copes with %s', (_, overrides) => {
    const problem = problemOf(
      [
        location(700, [
          [0, 4000, 3],
          [1, 900, 4],
        ]),
        location(0, [
          [0, 2000, 7],
          [1, 9000, 0],
        ]),
      ],
      overrides,
    );
    const answer = solve(problem);
    expect(checkAnswer(problem, answer)).toEqual([]);
    expect(answer.proven).toBe(true);
  });

  it('adds up exactly whatever the largest whole numbers allow', () => {
    const small = instance({ family: 'constrained', profile: 'cost', locations: 30, lines: 4, seed: 8 });
    const worth = small.demand.reduce((sum, units, line) => sum + units * (small.unfilledCost[line] ?? 0), 0);
    const factor = Math.floor(Number.MAX_SAFE_INTEGER / worth);
    const huge: Problem = {
      ...small,
      unfilledCost: small.unfilledCost.map((cost) => cost * factor),
      locations: small.locations.map(({ fixedCost, capacity, offers }) => ({
        fixedCost: fixedCost * factor,
        capacity,
        offers: offers.map((offer) => ({ ...offer, unitCost: offer.unitCost * factor })),
      })),
    };
    const answer = solve(huge);
    expect(checkAnswer(huge, answer)).toEqual([]);
    expect(answer).toMatchObject({ objective: solve(small).objective * factor, proven: true });
  });

  it('answers an invoice of several hundred lines', () => {
    const problem = instance({ family: 'business', profile: 'cost', locations: 25, lines: 400, seed: 5 });
    const answer = solve(problem, { maxNodes: 20 });
    expect(checkAnswer(problem, answer)).toEqual([]);
    expect(answer.objective - answer.bound).toBeLessThanOrEqual(answer.objective / 100);
  });
});
