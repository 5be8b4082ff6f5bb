import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudget } from '../../../src/domain/sourcing/engine/budget.ts';
import { type PricedCuts, stepFor, tilt } from '../../../src/domain/sourcing/engine/cut-prices.ts';
import { generateWithCuts } from '../../../src/domain/sourcing/engine/cutting.ts';
import { fixOffers } from '../../../src/domain/sourcing/engine/fix-offers.ts';
import { createGeneration } from '../../../src/domain/sourcing/engine/generate.ts';
import type { Instance } from '../../../src/domain/sourcing/engine/instance.ts';
import { reduce } from '../../../src/domain/sourcing/engine/reduce.ts';
import { CLOSED, createRelaxation, OPEN } from '../../../src/domain/sourcing/engine/relaxation.ts';
import { createSearch } from '../../../src/domain/sourcing/engine/search.ts';
import { bestShipment, createShipper } from '../../../src/domain/sourcing/engine/shipment.ts';
import { paidFor, priceOf } from '../../../src/domain/sourcing/engine/staircase.ts';
import {
  countOfPiece,
  countOfStep,
  type WeightCut,
  weightCut,
} from '../../../src/domain/sourcing/engine/weight-cuts.ts';
import { solve } from '../../../src/domain/sourcing/solve.ts';
import { instance as problemOf, type Random, randomFrom } from './instances.ts';

const some = <T>(random: Random, values: readonly T[]): T | undefined => values[random.whole(0, values.length - 1)];

const reduced = (seed: number): Instance =>
  reduce(problemOf({ family: 'tariffs', profile: 'cost', locations: 2 + (seed % 5), lines: 2 + (seed % 7), seed }));

/** A row of random lines, bases and scale; undefined where such a row says nothing. */
const anyCut = (instance: Instance, random: Random): WeightCut | undefined => {
  const member = Uint8Array.from(instance.demand, () => random.whole(0, 1));
  const stock = new Float64Array(instance.locations);
  const base = new Float64Array(instance.locations);
  let grams = 0;
  for (let j = 0; j < instance.lines; j++)
    if (member[j] === 1) grams += (instance.demand[j] ?? 0) * (instance.weight[j] ?? 0);
  for (let l = 0; l < instance.locations; l++) {
    for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) {
      const j = instance.line[k] ?? 0;
      if (member[j] === 1) stock[l] = (stock[l] ?? 0) + (instance.units[k] ?? 0) * (instance.weight[j] ?? 0);
    }
    const step = some(random, instance.staircase[l]?.limits ?? [0]) ?? 0;
    base[l] = Math.min(step, stock[l] ?? 0);
  }
  return weightCut({ member, stock, base }, grams, random.whole(1, 400) * 100);
};

/** What location l ships of each line: any load that leaves no line with more than is wanted. */
const anyLoad = (instance: Instance, l: number, left: Float64Array, random: Random): Map<number, number> => {
  const load = new Map<number, number>();
  for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) {
    const j = instance.line[k] ?? 0;
    const pieces = random.whole(0, Math.min(instance.units[k] ?? 0, left[j] ?? 0));
    if (pieces > 0) load.set(j, pieces);
    left[j] = (left[j] ?? 0) - pieces;
  }
  return load;
};

const gramsOf = ({ weight }: Instance, load: ReadonlyMap<number, number>): number =>
  [...load].reduce((sum, [j, pieces]) => sum + pieces * (weight[j] ?? 0), 0);

const paid = (instance: Instance, l: number, grams: number) => {
  const staircase = instance.staircase[l];
  if (staircase === undefined) throw new Error('every location has a tariff');
  return paidFor(staircase, grams, 0);
};

describe('a weight cut', () => {
  it('is kept by every plan', () => {
    let tight = 0;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = randomFrom(seed);
        const instance = reduced(seed % 1000);
        const cut = anyCut(instance, random);
        if (cut === undefined) return;
        const left = instance.demand.slice();
        let sum = 0;
        for (let l = 0; l < instance.locations; l++) {
          const load = anyLoad(instance, l, left, random);
          if (load.size > 0) sum += countOfStep(cut, l, paid(instance, l, gramsOf(instance, load)).carries);
        }
        for (let j = 0; j < instance.lines; j++) sum += (left[j] ?? 0) * countOfPiece(cut, instance, j);
        if (sum < cut.right + 0.5) tight++;
        expect(sum).toBeGreaterThanOrEqual(cut.right - 1e-9);
      }),
      { numRuns: 3000 },
    );
    expect(tight).toBeGreaterThan(0);
  });
});

