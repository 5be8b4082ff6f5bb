import type { Destination, LineUnits, PlannedFulfilment, SourcingCandidates, SourcingRecord } from '../order/order.ts';
import { mergeBySku, type Quantity } from '../values.ts';
import { compareLocations, type Exclusions, type Network } from './candidates.ts';
import { cheapest, locationsOf, type Plan, runnerUpOf } from './cheapest-plan.ts';
import { policyHash, type SourcingPolicy } from './first-policy.ts';

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

/** Work a decision may take while others wait for the one thread: some 0.1 s. */
const MOST_WORK = 15_000_000;

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

const fulfilmentsOf = (
  plan: Plan,
  lines: readonly LineUnits[],
  skus: readonly string[],
  { locationId, parcelCost, unitCost }: SourcingCandidates,
): Omit<PlannedFulfilment, 'fulfilmentId'>[] => {
  const open = lines.map(({ quantity }) => quantity);
  const linesOfSku = new Map<string, number[]>();
  lines.forEach(({ sku }, index) => {
    linesOfSku.set(sku, [...(linesOfSku.get(sku) ?? []), index]);
  });
  return locationsOf(plan).map((index) => {
    const shipments = plan.plan.filter(({ location }) => location === index);
    const taken = shipments.flatMap(({ line, units }) =>
      takeUnits(lines, open, linesOfSku.get(skus[line] ?? '') ?? [], units),
    );
    const units = shipments.reduce((sum, shipment) => sum + shipment.units, 0);
    const cost = (parcelCost[index] ?? 0) + units * (unitCost[index] ?? 0);
    return { locationId: locationId[index] ?? '', lines: taken, cost };
  });
};

/** Gives units of a SKU to the order's lines of that SKU, first line first. Takes them off `open`. */
const takeUnits = (
  lines: readonly LineUnits[],
  open: number[],
  ofSku: readonly number[],
  wanted: Quantity,
): LineUnits[] => {
  let left = wanted;
  return ofSku.flatMap((index) => {
    const line = lines[index];
    const quantity = Math.min(left, open[index] ?? 0);
    if (line === undefined || quantity === 0) return [];
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
