import { describe, expect, it } from 'vitest';
import { parseProblem } from '../../../src/domain/sourcing/parse-problem.ts';

const problem = {
  demand: [1, 9],
  unfilledCost: [20000, 20000],
  locations: [
    { fixedCost: 825, capacity: 0, offers: [{ line: 0, units: 1, unitCost: 116 }] },
    { fixedCost: 600, capacity: 4, offers: [{ line: 1, units: 9, unitCost: 90 }] },
  ],
  maxLocations: 0,
  wholeLines: false,
};

const faultsOf = (value: unknown): readonly { path: string; message: string }[] => {
  const parsed = parseProblem(value);
  return parsed.status === 'invalid' ? parsed.faults : [];
};

describe('parseProblem', () => {
  it('accepts a problem as it is', () => {
    expect(parseProblem(problem)).toEqual({ status: 'valid', problem });
  });

  it('takes what was left out, or is null, for no limit, no tariff and no weight', () => {
    const locations = problem.locations.map(({ capacity: _capacity, ...location }) => location);
    const { maxLocations: _most, wholeLines: _whole, ...rest } = problem;
    const unlimited = problem.locations.map((location) => ({ ...location, capacity: 0 }));
    const expected = { status: 'valid', problem: { ...problem, locations: unlimited } };
    expect(parseProblem({ ...rest, locations })).toEqual(expected);
    const nothing = { weight: null, maxLocations: null, wholeLines: null };
    const empty = locations.map((location) => ({ ...location, capacity: null, tariff: null }));
    expect(parseProblem({ ...rest, ...nothing, locations: empty })).toEqual(expected);
  });

  it('tells a number that is too large from nothing', () => {
    expect(faultsOf({ ...problem, demand: [1, Number('1e400')] })[0]?.message).toMatch(/found Infinity$/);
  });

  it('names what is not an object', () => {
    expect(faultsOf([])).toEqual([{ path: '', message: 'expected an object' }]);
  });

  it('names every fault by its path', () => {
    const paths = faultsOf({
      ...problem,
      demand: [1, -9],
      unfilledCost: [20000],
      locations: [
        { fixedCost: 1.5, capacity: 0, offers: [{ line: 2, units: 1, unitCost: '5' }] },
        { fixedCost: 600, capacity: 4, offers: [problem.locations[1]?.offers[0], { line: 1, units: 1, unitCost: 1 }] },
      ],
      wholeLines: 1,
    }).map(({ path }) => path);
    expect(paths).toEqual([
      'demand[1]',
      'unfilledCost',
      'locations[0].fixedCost',
      'locations[0].offers[0].line',
      'locations[0].offers[0].unitCost',
      'locations[1].offers[1].line',
      'wholeLines',
    ]);
  });

  it('asks for weights where a location has a tariff', () => {
    const [first, second] = problem.locations;
    const withTariff = { ...problem, locations: [{ ...first, tariff: [{ upTo: 1000, price: 5 }] }, second] };
    expect(faultsOf(withTariff).map(({ path }) => path)).toEqual(['weight']);
    expect(faultsOf({ ...withTariff, weight: [100, 100] })).toEqual([]);
  });

  it('refuses a parcel that carries nothing', () => {
    const [first] = problem.locations;
    const locations = [{ ...first, tariff: [{ upTo: 0, price: 5 }] }];
    expect(faultsOf({ ...problem, weight: [1, 1], locations }).map(({ path }) => path)).toEqual([
      'locations[0].tariff[0].upTo',
    ]);
  });

  it('refuses costs too large to be added up exactly', () => {
    expect(faultsOf({ ...problem, unfilledCost: [1, 2 ** 52] }).map(({ path }) => path)).toContain('unfilledCost[1]');
    const half = Math.floor(Number.MAX_SAFE_INTEGER / 2);
    expect(faultsOf({ ...problem, demand: [1, 1], unfilledCost: [half, half] })).toEqual([]);
    expect(faultsOf({ ...problem, demand: [2, 1], unfilledCost: [half, half] }).map(({ path }) => path)).toEqual([
      'unfilledCost',
    ]);
  });

  it('refuses weights too large to be added up exactly', () => {
    expect(faultsOf({ ...problem, weight: [1, 2 ** 52] }).map(({ path }) => path)).toEqual(['weight']);
  });
});
