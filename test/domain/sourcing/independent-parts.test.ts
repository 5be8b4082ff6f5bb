import { describe, expect, it } from 'vitest';
import { checkAnswer } from '../../../src/domain/sourcing/check.ts';
import { independentParts } from '../../../src/domain/sourcing/independent-parts.ts';
import type { Problem } from '../../../src/domain/sourcing/problem.ts';
import { solve } from '../../../src/domain/sourcing/solve.ts';

const offers = (...lines: readonly number[]) => lines.map((line) => ({ line, units: 2, unitCost: 10 + line }));
const at = (fixedCost: number, ...lines: readonly number[]) => ({ fixedCost, capacity: 0, offers: offers(...lines) });
const problemOf = (lines: number, locations: Problem['locations'], change: Partial<Problem> = {}): Problem => ({
  demand: Array.from({ length: lines }, () => 2),
  unfilledCost: Array.from({ length: lines }, () => 1_000),
  locations,
  maxLocations: 0,
  wholeLines: false,
  ...change,
});

describe('independent parts of a problem', () => {
  it('are the lines that no location joins, each with the locations that offer them', () => {
    const problem = problemOf(5, [at(1, 0), at(2, 1, 3), at(3, 4), at(4, 0, 4), at(5, 3)], { weight: [1, 2, 3, 4, 5] });
    const parts = independentParts(problem);
    expect(parts?.map(({ lines, locations }) => [lines, locations])).toEqual([
      [[2], []],
      [
        [0, 4],
        [0, 2, 3],
      ],
      [
        [1, 3],
        [1, 4],
      ],
    ]);
    expect(parts?.[2]?.problem).toEqual({
      ...problem,
      ...{ demand: [2, 2], unfilledCost: [1_000, 1_000], weight: [2, 4] },
      locations: [
        {
          ...at(2),
          offers: [
            { ...offers(1)[0], line: 0 },
            { ...offers(3)[0], line: 1 },
          ],
        },
        { ...at(5), offers: [{ ...offers(3)[0], line: 1 }] },
      ],
    });
  });

  it('are one where locations join all lines that are offered, and where a limit on locations does', () => {
    expect(independentParts(problemOf(3, [at(1, 0, 1), at(1, 1, 2)]))).toBeNull();
    expect(independentParts(problemOf(3, [at(1, 0, 1)]))).toBeNull();
    expect(independentParts(problemOf(3, [at(1, 0), at(1, 1)], { maxLocations: 1 }))).toBeNull();
  });

  it('count an offer of nothing for nothing', () => {
    const empty = { ...at(1, 0), offers: [...offers(0), { line: 1, units: 0, unitCost: 1 }] };
    expect(independentParts(problemOf(2, [empty, at(1, 1)]))).toHaveLength(2);
  });

  it('make one answer', () => {
    const problem = problemOf(4, [at(100, 0, 2), at(300, 0), at(50, 1), at(2_500, 3)]);
    const answer = solve(problem);
    expect(checkAnswer(problem, answer)).toEqual([]);
    expect(answer).toMatchObject({
      objective: 144 + 72 + 2_000,
      bound: 144 + 72 + 2_000,
      proven: true,
      unfilled: [0, 0, 0, 2],
    });
    expect(answer.plan.map(({ location, line }) => [location, line])).toEqual([
      [0, 0],
      [0, 2],
      [2, 1],
    ]);
  });

  it('are proven where the whole would take seconds without proof', () => {
    const everyFifth = (location: number) =>
      Array.from({ length: 20 }, (_, line) => ({
        line,
        units: 1 + ((location + line) % 4),
        unitCost: (location * 17) % 60,
      })).filter(({ line }) => (location * 13 + line * 7) % 5 === 0);
    const locations = Array.from({ length: 60 }, (_, location) => ({
      fixedCost: 300 + ((location * 31) % 400),
      capacity: 0,
      offers: everyFifth(location),
    }));
    expect(
      solve(problemOf(20, locations, { unfilledCost: Array.from({ length: 20 }, () => 100_000) }), {
        maxWork: 2_000_000,
      }),
    ).toMatchObject({
      objective: 3_730,
      proven: true,
    });
  });
});
