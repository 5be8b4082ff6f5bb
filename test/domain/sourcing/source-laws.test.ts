import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { units } from '../../support/examples.ts';
import { bestByHand } from './by-hand.ts';
import { networkOf, plan, planned, policyOf, total } from './sourcing-cases.ts';

const few = fc.nat(3);
const anySite = fc.record({
  parcel: fc.nat(40),
  unit: fc.oneof(fc.nat(20), fc.constantFrom(0, 90)),
  kilometres: fc.nat(60),
  priority: fc.nat(2),
});
const anyCase = fc
  .record({
    locations: fc.integer({ min: 1, max: 4 }),
    skus: fc.integer({ min: 1, max: 3 }),
    split: fc.constantFrom('byUnit' as const, 'byUnit' as const, 'never' as const),
  })
  .chain(({ locations, skus, split }) =>
    fc.record({
      sites: fc.array(anySite, { minLength: locations, maxLength: locations }),
      stock: fc.array(fc.array(few, { minLength: locations, maxLength: locations }), {
        minLength: skus,
        maxLength: skus,
      }),
      demand: fc
        .array(fc.integer({ min: 1, max: 3 }), { minLength: skus, maxLength: skus })
        .map((wanted) => wanted.map((quantity, index) => units(`${index + 1}`, `sku${index}`, quantity))),
      policy: fc.constant(policyOf({ split: { mode: split } })),
      mode: fc.constant(split),
    }),
  );

describe('sourcing an order', () => {
  it('fills as many units as can be filled, at the least cost of all plans that do', () => {
    fc.assert(
      fc.property(anyCase, ({ sites, stock, demand, policy, mode }) => {
        const { record, pass, unfilled } = planned(demand, networkOf(sites, stock), { policy });
        const found = { unfilled: total(unfilled), cost: pass.objective };
        expect(found).toEqual(
          bestByHand(
            record.candidates,
            demand.map(({ quantity }) => quantity),
            mode,
          ),
        );
        expect([pass.proven, pass.bound]).toEqual([true, pass.objective]);
      }),
      { numRuns: 400 },
    );
  });

  it('ships no more than was asked or is there, at the cost that it states', () => {
    fc.assert(
      fc.property(anyCase, ({ sites, stock, demand, policy }) => {
        const { fulfilments, unfilled, pass } = planned(demand, networkOf(sites, stock), { policy });
        for (const { lineId, sku, quantity } of demand) {
          const shipped = fulfilments.flatMap(({ lines }) => lines).filter((one) => one.lineId === lineId);
          const open = unfilled.filter((one) => one.lineId === lineId);
          expect(total([...shipped, ...open])).toBe(quantity);
          expect([...shipped, ...open].every((one) => one.sku === sku && one.quantity > 0)).toBe(true);
        }
        for (const { locationId, lines } of fulfilments)
          for (const { sku, quantity } of lines) {
            expect(quantity).toBeLessThanOrEqual(stock[Number(sku.slice(3))]?.[Number(locationId.slice(1))] ?? 0);
          }
        expect(fulfilments.reduce((sum, { cost }) => sum + cost, 0)).toBe(pass.objective);
        expect(new Set(fulfilments.map(({ locationId }) => locationId)).size).toBe(fulfilments.length);
      }),
    );
  });

  it('decides the same in whatever order it is shown the locations', () => {
    fc.assert(
      fc.property(
        anyCase,
        fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
        ({ sites, stock, demand, policy }, keys) => {
          const { locations, available } = networkOf(sites, stock);
          const order = locations.map((_, index) => index).toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
          const shuffle = <Item>(items: readonly Item[]) => order.flatMap((index) => items[index] ?? []);
          const shuffled = {
            logPosition: null,
            locations: shuffle(locations),
            available: available.map((row) => order.map((index) => row[index] ?? 0)),
          };
          expect(plan(demand, shuffled, { policy })).toEqual(plan(demand, networkOf(sites, stock), { policy }));
        },
      ),
    );
  });

  it('fills no less, and as much no dearer, when stock is added', () => {
    fc.assert(
      fc.property(anyCase, few, few, few, ({ sites, stock, demand, policy }, sku, location, more) => {
        const richer = stock.map((row, line) =>
          row.map((held, at) => held + (line === sku && at === location ? more : 0)),
        );
        const before = planned(demand, networkOf(sites, stock), { policy });
        const after = planned(demand, networkOf(sites, richer), { policy });
        expect(total(after.unfilled)).toBeLessThanOrEqual(total(before.unfilled));
        if (total(after.unfilled) === total(before.unfilled))
          expect(after.pass.objective).toBeLessThanOrEqual(before.pass.objective);
      }),
    );
  });

  it('names a runner-up that does without a chosen location, fills as much and is no cheaper', () => {
    fc.assert(
      fc.property(anyCase, ({ sites, stock, demand, policy }) => {
        const { fulfilments, pass } = planned(demand, networkOf(sites, stock), { policy });
        if (pass.runnerUp === null) return;
        const chosen = fulfilments.map(({ locationId }) => locationId).toSorted();
        expect(pass.runnerUp.locationIds.toSorted()).not.toEqual(chosen);
        expect(pass.runnerUp.locationIds).not.toEqual(expect.arrayContaining(chosen));
        expect(pass.runnerUp.objective).toBeGreaterThanOrEqual(pass.objective);
      }),
    );
  });

  it('asks no location for what it refused before', () => {
    const exclusion = fc.record({
      locationId: fc.constantFrom('l0', 'l1', 'l2'),
      sku: fc.constantFrom(null, 'sku0', 'sku1'),
    });
    fc.assert(
      fc.property(anyCase, fc.array(exclusion, { maxLength: 3 }), ({ sites, stock, demand, policy }, excluded) => {
        const without = stock.map((row, line) =>
          row.map((held, at) =>
            excluded.some((one) => one.locationId === `l${at}` && (one.sku === null || one.sku === `sku${line}`))
              ? 0
              : held,
          ),
        );
        const { fulfilments, unfilled, pass } = planned(demand, networkOf(sites, stock), { policy, excluded });
        const same = planned(demand, networkOf(sites, without), { policy });
        expect([fulfilments, unfilled, pass.objective]).toEqual([same.fulfilments, same.unfilled, same.pass.objective]);
      }),
    );
  });
});
