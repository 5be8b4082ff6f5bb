import { priceOf, staircaseOf } from './engine/staircase.ts';
import type { Location, Problem, Shipment } from './problem.ts';

/** What one stage minimises: costs of its own over the locations, offers and lines of a problem. Whole numbers from 0. */
export type Objective = {
  /** By location: what it costs if it ships anything. */
  readonly fixedCost: readonly number[];
  /** By location, in the order of its offers: the cost of one unit. */
  readonly unitCost: readonly (readonly number[])[];
  /** By line: the cost of one unit left unfilled. */
  readonly unfilledCost: readonly number[];
  /** The parcels of the locations' tariffs are paid for so many times: 0 = not at all, 1 = at the tariff's prices. */
  readonly parcels: number;
};

/** The problem with the objective's costs in place of its own. */
export const costedBy = (problem: Problem, { fixedCost, unitCost, unfilledCost, parcels }: Objective): Problem => ({
  ...problem,
  unfilledCost,
  locations: problem.locations.map(({ capacity, tariff, offers }, l): Location => {
    const costed = {
      fixedCost: fixedCost[l] ?? 0,
      capacity,
      offers: offers.map((offer, k) => ({ ...offer, unitCost: unitCost[l]?.[k] ?? 0 })),
    };
    if (tariff === undefined || parcels === 0) return costed;
    return { ...costed, tariff: tariff.map(({ upTo, price }) => ({ upTo, price: price * parcels })) };
  }),
});

/** `weight` units of the first objective and one of the second. */
export const weighted = (weight: number, first: Objective, second: Objective): Objective => ({
  fixedCost: first.fixedCost.map((cost, l) => weight * cost + (second.fixedCost[l] ?? 0)),
  unitCost: first.unitCost.map((costs, l) => costs.map((cost, k) => weight * cost + (second.unitCost[l]?.[k] ?? 0))),
  unfilledCost: first.unfilledCost.map((cost, line) => weight * cost + (second.unfilledCost[line] ?? 0)),
  parcels: weight * first.parcels + second.parcels,
});

/** The objective of a stage that asks for nothing. */
export const indifferent = ({ demand, locations }: Problem): Objective => ({
  fixedCost: locations.map(() => 0),
  unitCost: locations.map(({ offers }) => offers.map(() => 0)),
  unfilledCost: demand.map(() => 0),
  parcels: 0,
});

const parcelsOf = (problem: Problem, plan: readonly Shipment[]): number => {
  const grams = new Map<number, number>();
  for (const { location, line, units } of plan) {
    grams.set(location, (grams.get(location) ?? 0) + units * (problem.weight?.[line] ?? 0));
  }
  let price = 0;
  for (const [location, weight] of grams) {
    const tariff = problem.locations[location]?.tariff ?? [];
    if (tariff.length > 0) price += priceOf(staircaseOf(tariff, weight), weight);
  }
  return price;
};

/** What the plan costs by the objective. */
export const costBy = (problem: Problem, objective: Objective, plan: readonly Shipment[]): number => {
  const left = [...problem.demand];
  let value = objective.parcels === 0 ? 0 : objective.parcels * parcelsOf(problem, plan);
  for (const { location, line, units } of plan) {
    const offer = problem.locations[location]?.offers.findIndex((candidate) => candidate.line === line) ?? -1;
    value += units * (objective.unitCost[location]?.[offer] ?? 0);
    left[line] = (left[line] ?? 0) - units;
  }
  for (const location of new Set(plan.map((shipment) => shipment.location)))
    value += objective.fixedCost[location] ?? 0;
  return left.reduce((sum, units, line) => sum + units * (objective.unfilledCost[line] ?? 0), value);
};

/** What no plan avoids: the price of the units that nobody has. */
export const unavoidable = ({ demand, locations }: Problem, { unfilledCost }: Objective): number => {
  const missing = [...demand];
  for (const { offers } of locations)
    for (const { line, units } of offers) missing[line] = (missing[line] ?? 0) - units;
  return missing.reduce((sum, units, line) => sum + Math.max(0, units) * (unfilledCost[line] ?? 0), 0);
};
