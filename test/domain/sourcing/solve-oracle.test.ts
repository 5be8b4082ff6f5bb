import { beforeAll, describe, expect, it } from 'vitest';
import { checkAnswer } from '../../../src/domain/sourcing/check.ts';
import type { Problem } from '../../../src/domain/sourcing/problem.ts';
import { solve } from '../../../src/domain/sourcing/solve.ts';
import { solveInStages } from '../../../src/domain/sourcing/solve-stages.ts';
import { costedBy, weighted } from '../../../src/domain/sourcing/stage-objective.ts';
import { type Family, families, instance, profiles, type Random, randomFrom, type Shape } from './instances.ts';
import { fewestLocations, leastCost, leastUnfilled } from './objectives.ts';
import { loadOracle, type Oracle } from './oracle.ts';

const COUNT = Number(process.env.SOURCING_INSTANCES ?? 168);
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

type Scarce = (random: Random, seed: number) => Problem;

/** As many units as a location may ship on average when all ship what is asked, and some more. */
const shortCapacities = (problem: Problem, random: Random): Problem => {
  const share = problem.demand.reduce((sum, units) => sum + units, 0) / problem.locations.length;
  const locations = problem.locations.map((location) => ({
    ...location,
    capacity: Math.ceil(share * (0.7 + random.next())),
  }));
  return { ...problem, locations };
};

/** Problems side by side, as one: no location offers lines of two of them. */
const sideBySide = (problems: readonly Problem[]): Problem => {
  const firstLine = (index: number) => problems.slice(0, index).reduce((sum, { demand }) => sum + demand.length, 0);
  return {
    demand: problems.flatMap(({ demand }) => demand),
    unfilledCost: problems.flatMap(({ unfilledCost }) => unfilledCost),
    locations: problems.flatMap(({ locations }, index) =>
      locations.map((location) => ({
        ...location,
        offers: location.offers.map((offer) => ({ ...offer, line: offer.line + firstLine(index) })),
      })),
    ),
    maxLocations: 0,
    wholeLines: problems[0]?.wholeLines ?? false,
  };
};

const scarcities: readonly (readonly [string, Scarce])[] = [
  [
    'whole lines compete for short capacities',
    (random, seed) => {
      const lines = random.whole(4, 14);
      const base = instance({ family: 'business', profile: 'cost', locations: random.whole(3, 9), lines, seed });
      const demand = base.demand.map(() => random.whole(1, 8));
      return shortCapacities({ ...base, demand, wholeLines: true }, random);
    },
  ],
  [
    'units compete for short capacities',
    (random, seed) => {
      const lines = random.whole(4, 14);
      const base = instance({ family: 'business', profile: 'cost', locations: random.whole(4, 14), lines, seed });
      return shortCapacities(base, random);
    },
  ],
  [
    'parcels are to be filled under short capacities',
    (random, seed) => {
      const lines = random.whole(3, 9);
      const base = instance({ family: 'tariffs', profile: 'cost', locations: random.whole(4, 14), lines, seed });
      const wholeLines = random.next() < 0.5;
      return shortCapacities({ ...base, demand: base.demand.map(() => random.whole(1, 6)), wholeLines }, random);
    },
  ],
  [
    'parcels are to be filled from thin stock',
    (random, seed) => {
      const lines = random.whole(2, 5);
      const base = instance({ family: 'business', profile: 'cost', locations: random.whole(5, 20), lines, seed });
      const priced = instance({ family: 'tariffs', profile: 'cost', locations: base.locations.length, lines, seed });
      const locations = base.locations.map((location, l) => ({ ...priced.locations[l], ...location }));
      return { ...base, demand: base.demand.map(() => random.whole(4, 12)), locations };
    },
  ],
  [
    'no location joins some lines with others',
    (random, seed) =>
      sideBySide(
        (['business', 'stores', 'consumer', 'business'] as const).slice(0, random.whole(2, 4)).map((family, index) =>
          instance({
            family,
            profile: 'cost',
            locations: random.whole(1, 9),
            lines: random.whole(1, 5),
            seed: seed * 9 + index,
          }),
        ),
      ),
  ],
  [
    'tariffs are odd: free parcels, larger ones that cost less, lines without weight',
    (random, seed) => {
      const lines = random.whole(2, 8);
      const base = instance({ family: 'tariffs', profile: 'cost', locations: random.whole(3, 12), lines, seed });
      const locations = base.locations.map((location) => ({
        ...location,
        tariff: Array.from({ length: random.whole(1, 4) }, () => ({
          upTo: random.whole(1, 6000),
          price: random.next() < 0.1 ? 0 : random.whole(50, 1500),
        })),
      }));
      return { ...base, weight: base.demand.map(() => random.whole(0, 3) * random.whole(1, 900)), locations };
    },
  ],
];

