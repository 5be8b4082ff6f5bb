import type { ObjectiveTerm, Route, SplitRules } from '../../../src/domain/sourcing/policy.ts';
import type { ParcelPrice } from '../../../src/domain/sourcing/problem.ts';
import type { SourcingCandidates, WantedSku } from '../../../src/domain/sourcing/record.ts';

/** Units, `[sku][candidate]`. */
export type Plan = readonly (readonly number[])[];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const column = (plan: Plan, candidate: number): number[] => plan.map((row) => row[candidate] ?? 0);

/** All ways to take at most so many units, by candidate. */
const rowsOf = (wanted: number, held: readonly number[]): readonly (readonly number[])[] => {
  const [here, ...rest] = held;
  if (here === undefined) return [[]];
  return Array.from({ length: Math.min(wanted, here) + 1 }, (_, taken) =>
    rowsOf(wanted - taken, rest).map((others) => [taken, ...others]),
  ).flat();
};

export const allPlans = (demand: readonly WantedSku[], { available }: SourcingCandidates): readonly Plan[] =>
  demand.reduce<readonly Plan[]>(
    (plans, { quantity }, sku) => {
      const rows = rowsOf(quantity, available[sku] ?? []);
      return plans.flatMap((plan) => rows.map((row) => [...plan, row]));
    },
    [[]],
  );

/** SKUs that groups tie together, directly or through others. */
const tiedSkus = (demand: readonly WantedSku[], groups: readonly string[]): readonly (readonly number[])[] => {
  const sets: number[][] = demand.map((_, sku) => [sku]);
  for (const group of groups) {
    const tied = demand.flatMap((one, sku) => (one.groups?.includes(group) ? [sku] : []));
    const merged = [...new Set(sets.filter((set) => set.some((sku) => tied.includes(sku))).flat())];
    if (merged.length === 0) continue;
    for (const sku of merged) sets[sku] = merged;
  }
  return sets.filter((set) => set.some((sku) => demand[sku]?.groups?.some((one) => groups.includes(one))));
};

/** All of these SKUs come from one candidate, or nothing of them from anybody. */
const comesAsOne = (skus: readonly number[], plan: Plan, demand: readonly WantedSku[], candidates: number): boolean => {
  const units = (candidate: number) => skus.map((sku) => plan[sku]?.[candidate] ?? 0);
  const all = skus.map((sku) => demand[sku]?.quantity ?? 0);
  const isAll = (candidate: number) => units(candidate).every((taken, at) => taken === all[at]);
  const given = Array.from({ length: candidates }, (_, candidate) => candidate).filter((at) => sum(units(at)) > 0);
  return given.length === 0 || (given.length === 1 && given.every(isAll));
};

/** Whether a plan keeps the rules, by their words alone. */
export const keepsRules = (
  plan: Plan,
  rules: SplitRules,
  demand: readonly WantedSku[],
  { locationId }: SourcingCandidates,
): boolean => {
  const candidates = locationId.length;
  const used = locationId.flatMap((_, candidate) => (sum(column(plan, candidate)) > 0 ? [candidate] : []));
  const wanted = sum(demand.map(({ quantity }) => quantity));
  const filled = sum(plan.map(sum));
  if (rules.mode === 'never' && used.length > 1) return false;
  if (rules.mostFulfilments !== undefined && used.length > rules.mostFulfilments) return false;
  if (rules.mode === 'byLine' && !demand.every((_, sku) => comesAsOne([sku], plan, demand, candidates))) return false;
  const perLine = rules.mostFulfilmentsPerLine ?? Number.POSITIVE_INFINITY;
  if (plan.some((row) => row.filter((units) => units > 0).length > perLine)) return false;
  if (!tiedSkus(demand, rules.togetherGroups ?? []).every((skus) => comesAsOne(skus, plan, demand, candidates)))
    return false;
  if (rules.partial === false && filled > 0 && filled < wanted) return false;
  if (demand.some(({ value }) => value === undefined)) return true;
  const worth = (units: readonly number[]) =>
    sum(units.map((taken, sku) => (taken * (demand[sku]?.value ?? 0)) / (demand[sku]?.quantity ?? 1)));
  const total = sum(demand.map(({ value = 0 }) => value));
  return used.every((candidate) => {
    const part = column(plan, candidate);
    if (sum(part) === wanted) return true;
    return worth(part) >= (rules.smallestPartValue ?? 0) && total - worth(part) >= (rules.smallestRemainderValue ?? 0);
  });
};

