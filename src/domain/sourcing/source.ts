import type { Destination, LineUnits, PlannedFulfilment, SourcingRecord } from '../order/order.ts';
import type { LocationProfile } from '../stock-location/stock-location.ts';
import { distanceInKilometres, type MinorUnits, mergeBySku, type Position, type Quantity } from '../values.ts';
import { policyHash, type SourcingPolicy } from './policy.ts';
import type { Answer, Problem } from './problem.ts';
import { solve } from './solve.ts';

export type SourcingRequest = {
  readonly demand: readonly LineUnits[];
  readonly destination: Destination;
  /** Not to be tried again: a SKU at a location, or (`sku` null) the whole location. */
  readonly excluded: readonly { readonly locationId: string; readonly sku: string | null }[];
};

/** A location that holds some of the wanted SKUs. */
export type NetworkLocation = {
  readonly locationId: string;
  readonly profile: LocationProfile;
  readonly suspended: boolean;
  /** Units that could be promised, by wanted SKU in the order of `mergeBySku(demand)`. */
  readonly available: readonly Quantity[];
};

export type Network = { readonly logPosition: Position | null; readonly locations: readonly NetworkLocation[] };

export type SourcingDecision =
  | {
      readonly outcome: 'planned';
      readonly fulfilments: readonly Omit<PlannedFulfilment, 'fulfilmentId'>[];
      readonly unfilled: readonly LineUnits[];
      readonly record: SourcingRecord;
    }
  | { readonly outcome: 'parked'; readonly queue: string; readonly reason: string };

type Candidate = Pick<NetworkLocation, 'locationId' | 'available'> & {
  readonly kilometres: number;
  readonly parcelCost: MinorUnits;
  readonly unitCost: MinorUnits;
};

/**
 * Decides which locations fulfil which units, at the least total cost of parcels, kilometres and units; leaving a unit
 * unfilled costs more than any way to fill it. Same input, same decision, on every machine: locations are compared in
 * order of priority and id, and the search is bounded by nodes, not by time.
 */
export const source = (request: SourcingRequest, network: Network, policy: SourcingPolicy): SourcingDecision => {
  const { latitude, longitude, country } = request.destination;
  if (latitude === null || longitude === null) {
    return { outcome: 'parked', queue: 'unknown-destination', reason: `No coordinates are known for ${country}.` };
  }
  const demand = mergeBySku(request.demand);
  const { candidates, ruledOut } = compareLocations(request, network, { latitude, longitude }, policy);
  const problem = problemOf(
    demand.map(({ quantity }) => quantity),
    candidates,
    policy,
  );
  const answer = solve(problem);
  const fulfilments = fulfilmentsOf(answer, request.demand, demand, candidates);
  const record: SourcingRecord = {
    policy: { version: policy.version, hash: policyHash(policy) },
    logPosition: network.logPosition,
    demand,
    candidates: {
      locationId: candidates.map(({ locationId }) => locationId),
      kilometres: candidates.map(({ kilometres }) => kilometres),
      parcelCost: candidates.map(({ parcelCost }) => parcelCost),
      unitCost: candidates.map(({ unitCost }) => unitCost),
      available: candidates.map(({ available }) => available),
    },
    ruledOut,
    ...costsOf(answer, problem),
    proven: answer.proven,
    nodes: answer.nodes,
    runnerUp: runnerUpOf(problem, answer, candidates),
  };
  return { outcome: 'planned', fulfilments, unfilled: unfilledOf(request.demand, fulfilments), record };
};

const compareLocations = (
  request: SourcingRequest,
  network: Network,
  destination: { latitude: number; longitude: number },
  policy: SourcingPolicy,
) => {
  const skus = mergeBySku(request.demand).map(({ sku }) => sku);
  const candidates: Candidate[] = [];
  const ruledOut: { locationId: string; reason: string }[] = [];
  for (const location of network.locations.toSorted(byPriority)) {
    const { locationId, profile } = location;
    const available = stillAvailable(location, skus, request);
    const reason = unfit(location, available, request);
    if (reason !== null) {
      ruledOut.push({ locationId, reason });
      continue;
    }
    const kilometres = Math.round(distanceInKilometres(profile.address, destination) * 10) / 10;
    const { perParcel, perUnit } = profile.costs ?? policy.defaultCosts;
    const parcelCost = perParcel + Math.round(kilometres * policy.perKilometre);
    candidates.push({ locationId, available, kilometres, parcelCost, unitCost: perUnit });
  }
  return { candidates, ruledOut };
};

const stillAvailable = (
  { locationId, available }: NetworkLocation,
  skus: readonly string[],
  { excluded }: SourcingRequest,
): readonly Quantity[] => {
  const refused = excluded.filter((one) => one.locationId === locationId);
  if (refused.length === 0) return available;
  return available.map((units, index) => (refused.some(({ sku }) => sku === skus[index]) ? 0 : units));
};

const LOWEST_PRIORITY = Number.MAX_SAFE_INTEGER;

const byPriority = (a: NetworkLocation, b: NetworkLocation): number =>
  (a.profile.priority ?? LOWEST_PRIORITY) - (b.profile.priority ?? LOWEST_PRIORITY) ||
  (a.locationId < b.locationId ? -1 : a.locationId > b.locationId ? 1 : 0);