describe('solve against HiGHS', () => {
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await loadOracle();
  });

  it.each(families.map((family) => [family]))(
    'finds the same optimum on random %s instances',
    (family) => {
      let unproven = 0;
      for (let seed = 1; seed <= COUNT / families.length; seed++) {
        const shape = shapeOf(family, seed);
        const problem = instance(shape);
        const answer = solve(problem);
        const expected = oracle(problem, 10);
        const name = JSON.stringify(shape);
        expect(checkAnswer(problem, answer), name).toEqual([]);
        expect(answer.bound, name).toBeLessThanOrEqual(expected.objective);
        if (!answer.proven) unproven++;
        else if (expected.optimal) expect(answer.objective, name).toBe(expected.objective);
      }
      expect(unproven).toBeLessThanOrEqual(COUNT / 1000);
    },
    COUNT * 1000,
  );

  it('finds the same optimum where few locations are allowed and capacities are short', () => {
    for (let seed = 1; seed <= COUNT / 4; seed++) {
      const random = randomFrom(seed);
      const family = (['business', 'stores', 'tariffs', 'cover'] as const)[seed % 4] ?? 'business';
      const shape = { family, profile: profiles[random.whole(0, 3)] ?? 'cost', seed } as const;
      const unlimited = instance({ ...shape, locations: random.whole(3, 30), lines: random.whole(1, 6) });
      const problem: Problem = {
        ...unlimited,
        maxLocations: random.whole(1, 5),
        wholeLines: random.next() < 0.1,
        locations: unlimited.locations.map((location) => ({
          ...location,
          capacity: random.next() < 0.3 ? random.whole(2, 60) : 0,
        })),
      };
      const answer = solve(problem);
      const expected = oracle(problem, 10);
      expect(checkAnswer(problem, answer), String(seed)).toEqual([]);
      expect(answer.proven, String(seed)).toBe(true);
      if (expected.optimal) expect(answer.objective, String(seed)).toBe(expected.objective);
    }
  });

  it.each(scarcities)('finds the same optimum where %s', (_, scarce) => {
    for (let seed = 1; seed <= COUNT / 21; seed++) {
      const problem = scarce(randomFrom(seed), seed);
      const answer = solve(problem);
      const expected = oracle(problem, 10);
      expect(checkAnswer(problem, answer), String(seed)).toEqual([]);
      expect(answer.bound, String(seed)).toBeLessThanOrEqual(expected.objective);
      expect(answer.proven, String(seed)).toBe(true);
      if (expected.optimal) expect(answer.objective, String(seed)).toBe(expected.objective);
    }
  });

  it.each([1, 8])(
    'finds the same optimum with little work where many whole lines compete for small capacities (%i)',
    (seed) => {
      const random = randomFrom(seed);
      const unlimited = instance({ family: 'business', profile: 'cost', locations: 12, lines: 30, seed });
      const problem: Problem = {
        ...unlimited,
        demand: unlimited.demand.map(() => random.whole(1, 3)),
        wholeLines: true,
        locations: unlimited.locations.map((location) => ({ ...location, capacity: random.whole(3, 6) })),
      };
      const answer = solve(problem, { maxWork: 20_000_000 });
      expect(checkAnswer(problem, answer)).toEqual([]);
      expect(answer.objective).toBe(oracle(problem, 10).objective);
    },
  );

  it('finds the same optimum with little work where a capacity is too short for what a tariff prices', () => {
    const random = randomFrom(2);
    const unlimited = instance({ family: 'tariffs', profile: 'cost', locations: 4, lines: 13, seed: 2 });
    const problem: Problem = {
      ...unlimited,
      demand: unlimited.demand.map(() => random.whole(4, 40)),
      unfilledCost: unlimited.demand.map(() => random.whole(1500, 8000)),
      maxLocations: 1,
      locations: unlimited.locations.map((location) => ({
        ...location,
        capacity: random.whole(20, 37),
        offers: location.offers.map((offer) => ({ ...offer, units: random.whole(5, 50) })),
      })),
    };
    const answer = solve(problem, { maxWork: 20_000_000 });
    expect(checkAnswer(problem, answer)).toEqual([]);
    expect(answer).toMatchObject({ objective: oracle(problem, 10).objective, proven: true });
  });

  it.each([
    [12, 100],
    [60, 60],
  ])('finds the same optimum where 50 lines are shared by weight over %i locations', (locations, seed) => {
    const problem = instance({ family: 'tariffs', profile: 'cost', locations, lines: 50, seed });
    const answer = solve(problem);
    expect(checkAnswer(problem, answer)).toEqual([]);
    expect(answer).toMatchObject({ objective: oracle(problem, 60).objective, proven: true });
  });

  // Instances whose best plan is lost as soon as one shipment too many is ruled out.
  it.each([27, 48, 84, 85, 120])('finds the same optimum where shipments have to fill parcels (%i)', (seed) => {
    const profile = profiles[seed % profiles.length] ?? 'cost';
    const problem = instance({ family: 'tariffs', profile, locations: 50, lines: 8, seed });
    expect(solve(problem)).toMatchObject({ objective: oracle(problem).objective, proven: true });
  });

  it('attains in stages what it finds with each stage as a limit of the next', () => {
    for (let seed = 1; seed <= COUNT / 4; seed++) {
      const family = (['business', 'consumer', 'tariffs', 'constrained'] as const)[seed % 4] ?? 'business';
      const problem = instance({ family, profile: 'cost', locations: 5 + (seed % 30), lines: 1 + (seed % 7), seed });
      const answer = solveInStages(
        problem,
        [leastUnfilled, fewestLocations, leastCost].map((make) => make(problem)),
      );
      if (answer.status !== 'solved') throw new Error('too large');
      const [unfilled, locations, cost] = answer.stages.map(({ value }) => value);
      const weight = problem.locations.length + 1;
      const cover = weighted(weight, leastUnfilled(problem), fewestLocations(problem));
      expect(oracle(costedBy(problem, cover)).objective, String(seed)).toBe(
        (unfilled ?? 0) * weight + (locations ?? 0),
      );
      if (locations === undefined || locations === 0) continue;
      const dear = weighted(100_000, leastUnfilled(problem), leastCost(problem));
      const limited = { ...costedBy(problem, dear), maxLocations: locations };
      expect(oracle(limited).objective, String(seed)).toBe((unfilled ?? 0) * 100_000 + (cost ?? 0));
    }
  });
});
