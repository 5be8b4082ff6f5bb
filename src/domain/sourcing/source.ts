import type { Destination, LineUnits, PlannedFulfilment, SourcingCandidates, SourcingRecord } from '../order/order.ts';
import { type MinorUnits, mergeBySku, type Quantity } from '../values.ts';
import { compareLocations, type Exclusions, holdsAll, type Network, worthTrying } from './candidates.ts';
import { type MergedLines, mergeLines, shipmentsOfMembers } from './merge-lines.ts';
import { policyHash, type SourcingPolicy } from './policy.ts';
import type { Answer, Problem } from './problem.ts';
import { solve } from './solve.ts';

export type SourcingRequest = {
  readonly demand: readonly LineUnits[];
  readonly destination: Destination;
  readonly excluded: Exclusions;
  /** Somebody decided to go on although nobody knows where to: all locations are then equally near. */
  readonly despiteUnknownDestination?: boolean;
};

export type SourcingDecision =
  | {
      readonly outcome: 'planned';
      readonly fulfilments: readonly Omit<PlannedFulfilment, 'fulfilmentId'>[];
      readonly unfilled: readonly LineUnits[];
      readonly record: SourcingRecord;
    }
  | { readonly outcome: 'parked'; readonly queue: string; readonly reason: string };

/** The SKUs of a demand, in the order in which `Network.available` lists them. */
export const wantedSkus = (demand: readonly LineUnits[]): string[] => mergeBySku(demand).map(({ sku }) => sku);

/** Work a decision may take while others wait for the one thread: some 0.1 s, and less for the second-best plan. */
const MOST_WORK = 15_000_000;
const RUNNER_UP_WORK = 2_000_000;

/**
 * Decides which locations fulfil which units, at the least total cost of parcels, kilometres and units; leaving a unit
 * unfilled costs more than any way to fill it. Same input, same decision, on every machine: locations are compared in
 * order of priority and id, and the search is bounded by counted work, not by time.
 */
export const source = (request: SourcingRequest, network: Network, policy: SourcingPolicy): SourcingDecision => {
  const { latitude, longitude, country } = request.destination;
  const isPlaced = latitude !== null && longitude !== null;
  if (!isPlaced && request.despiteUnknownDestination !== true) {
    return { outcome: 'parked', queue: 'unknown-destination', reason: `No coordinates are known for ${country}.` };
  }
  const demand = mergeBySku(request.demand);
  const skus = demand.map(({ sku }) => sku);
  const { candidates, ruledOut } = isPlaced
    ? compareLocations(skus, network, { latitude, longitude }, request.excluded, policy)
    : compareEquallyNear(skus, network, request.excluded, policy);
  const units = demand.map(({ quantity }) => quantity);
  const plan = cheapest(candidates, units, policy, { maxWork: MOST_WORK });
  const fulfilments = fulfilmentsOf(plan, request.demand, skus, candidates);
  const record: SourcingRecord = {
    policy: { version: policy.version, hash: policyHash(policy) },
    logPosition: network.logPosition,
    demand,
    candidates,
    ruledOut,
    objective: plan.objective,
    bound: plan.bound,
    proven: plan.proven,
    nodes: plan.nodes,
    runnerUp: runnerUpOf(plan, candidates, units, policy),
  };
  return { outcome: 'planned', fulfilments, unfilled: unfilledOf(request.demand, fulfilments), record };
};

const compareEquallyNear = (
  skus: readonly string[],
  network: Network,
  excluded: Exclusions,
  policy: SourcingPolicy,
): ReturnType<typeof compareLocations> => {
  const anywhere = { latitude: 0, longitude: 0 };
  const { candidates, ruledOut } = compareLocations(skus, network, anywhere, excluded, { ...policy, perKilometre: 0 });
  return { candidates: { ...candidates, kilometres: candidates.kilometres.map(() => 0) }, ruledOut };
};

/** A solved plan; `location` of a shipment is an index into the candidates, and costs are without the price of gaps. */
type Plan = Pick<Answer, 'plan' | 'proven' | 'nodes' | 'objective' | 'bound'> & { readonly unfilled: Quantity };

