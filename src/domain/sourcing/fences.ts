import { dayNumber, utcDayNumber } from './civil-day.ts';
import type { Fence, LocationFilter, Route } from './policy.ts';
import type { Fenced, SourcedOrder, SourcingCandidates, WantedSku } from './record.ts';

/** What fences are held against: all of it is recorded with the decision. */
export type FenceFacts = {
  readonly at: string;
  readonly order: SourcedOrder;
  readonly demand: readonly WantedSku[];
  readonly candidates: SourcingCandidates;
};

type Actual = number | string | null;

/** What a fence asks of one candidate, and what it sees there. */
export type FenceAt = { readonly type: string; readonly expected: string; readonly actual: Actual };

/** A fence that keeps locations out, as a question about one candidate. */
type Check = {
  readonly expected: string;
  readonly actual: (candidate: number) => Actual;
  readonly passes: (candidate: number) => boolean;
};

/** The last day of delivery that keeps the promise, in days after the decision's day; null: nothing was promised. */
export const promisedDay = (
  { at, order }: Pick<FenceFacts, 'at' | 'order'>,
  { fences = [] }: Pick<Route, 'fences'>,
): number | null => {
  if (order.deliverBy !== null) return dayNumber(order.deliverBy) - utcDayNumber(at);
  const within = fences.flatMap((fence) => (fence.type === 'deliveryPromise' ? (fence.withinDays ?? []) : []));
  return within.length === 0 ? null : utcDayNumber(order.placedAt) + Math.min(...within) - utcDayNumber(at);
};

const listing = (include: readonly string[] | undefined, exclude: readonly string[] | undefined): string =>
  [include && `one of ${include.join(', ')}`, exclude && `none of ${exclude.join(', ')}`].filter(Boolean).join('; ');

const isIn = (
  values: readonly string[],
  include: readonly string[] | undefined,
  exclude: readonly string[] | undefined,
): boolean =>
  (include === undefined || values.some((value) => include.includes(value))) &&
  !values.some((value) => exclude?.includes(value));

const checkOf = (fence: Fence, facts: FenceFacts): Check | null => {
  const { candidates } = facts;
  switch (fence.type) {
    case 'kind': {
      const kind = (candidate: number) => candidates.kind?.[candidate] ?? '';
      return {
        expected: listing(fence.in, fence.notIn),
        actual: kind,
        passes: (candidate) => isIn([kind(candidate)], fence.in, fence.notIn),
      };
    }
    case 'group': {
      const groups = (candidate: number) => candidates.groups?.[candidate] ?? [];
      return {
        expected: listing(fence.in, fence.notIn),
        actual: (candidate) => groups(candidate).join(', '),
        passes: (candidate) => isIn(groups(candidate), fence.in, fence.notIn),
      };
    }
    case 'location': {
      const id = (candidate: number) => candidates.locationId[candidate] ?? '';
      return {
        expected: listing(fence.in, fence.notIn),
        actual: id,
        passes: (candidate) => isIn([id(candidate)], fence.in, fence.notIn),
      };
    }
    case 'distance': {
      const kilometres = (candidate: number) => candidates.kilometres[candidate] ?? 0;
      return {
        expected: `at most ${fence.atMostKilometres} km`,
        actual: kilometres,
        passes: (candidate) => kilometres(candidate) <= fence.atMostKilometres,
      };
    }
    case 'deliveryPromise': {
      const promised = promisedDay(facts, { fences: [fence] });
      if (promised === null) return null;
      const delivery = (candidate: number) => candidates.deliveryDay?.[candidate] ?? 0;
      return {
        expected: `delivered ${promised} days after the decision at the latest`,
        actual: delivery,
        passes: (candidate) => delivery(candidate) <= promised,
      };
    }
    case 'capacity': {
      const { capacityLeft } = candidates;
      if (capacityLeft === undefined) return null;
      const least = fence.keepFree ?? 0;
      return {
        expected: `more than ${least} of the day's fulfilments left`,
        actual: (candidate) => capacityLeft[candidate] ?? null,
        passes: (candidate) => (capacityLeft[candidate] ?? Number.POSITIVE_INFINITY) > least,
      };
    }
    default:
      return null;
  }
};