const unfit = (
  { locationId, profile, suspended }: NetworkLocation,
  available: readonly Quantity[],
  { excluded }: SourcingRequest,
): string | null => {
  if (suspended) return 'suspended';
  if (!profile.capabilities.includes('ship')) return 'cannot-ship';
  if (excluded.some((one) => one.locationId === locationId && one.sku === null)) return 'refused-before';
  return available.every((units) => units === 0) ? 'refused-before' : null;
};

const problemOf = (demand: readonly Quantity[], candidates: readonly Candidate[], policy: SourcingPolicy): Problem => {
  const dearestUnit = candidates.reduce((most, { unitCost }) => Math.max(most, unitCost), 0);
  const allParcels = candidates.reduce((total, { parcelCost }) => total + parcelCost, 0);
  return {
    demand,
    unfilledCost: demand.map(() => allParcels + dearestUnit + 1),
    locations: candidates.map(({ parcelCost, unitCost, available }) => ({
      fixedCost: parcelCost,
      capacity: 0,
      offers: available.flatMap((units, line) => {
        const wanted = Math.min(units, demand[line] ?? 0);
        return wanted === 0 ? [] : [{ line, units: wanted, unitCost }];
      }),
    })),
    maxLocations: policy.split === 'never' ? 1 : 0,
    wholeLines: false,
  };
};

/** The plan's own cost, without the price that keeps units from being left unfilled. */
const costsOf = (
  { objective, bound, unfilled }: Answer,
  problem: Problem,
): { objective: MinorUnits; bound: MinorUnits } => {
  const penalty = unfilled.reduce((total, units, line) => total + units * (problem.unfilledCost[line] ?? 0), 0);
  return { objective: objective - penalty, bound: Math.max(0, bound - penalty) };
};

const fulfilmentsOf = (
  { plan }: Answer,
  lines: readonly LineUnits[],
  demand: readonly { readonly sku: string }[],
  candidates: readonly Candidate[],
): Omit<PlannedFulfilment, 'fulfilmentId'>[] => {
  const open = lines.map(({ quantity }) => quantity);
  return [...new Set(plan.map(({ location }) => location))]
    .toSorted((a, b) => a - b)
    .flatMap((index) => {
      const candidate = candidates[index];
      if (candidate === undefined) return [];
      const units = plan.filter(({ location }) => location === index);
      const taken = units.flatMap(({ line, units: wanted }) => takeUnits(lines, open, demand[line]?.sku, wanted));
      const total = units.reduce((sum, one) => sum + one.units, 0);
      return [
        { locationId: candidate.locationId, lines: taken, cost: candidate.parcelCost + total * candidate.unitCost },
      ];
    });
};

/** Gives units of a SKU to the order's lines of that SKU, first line first. Takes them off `open`. */
const takeUnits = (
  lines: readonly LineUnits[],
  open: number[],
  sku: string | undefined,
  wanted: Quantity,
): LineUnits[] => {
  let left = wanted;
  return lines.flatMap((line, index) => {
    const quantity = line.sku === sku ? Math.min(left, open[index] ?? 0) : 0;
    if (quantity === 0) return [];
    left -= quantity;
    open[index] = (open[index] ?? 0) - quantity;
    return [{ lineId: line.lineId, sku: line.sku, quantity }];
  });
};

const unfilledOf = (
  demand: readonly LineUnits[],
  fulfilments: readonly { readonly lines: readonly LineUnits[] }[],
): LineUnits[] => {
  const filled = new Map<string, number>();
  for (const { lineId, quantity } of fulfilments.flatMap(({ lines }) => lines)) {
    filled.set(lineId, (filled.get(lineId) ?? 0) + quantity);
  }
  return demand
    .map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity: quantity - (filled.get(lineId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
};

/** The most locations of a plan for which the search is run again without each in turn. */
const RUNNER_UP_LOCATIONS = 4;

/** The best plan that does without at least one of the chosen locations and leaves no more unfilled. */
const runnerUpOf = (problem: Problem, answer: Answer, candidates: readonly Candidate[]): SourcingRecord['runnerUp'] => {
  const chosen = [...new Set(answer.plan.map(({ location }) => location))];
  if (chosen.length > RUNNER_UP_LOCATIONS) return null;
  const unfilled = answer.unfilled.reduce((sum, units) => sum + units, 0);
  const others = chosen
    .map((left) => solve(withoutLocation(problem, left)))
    .filter((other) => other.unfilled.reduce((sum, units) => sum + units, 0) === unfilled)
    .toSorted((a, b) => a.objective - b.objective);
  const best = others[0];
  if (best === undefined || best.plan.length === 0) return null;
  const indexes = [...new Set(best.plan.map(({ location }) => location))].toSorted((a, b) => a - b);
  const locationIds = indexes.flatMap((index) => candidates[index]?.locationId ?? []);
  return { locationIds, objective: costsOf(best, problem).objective };
};

const withoutLocation = (problem: Problem, index: number): Problem => ({
  ...problem,
  locations: problem.locations.map((location, other) => (other === index ? { ...location, offers: [] } : location)),
});
