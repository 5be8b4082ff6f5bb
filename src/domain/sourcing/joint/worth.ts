import type { Policy } from '../policy.ts';
import type { SourcingPass } from '../record.ts';

/**
 * What a plan, or many together, are worth; less is better, and the first entry that differs decides: units left over that
 * have no price, then the objective, stage by stage.
 */
export type Worth = readonly number[];

export const addWorth = (a: Worth, b: Worth): Worth =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, index) => (a[index] ?? 0) + (b[index] ?? 0));

export const compareWorth = (a: Worth, b: Worth): number => {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

export const totalWorth = (all: readonly Worth[]): Worth => all.reduce(addWorth, [0, 0]);

/** A route's price of a unit left over counts once, in the last pass: what an earlier one leaves, a later one may fill. */
export const worthOf = (passes: readonly SourcingPass[], { routes }: Policy): Worth => {
  let left = 0;
  let price: number | null = null;
  let stages: Worth = [];
  for (const { route, wanted, plan, objective, stages: named } of passes) {
    left = wanted.reduce((sum, units) => sum + units, 0) - plan.reduce((sum, { units }) => sum + units, 0);
    price = routes.find(({ name }) => name === route)?.objective?.unfilledPerUnit ?? null;
    stages = addWorth(stages, named?.map(({ value }) => value) ?? [objective - left * (price ?? 0)]);
  }
  return price === null ? [left, ...stages] : addWorth([0, ...stages], [0, left * price]);
};
