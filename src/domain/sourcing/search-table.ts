import { cheapest } from './cheapest-plan.ts';
import { priceOf, staircaseOf } from './engine/staircase.ts';
import { areSingle, goodsPerUnit, shipmentsOfSkus } from './lines.ts';
import { isUniform, type Stage, unitPrice } from './objective.ts';
import { MOST_MONEY, worthOf } from './parse-problem.ts';
import type { Problem, Shipment } from './problem.ts';
import { solve } from './solve.ts';
import { solveInStages } from './solve-stages.ts';
import { costedBy, type Objective as StageObjective } from './stage-objective.ts';
import { fillMost, fixedOf, problemOf, stageObjective, type Table } from './table.ts';

/**
 * A plan for a table. `value` is what is compared, first entry first: units of goods left over (0 where they have a price
 * and are part of the next), then one entry for each stage of the objective; `bound` is what no plan can be below, of
 * those whose earlier entries are as good.
 */
export type Found = {
  /** `location`: candidate; `line`: SKU. */
  readonly shipments: readonly Shipment[];
  readonly value: readonly number[];
  readonly bound: readonly number[];
  readonly proven: boolean;
  readonly nodes: number;
};

/** Money so large that it no longer adds up exactly: a policy or a tariff is out of proportion. */
export class ObjectiveTooLarge extends Error {}

type Effort = { readonly maxWork: number };

/** The best plan for the table, exact within the effort. */
export const searchTable = (table: Table, effort: Effort): Found => {
  const [stage, ...others] = table.stages;
  if (stage === undefined) throw new Error('an objective has a stage');
  if (others.length > 0) return searchInStages(table, effort);
  const { tariff } = table.facts.candidates;
  const isWeighed = tariff !== undefined && table.rows.some((candidate) => (tariff[candidate] ?? null) !== null);
  const isPlain = isUniform(stage) && !isWeighed && table.unfilledPerUnit === null && areSingle(table.lines);
  if (isPlain) return searchPlain(table, stage, effort);
  return table.maxLocations === 0 || table.unfilledPerUnit !== null
    ? searchPriced(table, stage, effort)
    : searchInStages(table, effort);
};

/** A unit costs the same whatever it is, so pruning and merging lines beforehand pays. */
const searchPlain = (table: Table, stage: Stage, { maxWork }: Effort): Found => {
  const { rows, lines, usable, maxLocations, facts } = table;
  const skuOf = lines.map(({ members: [first] }) => first?.sku ?? 0);
  const [probe = 0] = skuOf;
  const columns = {
    fixed: rows.map((candidate) => fixedOf(table, stage, candidate)),
    unit: rows.map((candidate) => unitPrice(stage, facts, probe, candidate)),
    available: skuOf.map((sku) => rows.map((candidate) => usable[sku]?.[candidate] ?? 0)),
  };
  const demand = lines.map(({ units }) => units);
  const { plan, objective, bound, proven, nodes, unfilled } = cheapest(columns, demand, { maxLocations, maxWork });
  return {
    shipments: plan.map(({ location, line, units }) => ({
      location: rows[location] ?? 0,
      line: skuOf[line] ?? 0,
      units,
    })),
    value: [unfilled, objective],
    bound: [unfilled, bound],
    proven,
    nodes,
  };
};

/** One solve, in which a unit left over has a price: its own, or more than filling it can cost. */
const searchPriced = (table: Table, stage: Stage, { maxWork }: Effort): Found => {
  const problem = problemOf(table);
  const free = stageObjective(table, problem, stage, problem.unfilledCost);
  const price = table.unfilledPerUnit ?? priceOfGap(table, problem, free);
  const goods = table.lines.map(goodsPerUnit);
  const priced = costedBy(problem, { ...free, unfilledCost: goods.map((units) => units * price) });
  if (worthOf(priced) > MOST_MONEY) throw new ObjectiveTooLarge('A weight of the objective or a price is too large.');
  const { plan, objective, bound, proven, nodes, unfilled } = solve(priced, { maxWork });
  const gaps = unfilled.reduce((sum, units, line) => sum + units * (goods[line] ?? 0), 0);
  const isPart = table.unfilledPerUnit !== null;
  return {
    shipments: named(plan, table),
    value: isPart ? [0, objective] : [gaps, objective - gaps * price],
    bound: isPart ? [0, bound] : [gaps, Math.max(0, bound - gaps * price)],
    proven,
    nodes,
  };
};

/** More than it can cost to fill one unit of goods more, where any number of locations may ship. */
const priceOfGap = (table: Table, { locations, weight = [] }: Problem, objective: StageObjective): number =>
  table.rows.reduce((sum, _candidate, row) => {
    const { offers = [], tariff = [] } = locations[row] ?? {};
    const dearest = offers.reduce((most, { line }, offer) => {
      const grams = weight[line] ?? 0;
      const parcels = tariff.length === 0 ? 0 : objective.parcels * priceOf(staircaseOf(tariff, grams), grams);
      return Math.max(most, (objective.unitCost[row]?.[offer] ?? 0) + parcels);
    }, 0);
    return sum + (objective.fixedCost[row] ?? 0) + dearest;
  }, 1);

const searchInStages = (table: Table, { maxWork }: Effort): Found => {
  const problem = problemOf(table);
  const objectives = [
    fillMost(table, problem),
    ...table.stages.map((stage) => stageObjective(table, problem, stage, problem.unfilledCost)),
  ];
  const answer = solveInStages(problem, objectives, { maxWork });
  if (answer.status === 'too-large') {
    const { term } = table.stages[answer.stage - 1] ?? { term: 'units left over' };
    throw new ObjectiveTooLarge(`The objective up to ${term} is too large to add up exactly.`);
  }
  const { plan, stages, proven, nodes } = answer;
  return {
    shipments: named(plan, table),
    value: stages.map(({ value }) => value),
    bound: stages.map(({ bound }) => bound),
    proven,
    nodes,
  };
};

const named = (plan: readonly Shipment[], { rows, lines }: Table): Shipment[] =>
  shipmentsOfSkus(
    plan.map((shipment) => ({ ...shipment, location: rows[shipment.location] ?? 0 })),
    lines,
  );
