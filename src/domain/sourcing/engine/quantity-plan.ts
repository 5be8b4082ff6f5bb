import type { Shipment } from '../problem.ts';
import type { Budget } from './budget.ts';
import type { Instance } from './instance.ts';
import { fits, piecesOf, type Quantities, quantitiesOf, shipmentsOf } from './quantities.ts';
import { type Candidate, type Combined, combineWithin } from './quantity-labels.ts';
import { type Cheapest, cheapestShipments, type Rest, restFor, restOf } from './quantity-parts.ts';
import { listShipments, type Shipments } from './quantity-shipments.ts';

export type SmallEffort = {
  /** Pairs of quantities, one within the other. */
  readonly mostPairs: number;
  /** Dearer plans are of no use. */
  readonly mostCost: number;
};

const MOST_SHIPMENTS = 300_000;
const MOST_CANDIDATES = 1_500;
const PAIR_STEPS = 0.15;
const SHIPMENT_STEPS = 3;
/** Plans are looked for up to so much above the bound, as a share of it, one limit after the other. */
const LIMITS = [0, 0.01, 0.02, 0.03, 0.045, 0.065, 0.09, 0.12];

/** What is found of a small order: its best plan, or only what no plan costs less than, and which locations one of some cost may use. */
export type SmallOrder = {
  readonly bound: number;
  readonly plan: Combined | undefined;
  readonly usableWithin: (limit: number) => number[];
};

const countPairs = ({ demand, maxLocations, lines }: Instance): number => {
  let pairs = maxLocations < lines ? Math.max(1, 2 * (maxLocations - 1)) : 1;
  for (const pieces of demand) pairs *= ((pieces + 1) * (pieces + 2)) / 2;
  return pairs;
};

/** The least for the whole demand. */
const boundOf = ({ cost }: Cheapest, rest: Rest, { maxLocations, lines }: Instance): number => {
  const all = cost.length - 1;
  let bound = restOf(rest, maxLocations - 1, all);
  if (maxLocations >= lines) return bound;
  for (let part = 1; part <= all; part++) {
    bound = Math.min(bound, (cost[part] ?? 0) + restOf(rest, maxLocations - 1, all - part));
  }
  return bound;
};

/** For each shipment the least that a plan costs that it is part of. */
const leastWith = (
  { maxLocations, locations }: Instance,
  { start, state, cost }: Shipments,
  rest: Rest,
): Float64Array => {
  const all = rest.unfilled.length - 1;
  const least = new Float64Array(state.length);
  const before = rest.least[Math.min(maxLocations, rest.least.length) - 1] ?? rest.unfilled;
  const end = start[locations] ?? 0;
  for (let at = 0; at < end; at++) least[at] = (cost[at] ?? 0) + (before[all - (state[at] ?? 0)] ?? 0);
  return least;
};

/** What of the rest the cheapest way takes next: a shipment, or else a piece that stays unfilled. */
const nextPart = (
  instance: Instance,
  quantities: Quantities,
  { cost }: Cheapest,
  least: Float64Array,
  left: number,
): { readonly part: number; readonly isShipped: boolean } => {
  const total = least[left] ?? 0;
  for (let part = left; part > 0; part--) {
    if ((cost[part] ?? 0) + (least[left - part] ?? 0) !== total) continue;
    if (fits(instance, quantities, part, left)) return { part, isShipped: true };
  }
  const piece = quantities.stride.find(
    (part, j) =>
      (instance.unfilledCost[j] ?? 0) + (least[left - part] ?? 0) === total && fits(instance, quantities, part, left),
  );
  return { part: piece ?? left, isShipped: false };
};

/** A cheapest way to put the demand together, if it uses each location once and not too many: it is a best plan then. */
const onceEach = (
  instance: Instance,
  quantities: Quantities,
  cheapest: Cheapest,
  least: Float64Array,
): Combined | undefined => {
  const shipments: Shipment[] = [];
  const used = new Set<number>();
  for (let left = quantities.states - 1; left > 0; ) {
    const { part, isShipped } = nextPart(instance, quantities, cheapest, least, left);
    left -= part;
    if (!isShipped) continue;
    const l = cheapest.location[part] ?? 0;
    if (used.has(l) || used.size === instance.maxLocations) return undefined;
    used.add(l);
    shipments.push(...shipmentsOf(instance, quantities, l, part));
  }
  return { cost: least.at(-1) ?? 0, shipments };
};

