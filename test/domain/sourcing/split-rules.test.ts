import { describe, expect, it } from 'vitest';
import type { SplitRules } from '../../../src/domain/sourcing/policy.ts';
import { units } from '../../support/examples.ts';
import { networkOf, planned, policyOf, total } from './sourcing-cases.ts';

const site = (parcel: number) => ({ parcel, unit: 0, kilometres: 0, priority: 1 });
const shippedBy = ({ fulfilments }: Pick<ReturnType<typeof planned>, 'fulfilments'>): string[] =>
  fulfilments.map(({ locationId, lines }) => `${locationId} ${lines.map(({ sku, quantity }) => `${quantity} ${sku}`)}`);

describe('split rules over a soft fence', () => {
  /** Only `l0` as long as it has what is wanted; then anybody. */
  const preferring = (split: SplitRules) => policyOf({ fences: [{ type: 'location', in: ['l0'], soft: true }], split });
  const three = [site(100), site(100), site(100)];

  it('opens no second location for what is left where an order comes from one', () => {
    const decision = planned([units('1', 'teapot', 2)], networkOf(three, [[1, 5, 5]]), {
      policy: preferring({ mode: 'never' }),
    });
    expect(shippedBy(decision)).toEqual(['l0 1 teapot']);
    expect(total(decision.unfilled)).toBe(1);
  });

  it('opens as many further locations as the limit leaves, and ships more from those that are open', () => {
    const withheld = { type: 'protectedStock', units: 1, at: { locations: ['l0'] }, soft: true } as const;
    const policy = policyOf({
      fences: [{ type: 'location', in: ['l0'], soft: true }, withheld],
      split: { mostFulfilments: 2 },
    });
    const decision = planned([units('1', 'teapot', 6)], networkOf(three, [[3, 2, 2]]), { policy });
    expect(shippedBy(decision)).toEqual(['l0 3 teapot', 'l1 2 teapot']);
    expect(total(decision.unfilled)).toBe(1);
  });

  it('counts the locations of a line in both passes', () => {
    const network = networkOf(three, [
      [1, 1, 1],
      [1, 0, 1],
    ]);
    const demand = [units('1', 'teapot', 3), units('2', 'kettle', 2)];
    const decision = planned(demand, network, { policy: preferring({ mostFulfilmentsPerLine: 2 }) });
    expect(shippedBy(decision)).toEqual(['l0 1 teapot,1 kettle', 'l2 1 teapot,1 kettle']);
  });

  it('sends no part worth too little, though it is all that is left', () => {
    const demand = [
      { ...units('1', 'teapot', 2), unitPrice: 1_000 },
      { ...units('2', 'mug', 1), unitPrice: 300 },
    ];
    const network = networkOf(three, [
      [2, 0, 0],
      [0, 1, 0],
    ]);
    const decision = planned(demand, network, { policy: preferring({ smallestPartValue: 1_500 }) });
    expect(shippedBy(decision)).toEqual(['l0 2 teapot']);
  });
});

describe('an order that is filled as a whole or not at all', () => {
  const network = networkOf([site(10), site(150)], [[1, 1]]);
  const whole = (unfilledPerUnit: number) =>
    planned([units('1', 'teapot', 2)], network, {
      policy: policyOf({ split: { partial: false }, objective: { weighted: { cost: 1 }, unfilledPerUnit } }),
    });

  it('is filled where that costs less than to leave it, though a part would cost least', () => {
    const { fulfilments, pass } = whole(100);
    expect([fulfilments.length, pass.objective, pass.proven]).toEqual([2, 160, true]);
  });

  it('is left where filling it costs more', () => {
    const { fulfilments, pass } = whole(70);
    expect([fulfilments.length, pass.objective, pass.proven]).toEqual([0, 140, true]);
  });

  it('is left, with proof, where not all of it is there', () => {
    const { fulfilments, pass } = planned([units('1', 'teapot', 3)], network, {
      policy: policyOf({ split: { partial: false } }),
    });
    expect([fulfilments.length, pass.objective, pass.bound, pass.proven]).toEqual([0, 0, 0, true]);
  });
});

describe('groups that stay together', () => {
  it('are tied to each other by an item of both', () => {
    const items = [
      { sku: 'teapot', groups: ['crockery'] },
      { sku: 'tray', groups: ['metal'] },
      { sku: 'set', groups: ['metal', 'crockery'] },
    ];
    const demand = [units('1', 'teapot', 1), units('2', 'mug', 1), units('3', 'tray', 2), units('4', 'set', 1)];
    const network = networkOf(
      [site(100), site(100), site(900)],
      [
        [1, 0, 1],
        [1, 0, 0],
        [0, 2, 2],
        [1, 0, 1],
      ],
    );
    const policy = policyOf({ split: { togetherGroups: ['crockery', 'metal'] } });
    expect(shippedBy(planned(demand, network, { policy, items }))).toEqual(['l0 1 mug', 'l2 1 teapot,2 tray,1 set']);
  });
});