/** Which candidates each fence keeps out. A dropped fence keeps out none. */
export const fencedBy = (fences: readonly Fence[], facts: FenceFacts, dropSoft: boolean): readonly Fenced[] =>
  fences.flatMap((fence, index): Fenced[] => {
    const check = dropSoft && fence.soft === true ? null : checkOf(fence, facts);
    if (check === null) return [];
    const candidates: number[] = [];
    const actual: Actual[] = [];
    for (let candidate = 0; candidate < facts.candidates.locationId.length; candidate++) {
      if (check.passes(candidate)) continue;
      candidates.push(candidate);
      actual.push(check.actual(candidate));
    }
    return candidates.length === 0
      ? []
      : [{ fence: index, type: fence.type, expected: check.expected, candidates, actual }];
  });

const fits = (filter: LocationFilter | undefined, candidates: SourcingCandidates, candidate: number): boolean => {
  if (filter === undefined) return true;
  const { locations, kinds, groups } = filter;
  return (
    (locations?.includes(candidates.locationId[candidate] ?? '') ?? true) &&
    ((kinds as readonly string[] | undefined)?.includes(candidates.kind?.[candidate] ?? '') ?? true) &&
    (groups?.some((group) => candidates.groups?.[candidate]?.includes(group)) ?? true)
  );
};

const concerns = ({ sku, groups = [] }: WantedSku, skus?: readonly string[], itemGroups?: readonly string[]): boolean =>
  (skus?.includes(sku) ?? true) && (itemGroups?.some((group) => groups.includes(group)) ?? true);

/** Units of one SKU that a fence keeps back at one candidate. */
const keptBack = (fence: Fence, { order, demand, candidates }: FenceFacts, line: number, candidate: number): number => {
  const wanted = demand[line];
  if (wanted === undefined) return 0;
  switch (fence.type) {
    case 'protectedStock': {
      if (!fits(fence.at, candidates, candidate) || !concerns(wanted, undefined, fence.itemGroups)) return 0;
      const weekly = candidates.weeklyDemand?.[line]?.[candidate] ?? 0;
      return Math.max(fence.units ?? 0, Math.ceil((fence.weeksOfSupply ?? 0) * weekly));
    }
    case 'ringFence':
      if (fence.channels.includes(order.channelId)) return 0;
      return fits(fence.at, candidates, candidate) && concerns(wanted, fence.skus, fence.itemGroups) ? fence.units : 0;
    case 'recentRefusal': {
      const ago = candidates.refusedHoursAgo?.[line]?.[candidate] ?? null;
      return ago !== null && ago < fence.hours ? (candidates.available[line]?.[candidate] ?? 0) : 0;
    }
    default:
      return 0;
  }
};

const keeps = (fence: Fence, facts: FenceFacts, line: number, candidate: number) => {
  const { demand, candidates } = facts;
  const sku = demand[line]?.sku ?? '';
  return fence.type === 'recentRefusal'
    ? {
        expected: `${sku} not refused within ${fence.hours} hours`,
        actual: candidates.refusedHoursAgo?.[line]?.[candidate] ?? null,
      }
    : {
        expected: `more than ${keptBack(fence, facts, line, candidate)} units of ${sku}`,
        actual: candidates.available[line]?.[candidate] ?? 0,
      };
};

/** The fences that keep units back at one candidate: what each asks there, and what it sees. */
export const keepingBack = (
  fences: readonly Fence[],
  facts: FenceFacts,
  candidate: number,
  dropSoft: boolean,
): readonly FenceAt[] =>
  activeStockFences(fences, dropSoft).flatMap((fence) =>
    facts.demand.flatMap((_, line) =>
      keptBack(fence, facts, line, candidate) > 0
        ? [{ type: fence.type, ...keeps(fence, facts, line, candidate) }]
        : [],
    ),
  );

const stockFences: readonly Fence['type'][] = ['protectedStock', 'ringFence', 'recentRefusal'];

const activeStockFences = (fences: readonly Fence[], dropSoft: boolean): readonly Fence[] =>
  fences.filter(({ type, soft }) => stockFences.includes(type) && !(dropSoft && soft === true));

/** Units that the fences keep back, `[sku][candidate]`, no more than there are: what several keep back adds up. Null: none. */
export const withheldBy = (
  fences: readonly Fence[],
  facts: FenceFacts,
  dropSoft: boolean,
): readonly (readonly number[])[] | null => {
  const active = activeStockFences(fences, dropSoft);
  if (active.length === 0) return null;
  const withheld = facts.candidates.available.map((row, line) =>
    row.map((available, candidate) =>
      Math.min(
        available,
        active.reduce((sum, fence) => sum + keptBack(fence, facts, line, candidate), 0),
      ),
    ),
  );
  return withheld.some((row) => row.some((units) => units > 0)) ? withheld : null;
};
