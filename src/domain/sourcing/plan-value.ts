import { priceOf, staircaseOf } from './engine/staircase.ts';
import type { Stage } from './objective.ts';
import { unitPrice } from './objective.ts';
import type { Shipment } from './problem.ts';
import { fixedOf, type Table } from './table.ts';

/** What the parcels of one location cost by its tariff; 0 where it has none. */
const tariffPrice = (table: Pick<Table, 'facts' | 'demand'>, candidate: number, own: readonly Shipment[]): number => {
  const { tariff = [], tariffs = [] } = table.facts.candidates;
  const steps = tariffs[tariff[candidate] ?? -1];
  if (steps === undefined) return 0;
  const grams = own.reduce((sum, { line, units }) => sum + units * (table.demand[line]?.weight ?? 0), 0);
  return priceOf(staircaseOf(steps, grams), grams);
};

const stageValue = (table: Table, stage: Stage, plan: readonly Shipment[]): number => {
  const byLocation = Map.groupBy(plan, ({ location }) => location);
  let value = 0;
  for (const [candidate, own] of byLocation) {
    value += fixedOf(table, stage, candidate) + (stage.weights.cost ?? 0) * tariffPrice(table, candidate, own);
    for (const { line, units } of own) value += units * unitPrice(stage, table.facts, line, candidate);
  }
  return value;
};

/** The plan's worth as `Found.value` has it, added up anew; `line` of a shipment is a SKU. */
export const planValue = (table: Table, wanted: readonly number[], plan: readonly Shipment[]): readonly number[] => {
  const left = wanted.reduce((sum, units) => sum + units, 0) - plan.reduce((sum, { units }) => sum + units, 0);
  const [first, ...rest] = table.stages.map((stage) => stageValue(table, stage, plan));
  if (table.unfilledPerUnit === null) return [left, first ?? 0, ...rest];
  return [0, (first ?? 0) + left * table.unfilledPerUnit, ...rest];
};

/** Below 0: `a` is better. Above 0: `b` is. */
export const compareValues = (a: readonly number[], b: readonly number[]): number => {
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};
