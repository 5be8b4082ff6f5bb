import type { Quantity } from '../../values.ts';
import type { Network } from '../network.ts';
import {
  decide,
  prepare,
  type SourcingDecision,
  type SourcingRequest,
  type SourcingRules,
  wantedSkus,
} from '../source.ts';
import { type Allocation, emptyAllocation, settle, sourceOne, vacate, worthOfAll } from './allocation.ts';
import { asLeft, type Contender, createContender, type Share, shareOf, unfilledBy } from './contender.ts';
import { improve } from './improve.ts';
import { compareWorth, type Worth } from './worth.ts';

export type JointOrder = {
  readonly orderId: string;
  readonly request: SourcingRequest;
  /** Under the policy in force for this order. */
  readonly rules: SourcingRules;
};

export type JointOptions = {
  readonly seed: number;
  /** Searches that may be made for the better, beyond those that one by one takes. */
  readonly searches: number;
};

export type JointDecision = {
  readonly orderId: string;
  readonly decision: SourcingDecision;
  /** What it would have come to one by one, in the order given, and what it comes to together. */
  readonly before: JointOutcome;
  readonly after: JointOutcome;
};

export type JointOutcome = { readonly worth: Worth; readonly unfilled: Quantity; readonly fulfilments: Quantity };

export type JointResult = {
  readonly decisions: readonly JointDecision[];
  readonly before: Worth;
  readonly after: Worth;
  /** What the objective cannot be below when as few unpriced units are left over; null: not known. */
  readonly bound: number | null;
  readonly searches: number;
};

/**
 * Sources orders together that compete for stock and capacity: never worse, over all, than one by one in the order given. It
 * starts from that, tries other orders of turn, then again and again lets some orders that want the same SKU give back what
 * they have and take turns anew. Every decision is the one that the order's policy makes on what the others leave it, so it
 * can be explained and replayed like any other. Yields after every search, so that others may have the thread.
 */
export function* sourceTogether(
  orders: readonly JointOrder[],
  network: Network,
  options: JointOptions,
): Generator<void, JointResult> {
  const { contenders, parked } = yield* contendersOf(orders, network);
  const allocation = emptyAllocation(contenders, network);
  let searches = 0;
  for (const index of contenders.keys()) {
    sourceOne(allocation, index);
    searches += 1;
    yield;
  }
  const oneByOne = [...allocation.shares];
  const before = worthOfAll(allocation);
  const improving = improve(allocation, options);
  let step = improving.next();
  for (; !step.done; step = improving.next()) {
    searches += 1;
    yield;
  }
  let final = yield* finish(allocation);
  // A search that was cut short may find less than an earlier one did.
  if (compareWorth(worthOfAll(allocation), before) > 0) {
    for (const index of contenders.keys()) vacate(allocation, index);
    final = yield* finish(allocation);
  }
  const indexOf = new Map(contenders.map(({ orderId }, index) => [orderId, index]));
  const decisions = orders.map(({ orderId, request }): JointDecision => {
    const index = indexOf.get(orderId) ?? -1;
    const decision = final[index] ?? parked.get(orderId);
    if (decision === undefined) throw new Error(`order ${orderId} was not sourced`);
    const contender = contenders[index];
    const outcomeIn = (shares: readonly (Share | null)[]): JointOutcome => {
      const share = shares[index] ?? null;
      return {
        worth: share?.worth ?? [],
        unfilled: contender === undefined ? wantedBy(request) : unfilledBy(contender, share),
        fulfilments: share?.holding.locations.length ?? 0,
      };
    };
    return { orderId, decision, before: outcomeIn(oneByOne), after: outcomeIn(allocation.shares) };
  });
  return { decisions, before, after: worthOfAll(allocation), bound: step.value, searches };
}

const wantedBy = ({ demand }: SourcingRequest): Quantity => demand.reduce((sum, { quantity }) => sum + quantity, 0);

function* contendersOf(orders: readonly JointOrder[], network: Network) {
  const parked = new Map<string, SourcingDecision>();
  const contenders: Contender[] = [];
  const skus = wantedSkus(orders.flatMap(({ request }) => request.demand));
  const rowOf = new Map(skus.map((sku, row) => [sku, row]));
  const locationOf = new Map(network.locations.map(({ locationId }, index) => [locationId, index]));
  for (const { orderId, request, rules } of orders) {
    const own = wantedSkus(request.demand).map((sku) => rowOf.get(sku) ?? -1);
    const prepared = prepare(request, rowsOf(network, own), rules);
    if (prepared.outcome === 'parked') parked.set(orderId, prepared);
    else contenders.push(createContender({ orderId, prepared, rules }, { rowOf, locationOf }));
    yield;
  }
  return { parked, contenders };
}

/** The network as one order sees it: the rows of its SKUs. */
const rowsOf = ({ available, weeklyDemand, refusedAt, ...rest }: Network, rows: readonly number[]): Network => {
  const pick = <Cell>(matrix: readonly (readonly Cell[])[]): (readonly Cell[])[] =>
    rows.map((row) => matrix[row] ?? []);
  return {
    ...rest,
    available: pick(available),
    ...(weeklyDemand && { weeklyDemand: pick(weeklyDemand) }),
    ...(refusedAt && { refusedAt: pick(refusedAt) }),
  };
};

/** Each order decides once more, with all that a recorded decision has, on what it holds and what nobody does. */
function* finish(allocation: Allocation): Generator<void, readonly SourcingDecision[]> {
  const { contenders, ledger, network } = allocation;
  const decisions: SourcingDecision[] = [];
  for (const [index, contender] of contenders.entries()) {
    vacate(allocation, index);
    const decision = decide(asLeft(contender, ledger, network), contender.rules);
    const { policy } = contender.rules.policy;
    settle(
      allocation,
      index,
      decision.outcome === 'parked' ? null : shareOf(contender, decision.record.passes, policy),
    );
    decisions.push(decision);
    yield;
  }
  return decisions;
}
