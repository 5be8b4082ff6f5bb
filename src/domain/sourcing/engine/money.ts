import type { Instance } from './instance.ts';

export const greatestCommonDivisor = (a: number, b: number): number => {
  let high = a;
  let low = b;
  while (low > 0) {
    const rest = high % low;
    high = low;
    low = rest;
  }
  return high;
};

type Costs = Pick<Instance, 'fixedCost' | 'unitCost' | 'unfilledCost' | 'staircase'>;

/** The greatest step of which every cost, and so the cost of every plan, is a multiple: bounds may be rounded up to it. */
export const moneyStepOf = ({ fixedCost, unitCost, unfilledCost, staircase }: Costs): number => {
  let step = 0;
  const meet = (costs: Float64Array | readonly number[]): void => {
    for (let index = 0; index < costs.length && step !== 1; index++)
      step = greatestCommonDivisor(step, costs[index] ?? 0);
  };
  // Unit costs are the least round ones mostly, so the rest need not be looked at.
  meet(unitCost);
  meet(unfilledCost);
  meet(fixedCost);
  for (const steps of staircase) if (steps !== undefined) for (const { price } of steps.parcels) meet([price]);
  return Math.max(1, step);
};

/** Powers of two down to 1/1024, but coarse enough for sums of the problem's whole worth to stay exact in a double. */
export const quantumFor = (worth: number): number => {
  let quantum = 1 / 1024;
  while (quantum < 1 && worth / quantum > 2 ** 51) quantum *= 2;
  return quantum;
};

/** Sums stay exact up to 2^53; above half of it, one of several terms may pass that on the way, and each then errs by 1 at most. */
export const roundingOf = (worth: number, terms: number): number => (worth > 2 ** 52 ? 2 * terms : 0);
