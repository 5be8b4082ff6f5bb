import { describe, expect, it } from 'vitest';
import { decisionAnswer } from '../../src/api/sourcing-answer.ts';
import type { SourcingPass } from '../../src/domain/sourcing/record.ts';
import { networkOf, planned } from '../domain/sourcing/sourcing-cases.ts';
import { units } from '../support/examples.ts';

const sites = [{ parcel: 100, unit: 0, kilometres: 0, priority: 1 }];
const { record, pass } = planned([units('1', 'teapot', 1)], networkOf(sites, [[1]]));

const gapOf = (...passes: readonly Partial<SourcingPass>[]): number =>
  decisionAnswer({ ...record, passes: passes.map((one) => ({ ...pass, ...one })) }).gap;

const open = { objective: 100, bound: 100, proven: false };
const settled = { term: 'parcels', value: 2, bound: 2 };

describe('the gap of a decision', () => {
  it('is none where all of it is proven', () => {
    expect(gapOf({}, {})).toBe(0);
  });

  it('is the share of the objective of all passes that is open', () => {
    expect(gapOf({ ...open, bound: 80 }, { objective: 100, bound: 100 })).toBe(0.1);
  });

  it('is that of the first open term where the last one is as good as it can be', () => {
    expect(gapOf({ ...open, stages: [settled, { term: 'lateness', value: 4, bound: 3 }] })).toBe(0.25);
  });

  it('is everything where perhaps more could be filled', () => {
    expect(gapOf(open)).toBe(1);
    expect(gapOf({ ...open, stages: [settled] })).toBe(1);
  });
});