describe('tilt', () => {
  it('makes no shipment dearer than it is less what its step counts, and says which step it pays for', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = randomFrom(seed);
        const instance = reduced(seed % 1000);
        if (instance.locations === 0) return;
        const cuts = [anyCut(instance, random), anyCut(instance, random)].filter((cut) => cut !== undefined);
        const rows: PricedCuts = { cuts, prices: Float64Array.from(cuts, () => random.next() * 2000) };
        const tilted = tilt(createRelaxation(instance), rows);
        const l = random.whole(0, instance.locations - 1);
        const grams = gramsOf(instance, anyLoad(instance, l, instance.demand.slice(), random));
        const staircase = tilted.instance.staircase[l];
        if (staircase === undefined) throw new Error('every location has a tariff');
        const lessCounts = (carries: number): number =>
          cuts.reduce((sum, cut, at) => sum - (rows.prices[at] ?? 0) * countOfStep(cut, l, carries), 0);
        const price = (tilted.instance.fixedCost[l] ?? 0) + priceOf(staircase, grams);
        const real = (instance.fixedCost[l] ?? 0) + paid(instance, l, grams).postage;
        expect(price).toBeLessThanOrEqual(real + lessCounts(paid(instance, l, grams).carries) + 1e-6);
        const step = stepFor(tilted, l, grams);
        expect(step.carries).toBeGreaterThanOrEqual(grams);
        const own = (instance.fixedCost[l] ?? 0) + step.postage + lessCounts(step.carries);
        expect(Math.abs(own - price)).toBeLessThanOrEqual(instance.quantum + 1e-6);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('bestShipment under tilted prices', () => {
  it('saves no less than any shipment does, also where a capacity limits them', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = randomFrom(seed);
        const problem = problemOf({ family: 'tariffs', profile: 'cost', locations: 3, lines: 4, seed: seed % 1000 });
        const locations = problem.locations.map((location) => ({ ...location, capacity: random.whole(1, 6) }));
        const instance = reduce({ ...problem, locations });
        const cuts = [anyCut(instance, random), anyCut(instance, random)].filter((cut) => cut !== undefined);
        const relaxation = createRelaxation(instance);
        const rows: PricedCuts = { cuts, prices: Float64Array.from(cuts, () => random.next() * 3000) };
        const { instance: tilted, limits } = tilt(relaxation, rows);
        const prices = instance.unfilledCost.map((cost) => Math.floor(cost * random.next()));
        for (let l = 0; l < instance.locations; l++) {
          const staircase = tilted.staircase[l];
          if (staircase === undefined) throw new Error('every location has a tariff');
          const saved = bestShipment(tilted, l, prices, limits, createShipper(instance.lines), true);
          for (let turn = 0; turn < 20; turn++) {
            const load = anyLoad(instance, l, instance.demand.slice(), random);
            const pieces = [...load.values()].reduce((sum, count) => sum + count, 0);
            if (pieces === 0 || pieces > (instance.capacity[l] ?? 0)) continue;
            let net = -priceOf(staircase, gramsOf(instance, load));
            for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) {
              const j = instance.line[k] ?? 0;
              net += (load.get(j) ?? 0) * ((prices[j] ?? 0) - (instance.unitCost[k] ?? 0));
            }
            expect(saved, `location ${l}`).toBeGreaterThanOrEqual(net);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('generateWithCuts and fixOffers', () => {
  it('raise the bound to the best plan at most, and leave that plan', () => {
    let decided = 0;
    let cut = 0;
    for (let seed = 1; seed <= 120; seed++) {
      const profile = seed % 2 === 0 ? 'cost' : 'split';
      const problem = problemOf({
        family: 'tariffs',
        profile,
        locations: 4 + (seed % 12),
        lines: 3 + (seed % 10),
        seed,
      });
      const { plan, objective, proven } = solve(problem);
      expect(proven).toBe(true);
      const instance = reduce(problem);
      // One step dearer than the best plan, so that this one is still to be found.
      const incumbent = { cost: objective - instance.constant + instance.moneyStep, shipments: [] };
      const search = createSearch(instance, incumbent, createBudget(), instance.unfilledCost);
      const generation = createGeneration(instance);
      const { bound } = generateWithCuts(search, generation, 10);
      expect(bound, String(seed)).toBeLessThanOrEqual(objective - instance.constant);
      cut += search.rows.cuts.length;
      decided += fixOffers(search, generation.shipper);
      const { status, limits } = search.relaxation;
      for (let l = 0; l < instance.locations; l++) {
        const own = plan.filter(({ location }) => location === instance.locationOrigin[l]);
        expect(status[l], `${seed}: location ${l}`).not.toBe(own.length > 0 ? CLOSED : OPEN);
        if (own.length === 0) continue;
        for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) {
          const origin = instance.lineOrigin[instance.line[k] ?? 0];
          const units = own.find(({ line }) => line === origin)?.units ?? 0;
          expect(units, `${seed}: offer ${k}`).toBeGreaterThanOrEqual(limits.least[k] ?? 0);
          expect(units, `${seed}: offer ${k}`).toBeLessThanOrEqual(limits.most[k] ?? 0);
        }
      }
    }
    expect(decided).toBeGreaterThan(100);
    expect(cut).toBeGreaterThan(20);
  });
});
