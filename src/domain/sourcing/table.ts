import type { Quantity } from '../values.ts';
import { goodsPerUnit, type Line, unitsFrom } from './lines.ts';
import { fixedPrice, type Stage, type TermFacts, unitPrice } from './objective.ts';
import type { Offer, Problem, Shipment } from './problem.ts';
import type { WantedSku } from './record.ts';
import type { Objective as StageObjective } from './stage-objective.ts';

/** What one pass of a route searches: rows are the candidates that take part. */
export type Table = {
  readonly rows: readonly number[];
  readonly lines: readonly Line[];
  /** Units that may be used, `[sku][candidate]`. */
  readonly usable: readonly (readonly Quantity[])[];
  readonly demand: readonly WantedSku[];
  readonly stages: readonly Stage[];
  readonly facts: TermFacts;
  /** What earlier passes ship: split rules hold for all passes together. */
  readonly before: readonly Shipment[];
  /** Candidates whose parcel is paid for already. */
  readonly opened: ReadonlySet<number>;
  /** 0: no limit. */
  readonly maxLocations: number;
  /** Price of a unit of goods left over; null: more than any way to fill it. */
  readonly unfilledPerUnit: number | null;
};

export const fixedOf = ({ facts, opened }: Table, stage: Stage, candidate: number): number =>
  opened.has(candidate) ? 0 : fixedPrice(stage, facts, candidate);

const unitOf = ({ facts }: Table, stage: Stage, { members }: Line, candidate: number): number =>
  members.reduce((sum, { sku, per }) => sum + per * unitPrice(stage, facts, sku, candidate), 0);

const offersOf = ({ lines, usable }: Table, candidate: number): Offer[] =>
  lines.flatMap((line, index) => {
    const units = unitsFrom(line, (sku) => usable[sku]?.[candidate] ?? 0);
    return units === 0 ? [] : [{ line: index, units, unitCost: 0 }];
  });

/** The canonical problem of the table, with no costs but the tariffs': each stage puts its own in. */
export const problemOf = (table: Table): Problem => {
  const { rows, lines, demand, facts, maxLocations } = table;
  const { tariff = [], tariffs = [] } = facts.candidates;
  const isWeighed = rows.some((candidate) => (tariff[candidate] ?? null) !== null);
  const weight = lines.map(({ members }) =>
    members.reduce((sum, { sku, per }) => sum + per * (demand[sku]?.weight ?? 0), 0),
  );
  return {
    demand: lines.map(({ units }) => units),
    unfilledCost: lines.map(() => 0),
    ...(isWeighed ? { weight } : {}),
    locations: rows.map((candidate) => {
      const steps = tariffs[tariff[candidate] ?? -1];
      return {
        fixedCost: 0,
        capacity: 0,
        ...(steps === undefined ? {} : { tariff: steps }),
        offers: offersOf(table, candidate),
      };
    }),
    maxLocations,
    wholeLines: false,
  };
};

/** What a stage adds up, as costs over the rows of the problem. */
export const stageObjective = (
  table: Table,
  problem: Problem,
  stage: Stage,
  unfilledCost: readonly number[],
): StageObjective => ({
  fixedCost: table.rows.map((candidate) => fixedOf(table, stage, candidate)),
  unitCost: table.rows.map((candidate, row) =>
    (problem.locations[row]?.offers ?? []).map(({ line }) => {
      const asked = table.lines[line];
      return asked === undefined ? 0 : unitOf(table, stage, asked, candidate);
    }),
  ),
  unfilledCost,
  parcels: stage.weights.cost ?? 0,
});

/** The first stage of all: fill as many units of goods as can be filled. */
export const fillMost = ({ rows, lines }: Table, problem: Problem): StageObjective => ({
  fixedCost: rows.map(() => 0),
  unitCost: problem.locations.map(({ offers }) => offers.map(() => 0)),
  unfilledCost: lines.map(goodsPerUnit),
  parcels: 0,
});
