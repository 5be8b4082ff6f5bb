import { type Allocation, emptyAllocation, settle, sourceOne, vacate, WORK, worthOfAll } from './allocation.ts';
import { type Contender, type Share, sourceAlone } from './contender.ts';
import { createNeighbourhood } from './neighbourhood.ts';
import { type Ascent, type Market, marketOf, raisePrices, sourceAtPrices } from './prices.ts';
import { createRandom, type Random, shuffled } from './random.ts';
import { compareWorth, totalWorth, type Worth } from './worth.ts';

export type Effort = { readonly seed: number; readonly searches: number };

/** Of the searches, those that go into prices. */
const SHARE_OF_PRICES = 0.4;
/** Groups tried in vain, for each order there is, after which nothing more is expected. */
const IDLE = 60;

type SourceOne = (allocation: Allocation, index: number) => void;

/**
 * Betters an allocation in place, one search after another (each yields), and never makes it worse: other orders of turn,
 * turns at prices for what is scarce, then small groups that take turns anew, around an order that could gain. Returns what no objective can be below that
 * leaves as few unpriced units over; null where that cannot be said.
 */
export function* improve(allocation: Allocation, { seed, searches }: Effort): Generator<void, number | null> {
  const random = createRandom(seed);
  const { contenders } = allocation;
  const market = marketOf(allocation);
  const priced = market === null ? null : yield* withPrices(allocation, market, { random, searches });
  if (market === null) for (const turns of turnsOf(contenders, random)) yield* takeTurns(allocation, turns, sourceOne);
  const boundOf = (): number | null =>
    market === null || priced === null ? null : boundAt(allocation, market, priced);
  let isBest = boundOf() === worthOfAll(allocation)[1];
  if (isBest) return boundOf();
  const neighbourhood = createNeighbourhood(contenders, yield* gainersOf(allocation));
  let left = searches * (market === null ? 1 : 1 - SHARE_OF_PRICES) - contenders.length;
  for (let idle = 0; left > 0 && idle < IDLE * contenders.length && !isBest; idle++) {
    const group = shuffled(neighbourhood(random), random);
    left -= Math.max(1, group.length);
    const source = random(2) === 0 || priced === null ? sourceOne : priced.sourceOne;
    if (!(yield* regroup(allocation, group, source))) continue;
    idle = 0;
    isBest = boundOf() === worthOfAll(allocation)[1];
  }
  return boundOf();
}

/** Has the order less than it would have if there were no others? */
function* gainersOf(allocation: Allocation): Generator<void, (index: number) => boolean> {
  const alone: Worth[] = [];
  for (const contender of allocation.contenders) {
    alone.push(sourceAlone(contender, contender.prepared, { maxWork: WORK })?.worth ?? []);
    yield;
  }
  return (index) => compareWorth(allocation.shares[index]?.worth ?? [], alone[index] ?? []) > 0;
}

type Priced = Ascent & { readonly sourceOne: SourceOne };

/** Prices for what is scarce, found from a good plan by taking turns, and turns taken at them. */
function* withPrices(
  allocation: Allocation,
  market: Market,
  { random, searches }: { readonly random: Random; readonly searches: number },
): Generator<void, Priced> {
  const { contenders } = allocation;
  const ascend = (most: number) =>
    raisePrices(allocation, market, { target: pricedWorth(allocation, market), searches: most });
  // Where nobody is in anybody's way, one look says so.
  const first = yield* ascend(contenders.length);
  if (first.bound >= pricedWorth(allocation, market)) return { ...first, sourceOne };
  for (const turns of turnsOf(contenders, random)) yield* takeTurns(allocation, turns, sourceOne);
  const ascent = yield* ascend(SHARE_OF_PRICES * searches);
  const priced: SourceOne = (other, index) => sourceAtPrices(other, index, ascent.prices, market.gapPrice);
  for (const turns of turnsOf(contenders, random)) yield* takeTurns(allocation, turns, priced);
  return { ...ascent, sourceOne: priced };
}

/** What the objective cannot be below while as many units are left over as now. */
const boundAt = (allocation: Allocation, { gapPrice }: Market, { bound }: Ascent): number => {
  const [unfilled = 0, objective = 0] = worthOfAll(allocation);
  return Math.min(objective, Math.max(0, Math.ceil(bound - gapPrice * unfilled)));
};

const pricedWorth = (allocation: Allocation, { gapPrice }: Market): number => {
  const [unfilled = 0, objective = 0] = worthOfAll(allocation);
  return objective + gapPrice * unfilled;
};

/** Orders in which all may take turns: the urgent first, the dear first, those that want fewest or most SKUs first, any. */
function* turnsOf(contenders: readonly Contender[], random: Random): Generator<readonly number[]> {
  const all = [...contenders.keys()];
  const by = (key: (contender: Contender) => number): readonly number[] => {
    const keys = contenders.map(key);
    return all.toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  };
  yield by(({ prepared }) => prepared.facts.order.priority ?? Number.MAX_SAFE_INTEGER);
  yield by(({ prepared }) => -(prepared.facts.order.value ?? 0));
  yield by(({ rows }) => rows.length);
  yield by(({ rows }) => -rows.length);
  yield shuffled(all, random);
}

/** All begin anew in this order. It counts only when everybody together is better off. */
function* takeTurns(allocation: Allocation, turns: readonly number[], source: SourceOne): Generator<void, void> {
  const other = emptyAllocation(allocation.contenders, allocation.network);
  for (const index of turns) {
    source(other, index);
    yield;
  }
  if (compareWorth(worthOfAll(other), worthOfAll(allocation)) >= 0) return;
  for (const index of turns) vacate(allocation, index);
  for (const index of turns) settle(allocation, index, other.shares[index] ?? null);
}

/** True when the group, and so everybody together, is better off. */
function* regroup(allocation: Allocation, group: readonly number[], source: SourceOne): Generator<void, boolean> {
  const before = group.map((index) => vacate(allocation, index));
  for (const index of group) {
    source(allocation, index);
    yield;
  }
  const difference = compareWorth(worthOf(group.map((index) => allocation.shares[index] ?? null)), worthOf(before));
  if (difference <= 0) return difference < 0;
  for (const index of group) vacate(allocation, index);
  for (const [at, index] of group.entries()) settle(allocation, index, before[at] ?? null);
  return false;
}

const worthOf = (shares: readonly (Share | null)[]): Worth => totalWorth(shares.map((share) => share?.worth ?? []));
