import type { MinorUnits, Quantity } from '../values.ts';
import { type MergedLines, mergeLines, shipmentsOfMembers } from './merge-lines.ts';
import type { Answer, Problem } from './problem.ts';
import { solve } from './solve.ts';

/** Locations by column: what opening one costs, what a unit of anything costs from it, and `available[line][location]`. */
export type Columns = {
  readonly fixed: readonly MinorUnits[];
  readonly unit: readonly MinorUnits[];
  readonly available: readonly (readonly Quantity[])[];
};

/** A solved plan; costs are without the price of gaps. */
export type Plan = Pick<Answer, 'plan' | 'proven' | 'nodes' | 'objective' | 'bound'> & { readonly unfilled: Quantity };

type Limits = { readonly maxLocations: number; readonly maxWork: number };

/** Of the plans that fill most, the cheapest found within `maxWork`. Locations are pruned and lines merged first. */
export const cheapest = (columns: Columns, demand: readonly Quantity[], { maxLocations, maxWork }: Limits): Plan => {
  const kept = worthTrying(columns, demand);
  const [only] = kept;
  if (only !== undefined && kept.length === 1 && holdsAll(columns, only, demand)) return allFrom(only, columns, demand);
  const unitCost = kept.map((index) => columns.unit[index] ?? 0);
  const available = demand.map((_, line) => kept.map((index) => columns.available[line]?.[index] ?? 0));
  const merged = mergeLines({ demand, available, unitCost }, { fillsAll: maxLocations === 0 });
  const gapPrice = gapPriceOf(columns, kept, demand, maxLocations);
  const { plan, objective, bound, proven, nodes, unfilled } = solve(
    problemOf(merged, gapPrice, kept, columns, maxLocations),
    { maxWork },
  );
  const gaps = unfilled.reduce((sum, units) => sum + units, 0);
  return {
    plan: shipmentsOfMembers(plan, merged, demand).map((shipment) => ({
      ...shipment,
      location: kept[shipment.location] ?? shipment.location,
    })),
    objective: objective - gaps * gapPrice,
    bound: Math.max(0, bound - gaps * gapPrice),
    proven,
    nodes,
    unfilled: gaps,
  };
};

/** One location is left that is worth trying, and it has everything: there is nothing to search. */
const allFrom = (index: number, { fixed, unit }: Columns, demand: readonly Quantity[]): Plan => {
  const units = demand.reduce((sum, one) => sum + one, 0);
  const objective = (fixed[index] ?? 0) + units * (unit[index] ?? 0);
  const plan = demand.map((wanted, line) => ({ location: index, line, units: wanted }));
  return { plan, objective, bound: objective, proven: true, nodes: 0, unfilled: 0 };
};

const holdsAll = ({ available }: Columns, index: number, demand: readonly Quantity[]): boolean => {
  for (let line = 0; line < demand.length; line++) {
    if ((available[line]?.[index] ?? 0) < (demand[line] ?? 0)) return false;
  }
  return true;
};

/**
 * The locations that some best plan may need. Where one location holds the whole demand, every other one that costs no
 * less to open and per unit can be replaced by it in any plan (replacement dominance); of equal ones the first stays.
 */
const worthTrying = (columns: Columns, demand: readonly Quantity[]): number[] => {
  const { fixed, unit } = columns;
  let best = -1;
  let bestFixed = Number.POSITIVE_INFINITY;
  for (let index = 0; index < fixed.length; index++) {
    const cost = fixed[index] ?? 0;
    if (cost >= bestFixed || !holdsAll(columns, index, demand)) continue;
    best = index;
    bestFixed = cost;
  }
  const bestUnit = unit[best] ?? 0;
  const kept: number[] = [];
  for (let index = 0; index < fixed.length; index++) {
    const cost = fixed[index] ?? 0;
    const perUnit = unit[index] ?? 0;
    const isDearer = cost > bestFixed || perUnit > bestUnit;
    const isReplaced = index !== best && cost >= bestFixed && perUnit >= bestUnit && (isDearer || index > best);
    if (!isReplaced) kept.push(index);
  }
  return kept;
};

/** More than filling one unit more can cost. */
const gapPriceOf = (
  { fixed, unit }: Columns,
  kept: readonly number[],
  demand: readonly Quantity[],
  maxLocations: number,
): MinorUnits => {
  if (maxLocations === 0) return kept.reduce((sum, index) => sum + (fixed[index] ?? 0) + (unit[index] ?? 0), 1);
  // It may take moving the whole order to dearer locations.
  const units = demand.reduce((sum, one) => sum + one, 0);
  const dearest = kept.map((index) => fixed[index] ?? 0).toSorted((a, b) => b - a);
  const opening = dearest.slice(0, maxLocations).reduce((sum, cost) => sum + cost, 0);
  return 1 + opening + units * kept.reduce((most, index) => Math.max(most, unit[index] ?? 0), 0);
};

const problemOf = (
  { demand, available }: MergedLines,
  gapPrice: MinorUnits,
  kept: readonly number[],
  { fixed, unit }: Columns,
  maxLocations: number,
): Problem => ({
  demand,
  unfilledCost: demand.map(() => gapPrice),
  locations: kept.map((index, at) => ({
    fixedCost: fixed[index] ?? 0,
    capacity: 0,
    offers: demand.flatMap((wanted, line) => {
      const units = Math.min(wanted, available[line]?.[at] ?? 0);
      return units === 0 ? [] : [{ line, units, unitCost: unit[index] ?? 0 }];
    }),
  })),
  maxLocations,
  wholeLines: false,
});
