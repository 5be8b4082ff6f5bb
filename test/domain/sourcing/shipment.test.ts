import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsWithin } from '../../../src/domain/sourcing/engine/columns.ts';
import type { Instance } from '../../../src/domain/sourcing/engine/instance.ts';
import { reduce } from '../../../src/domain/sourcing/engine/reduce.ts';
import { createRelaxation, type Relaxation, relax } from '../../../src/domain/sourcing/engine/relaxation.ts';
import { bestShipment, createShipper } from '../../../src/domain/sourcing/engine/shipment.ts';
import { priceOf } from '../../../src/domain/sourcing/engine/staircase.ts';
import type { Problem } from '../../../src/domain/sourcing/problem.ts';

const problems = fc.integer({ min: 1, max: 4 }).chain((lines) =>
  fc.record({
    demand: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: lines, maxLength: lines }),
    weight: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: lines, maxLength: lines }),
    unitCost: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: lines, maxLength: lines }),
    prices: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: lines, maxLength: lines }),
    tariff: fc.array(fc.record({ upTo: fc.integer({ min: 1, max: 25 }), price: fc.integer({ min: 0, max: 40 }) }), {
      maxLength: 3,
    }),
    capacity: fc.integer({ min: 0, max: 9 }),
    wholeLines: fc.boolean(),
    fixedCost: fc.integer({ min: 0, max: 10 }),
  }),
);

type Given = typeof problems extends fc.Arbitrary<infer Value> ? Value : never;

type Case = { readonly instance: Instance; readonly relaxation: Relaxation };

/** A location with these offers, priced; undefined where nothing about it is hard. */
const caseOf = (given: Given): Case | undefined => {
  const { demand, weight, unitCost, prices, tariff, capacity, wholeLines, fixedCost } = given;
  const problem: Problem = {
    demand,
    unfilledCost: demand.map(() => 1000),
    weight,
    locations: [
      {
        fixedCost,
        capacity,
        tariff,
        offers: demand.map((units, line) => ({ line, units, unitCost: unitCost[line] ?? 0 })),
      },
    ],
    maxLocations: 0,
    wholeLines,
  };
  // Shipments are looked for only where some location is tied, be it another one.
  const instance = { ...reduce(problem), anyTied: true };
  if (instance.locations === 0) return undefined;
  const relaxation = createRelaxation(instance);
  instance.lineOrigin.forEach((line, j) => {
    relaxation.prices[j] = (prices[line] ?? 0) * (instance.size[j] ?? 1);
  });
  return { instance, relaxation };
};

/** Every shipment that the location could make, each as pieces by line, with what it costs and what it is worth at the prices. */
const allShipments = ({ instance, relaxation }: Case): { pieces: number[]; cost: number; worth: number }[] => {
  let shipments = [{ pieces: new Array<number>(instance.lines).fill(0), cost: 0, worth: 0, grams: 0, load: 0 }];
  for (let k = 0; k < instance.units.length && k < (instance.start[1] ?? 0); k++) {
    const j = instance.line[k] ?? 0;
    shipments = shipments.flatMap((before) =>
      Array.from({ length: (instance.units[k] ?? 0) + 1 }, (_, count) => ({
        pieces: before.pieces.with(j, count),
        cost: before.cost + count * (instance.unitCost[k] ?? 0),
        worth: before.worth + count * (relaxation.prices[j] ?? 0),
        grams: before.grams + count * (instance.weight[j] ?? 0),
        load: before.load + count * (instance.size[j] ?? 0),
      })),
    );
  }
  const staircase = instance.staircase[0];
  return shipments
    .filter(({ load }) => load <= (instance.capacity[0] ?? 0))
    .map(({ pieces, cost, worth, grams }) => ({
      pieces,
      cost: cost + (instance.fixedCost[0] ?? 0) + (staircase === undefined ? 0 : priceOf(staircase, grams)),
      worth,
    }));
};

describe('bestShipment', () => {
  /** Priced cases, with what each shipment would save, fixed cost apart. */
  const onEach = (check: (one: Case, nets: readonly { pieces: number[]; net: number }[]) => void): void =>
    fc.assert(
      fc.property(problems, (given) => {
        const one = caseOf(given);
        if (one === undefined) return;
        const fixed = one.instance.fixedCost[0] ?? 0;
        check(
          one,
          allShipments(one).map(({ pieces, cost, worth }) => ({ pieces, net: worth - cost + fixed })),
        );
      }),
      { numRuns: 600 },
    );

  it('saves as much as the best of all shipments, and holds one that does', () => {
    onEach(({ instance, relaxation }, nets) => {
      const shipper = createShipper(instance.lines);
      const saved = bestShipment(instance, 0, relaxation.prices, relaxation.limits, shipper, false);
      const best = Math.max(...nets.map(({ net }) => net));
      // Below the fixed cost the location stays closed, and an upper bound is enough.
      if (best < (instance.fixedCost[0] ?? 0)) {
        expect(saved).toBeGreaterThanOrEqual(best);
        return;
      }
      expect(saved).toBe(best);
      expect(nets.find(({ pieces }) => pieces.every((count, j) => count === shipper.pieces[j]))?.net).toBe(best);
    });
  });

  it('saves as much as the best that holds something where the location is open, even if none pays', () => {
    onEach(({ instance, relaxation }, nets) => {
      const shipper = createShipper(instance.lines);
      const saved = bestShipment(instance, 0, relaxation.prices, relaxation.limits, shipper, true);
      const some = nets.filter(({ pieces }) => pieces.some((count) => count > 0));
      expect(saved).toBe(Math.max(...some.map(({ net }) => net)));
    });
  });
});

describe('columnsWithin', () => {
  it('lists every shipment whose slack is within the gap', () => {
    fc.assert(
      fc.property(problems, fc.integer({ min: 0, max: 60 }), (given, gap) => {
        const one = caseOf(given);
        if (one === undefined || !one.instance.anyTied) return;
        const { instance, relaxation } = one;
        const bound = relax(relaxation);
        const limit = bound + gap;
        const { columns } = columnsWithin(relaxation, limit, 1e6);
        const listed = new Set(
          columns?.cost.map((_, k) => columns.pieces.slice(k * instance.lines, (k + 1) * instance.lines).join()),
        );
        const idle = instance.demand.reduce((sum, pieces, j) => sum + pieces * (relaxation.prices[j] ?? 0), 0);
        for (const { pieces, cost, worth } of allShipments(one)) {
          const ships = pieces.some((count) => count > 0);
          if (ships && idle + cost - worth <= limit) expect(listed).toContain(pieces.join());
        }
      }),
      { numRuns: 600 },
    );
  });
});