const candidatesWithin = (
  instance: Instance,
  quantities: Quantities,
  { start, state, cost }: Shipments,
  least: Float64Array,
  limit: number,
): Candidate[] => {
  const candidates: Candidate[] = [];
  for (let location = 0; location < instance.locations; location++) {
    for (let at = (start[location] ?? 0) + 1; at < (start[location + 1] ?? 0); at++) {
      if ((least[at] ?? 0) > limit) continue;
      const shipped = state[at] ?? 0;
      const pieces = quantities.stride.map((_, j) => piecesOf(instance, quantities, shipped, j));
      candidates.push({ location, state: shipped, cost: cost[at] ?? 0, least: least[at] ?? 0, pieces });
    }
  }
  return candidates;
};

/** The limits, up to `most`, within which there are not too many candidates. */
const manageableLimits = (bound: number, most: number, { start }: Shipments, least: Float64Array): number[] => {
  const limits = LIMITS.map((share) => Math.min(most, Math.floor(bound * (1 + share)))).filter(
    (limit, index, all) => limit > (all[index - 1] ?? -1),
  );
  const counts = limits.map(() => 0);
  for (let l = 0; l + 1 < start.length; l++) {
    for (let at = (start[l] ?? 0) + 1; at < (start[l + 1] ?? 0); at++) {
      for (let index = limits.length - 1; index >= 0 && (least[at] ?? 0) <= (limits[index] ?? 0); index--) {
        counts[index] = (counts[index] ?? 0) + 1;
      }
    }
  }
  return limits.filter((_, index) => (counts[index] ?? 0) <= MOST_CANDIDATES);
};

const locationsWithin = ({ start }: Shipments, least: Float64Array, limit: number): number[] => {
  const usable: number[] = [];
  for (let l = 0; l + 1 < start.length; l++) {
    let cheapest = Number.POSITIVE_INFINITY;
    for (let at = (start[l] ?? 0) + 1; at < (start[l + 1] ?? 0); at++) cheapest = Math.min(cheapest, least[at] ?? 0);
    if (cheapest <= limit) usable.push(l);
  }
  return usable;
};

/** Solves an order of so few pieces that all their quantities can be listed; undefined where there are too many. */
export const solveSmall = (instance: Instance, effort: SmallEffort, budget: Budget): SmallOrder | undefined => {
  const pairs = countPairs(instance);
  if (pairs > effort.mostPairs) return undefined;
  const quantities = quantitiesOf(instance);
  const shipments = listShipments(instance, quantities, MOST_SHIPMENTS);
  if (shipments === undefined) return undefined;
  budget.steps += PAIR_STEPS * pairs + SHIPMENT_STEPS * shipments.state.length;
  const cheapest = cheapestShipments(quantities, shipments);
  const rest = restFor(instance, quantities, cheapest);
  let bound = boundOf(cheapest, rest, instance);
  const least = leastWith(instance, shipments, rest);
  const usableWithin = (limit: number): number[] => locationsWithin(shipments, least, limit);
  if (bound > effort.mostCost) return { bound, plan: undefined, usableWithin };
  if (instance.maxLocations >= instance.lines) {
    const plan = onceEach(instance, quantities, cheapest, rest.least[0] ?? rest.unfilled);
    if (plan !== undefined) return { bound, plan, usableWithin };
  }
  const limits = manageableLimits(bound, effort.mostCost, shipments, least);
  const candidates = candidatesWithin(instance, quantities, shipments, least, limits.at(-1) ?? -1);
  for (const limit of limits) {
    const plan = combineWithin(instance, quantities, rest, candidates, limit, budget);
    if (plan === undefined) break;
    if (plan !== null) return { bound: plan.cost, plan, usableWithin };
    bound = limit + 1;
  }
  return { bound, plan: undefined, usableWithin };
};