const cheapest = (
  candidates: SourcingCandidates,
  demand: readonly Quantity[],
  policy: SourcingPolicy,
  { maxWork, without = null }: { readonly maxWork: number; readonly without?: number | null },
): Plan => {
  const kept = worthTrying(candidates, demand, without);
  const [only] = kept;
  if (only !== undefined && kept.length === 1 && holdsAll(candidates, only, demand))
    return allFrom(only, candidates, demand);
  const unitCost = kept.map((index) => candidates.unitCost[index] ?? 0);
  const available = demand.map((_, line) => kept.map((index) => candidates.available[line]?.[index] ?? 0));
  const merged = mergeLines({ demand, available, unitCost }, { fillsAll: policy.split === 'allowed' });
  const gapPrice = gapPriceOf(candidates, kept, demand, policy);
  const problem = problemOf(merged, gapPrice, kept, candidates, policy);
  const { plan, objective, bound, proven, nodes, unfilled } = solve(problem, { maxWork });
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
const allFrom = (index: number, { parcelCost, unitCost }: SourcingCandidates, demand: readonly Quantity[]): Plan => {
  const units = demand.reduce((sum, one) => sum + one, 0);
  const objective = (parcelCost[index] ?? 0) + units * (unitCost[index] ?? 0);
  const plan = demand.map((wanted, line) => ({ location: index, line, units: wanted }));
  return { plan, objective, bound: objective, proven: true, nodes: 0, unfilled: 0 };
};

/** More than filling one unit more can cost. */
const gapPriceOf = (
  { parcelCost, unitCost }: SourcingCandidates,
  kept: readonly number[],
  demand: readonly Quantity[],
  policy: SourcingPolicy,
): MinorUnits => {
  const costOf = (index: number, units: Quantity) => (parcelCost[index] ?? 0) + units * (unitCost[index] ?? 0);
  if (policy.split === 'allowed') return kept.reduce((sum, index) => sum + costOf(index, 1), 1);
  // It may take moving the whole order to a dearer location.
  const units = demand.reduce((sum, one) => sum + one, 0);
  return 1 + kept.reduce((most, index) => Math.max(most, costOf(index, units)), 0);
};

const problemOf = (
  { demand, available }: MergedLines,
  gapPrice: MinorUnits,
  kept: readonly number[],
  { parcelCost, unitCost }: SourcingCandidates,
  policy: SourcingPolicy,
): Problem => ({
  demand,
  unfilledCost: demand.map(() => gapPrice),
  locations: kept.map((index, at) => ({
    fixedCost: parcelCost[index] ?? 0,
    capacity: 0,
    offers: demand.flatMap((wanted, line) => {
      const units = Math.min(wanted, available[line]?.[at] ?? 0);
      return units === 0 ? [] : [{ line, units, unitCost: unitCost[index] ?? 0 }];
    }),
  })),
  maxLocations: policy.split === 'never' ? 1 : 0,
  wholeLines: false,
});

const locationsOf = ({ plan }: Pick<Plan, 'plan'>): number[] =>
  [...new Set(plan.map(({ location }) => location))].toSorted((a, b) => a - b);

const fulfilmentsOf = (
  plan: Plan,
  lines: readonly LineUnits[],
  skus: readonly string[],
  { locationId, parcelCost, unitCost }: SourcingCandidates,
): Omit<PlannedFulfilment, 'fulfilmentId'>[] => {
  const open = lines.map(({ quantity }) => quantity);
  return locationsOf(plan).map((index) => {
    const shipments = plan.plan.filter(({ location }) => location === index);
    const taken = shipments.flatMap(({ line, units }) => takeUnits(lines, open, skus[line], units));
    const units = shipments.reduce((sum, shipment) => sum + shipment.units, 0);
    const cost = (parcelCost[index] ?? 0) + units * (unitCost[index] ?? 0);
    return { locationId: locationId[index] ?? '', lines: taken, cost };
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
  for (const { lines } of fulfilments) {
    for (const { lineId, quantity } of lines) filled.set(lineId, (filled.get(lineId) ?? 0) + quantity);
  }
  return demand
    .map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity: quantity - (filled.get(lineId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
};

/** The most locations of a plan for which the search is run again without each in turn. */
const RUNNER_UP_LOCATIONS = 4;

/**
 * The best plan that does without at least one of the chosen locations and leaves no more unfilled. It informs and decides
 * nothing, so it gets little work: null also where that does not suffice to prove which plan is the best.
 */
const runnerUpOf = (
  plan: Plan,
  candidates: SourcingCandidates,
  demand: readonly Quantity[],
  policy: SourcingPolicy,
): SourcingRecord['runnerUp'] => {
  const chosen = locationsOf(plan);
  if (chosen.length > RUNNER_UP_LOCATIONS) return null;
  const maxWork = RUNNER_UP_WORK / chosen.length;
  const others = chosen.map((without) => cheapest(candidates, demand, policy, { maxWork, without }));
  if (others.some(({ proven }) => !proven)) return null;
  const [best] = others
    .filter((other) => other.plan.length > 0 && other.unfilled === plan.unfilled)
    .toSorted((a, b) => a.objective - b.objective);
  if (best === undefined) return null;
  return {
    locationIds: locationsOf(best).map((index) => candidates.locationId[index] ?? ''),
    objective: best.objective,
  };
};
