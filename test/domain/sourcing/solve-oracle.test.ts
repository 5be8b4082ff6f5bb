import { beforeAll, describe, expect, it } from 'vitest';
import { checkAnswer } from '../../../src/domain/sourcing/check.ts';
import { solve } from '../../../src/domain/sourcing/solve.ts';
import { type Family, families, instance, profiles, type Shape } from './instances.ts';
import { loadOracle, type Oracle } from './oracle.ts';

const COUNT = Number(process.env.SOURCING_INSTANCES ?? 280);
const LOCATIONS = [5, 8, 12, 20, 30, 50];
const LINES = [1, 2, 3, 4, 6, 8];
// The larger sizes take the oracle seconds each, so they come in only when many instances are asked for.
const MORE_LOCATIONS = [5, 12, 30, 60, 120, 500];
const MORE_LINES = [1, 3, 6, 12, 20, 50];

const shapeOf = (family: Family, seed: number): Shape => {
  const large = COUNT > 1000 && seed % 20 === 0 && family !== 'adversarial' && family !== 'cover';
  return {
    family,
    profile: profiles[seed % profiles.length] ?? 'cost',
    locations: (large ? MORE_LOCATIONS : LOCATIONS)[Math.floor(seed / 4) % 6] ?? 5,
    lines: (large ? MORE_LINES : LINES)[(Math.floor(seed / 4) + Math.floor(seed / 24)) % 6] ?? 1,
    seed,
  };
};

describe('solve against HiGHS', () => {
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await loadOracle();
  });

  it.each(families.map((family) => [family]))(
    'finds the same optimum on random %s instances',
    (family) => {
      for (let seed = 1; seed <= COUNT / families.length; seed++) {
        const shape = shapeOf(family, seed);
        const problem = instance(shape);
        const answer = solve(problem);
        const expected = oracle(problem, 10);
        const name = JSON.stringify(shape);
        expect(checkAnswer(problem, answer), name).toEqual([]);
        expect(answer.bound, name).toBeLessThanOrEqual(expected.objective);
        if (expected.optimal && answer.proven) expect(answer.objective, name).toBe(expected.objective);
        if (COUNT <= 1000) expect(answer.proven, name).toBe(true);
      }
    },
    COUNT * 1000,
  );
});