/** The cheapest set of parcels whose limits add up to the weight. */
const parcelsFor = (grams: number, steps: readonly ParcelPrice[]): number =>
  grams <= 0 ? 0 : Math.min(...steps.map(({ upTo, price }) => price + parcelsFor(grams - upTo, steps)));

/** What a plan comes to in one term, by the words of the policy. */
const termOf = (
  term: ObjectiveTerm,
  plan: Plan,
  demand: readonly WantedSku[],
  candidates: SourcingCandidates,
  promisedDay: number | null,
): number => {
  const places = candidates.locationId.map((_, candidate) => candidate);
  const used = places.filter((candidate) => sum(column(plan, candidate)) > 0);
  const perLocation = (price: (candidate: number) => number) => sum(used.map(price));
  const perUnit = (price: (sku: number, candidate: number) => number) =>
    sum(plan.flatMap((row, sku) => row.map((units, candidate) => (units === 0 ? 0 : units * price(sku, candidate)))));
  const { parcelCost, unitCost, kilometres, deliveryDay = [], priority = [], load = [], available } = candidates;
  const carriage = (candidate: number): number => {
    const steps = candidates.tariffs?.[candidates.tariff?.[candidate] ?? -1];
    const grams = sum(column(plan, candidate).map((units, sku) => units * (demand[sku]?.weight ?? 0)));
    return steps === undefined ? 0 : parcelsFor(grams, steps);
  };
  switch (term) {
    case 'cost':
      return perLocation((at) => (parcelCost[at] ?? 0) + carriage(at)) + perUnit((_, at) => unitCost[at] ?? 0);
    case 'parcels':
      return used.length;
    case 'lateness':
      return promisedDay === null ? 0 : perLocation((at) => Math.max(0, (deliveryDay[at] ?? 0) - promisedDay));
    case 'distance':
      return perLocation((at) => Math.round(kilometres[at] ?? 0));
    case 'priority':
      return perLocation((at) => (priority[at] ?? 0) - 1);
    case 'load':
      return perLocation((at) => load[at] ?? 0);
    case 'stockOutRisk':
      return perUnit((sku, at) => Math.round(100 / (available[sku]?.[at] ?? 1)));
    case 'stockBalance':
      return perUnit((sku, at) => {
        const most = Math.max(...(available[sku] ?? []));
        return Math.round(100 * (1 - (available[sku]?.[at] ?? 0) / most));
      });
  }
};

/** Less is better, the first entry that differs decides: units left over, then the objective, stage by stage. */
export const worthByHand = (
  plan: Plan,
  { weighted, lexicographic, unfilledPerUnit }: NonNullable<Route['objective']>,
  demand: readonly WantedSku[],
  candidates: SourcingCandidates,
  promisedDay: number | null,
): readonly number[] => {
  const left = sum(demand.map(({ quantity }) => quantity)) - sum(plan.map(sum));
  const term = (one: ObjectiveTerm) => termOf(one, plan, demand, candidates, promisedDay);
  if (lexicographic !== undefined) return [left, ...lexicographic.map(term)];
  const weights = Object.entries(weighted ?? { cost: 1 }) as [ObjectiveTerm, number][];
  const total = sum(weights.map(([one, weight]) => weight * term(one)));
  return unfilledPerUnit === undefined ? [left, total] : [0, total + left * unfilledPerUnit];
};
