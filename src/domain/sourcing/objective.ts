import type { Objective, ObjectiveTerm } from './policy.ts';
import type { SourcingCandidates } from './record.ts';

/** Prices of the terms that one stage of an objective adds up. */
export type Stage = { readonly term: string; readonly weights: { readonly [Term in ObjectiveTerm]?: number } };

/** What the terms are measured on. */
export type TermFacts = {
  readonly candidates: SourcingCandidates;
  /** In days after the decision; null: nothing was promised. */
  readonly promisedDay: number | null;
  readonly sequence: readonly string[] | undefined;
};

/** A weighted objective is one stage, a lexicographic one has a stage for each term. */
export const stagesOf = ({ weighted, lexicographic }: Objective = {}): readonly Stage[] =>
  lexicographic?.map((term): Stage => ({ term, weights: { [term]: 1 } })) ?? [
    { term: 'weighted', weights: weighted ?? { cost: 1 } },
  ];

const lateness = ({ candidates, promisedDay }: TermFacts, candidate: number): number =>
  promisedDay === null ? 0 : Math.max(0, (candidates.deliveryDay?.[candidate] ?? 0) - promisedDay);

/** From 0, the best. Whoever is not listed, or has no priority, comes after all who are. */
const rank = ({ candidates, sequence }: TermFacts, candidate: number): number => {
  if (sequence !== undefined) {
    const index = sequence.indexOf(candidates.locationId[candidate] ?? '');
    return index < 0 ? sequence.length : index;
  }
  const priorities = candidates.priority ?? [];
  const own = priorities[candidate] ?? null;
  if (own !== null) return Math.max(0, own - 1);
  return priorities.reduce((most: number, priority) => Math.max(most, priority ?? 0), 0);
};

/** What opening a candidate costs in this stage, its parcel tariff apart: whole numbers from 0. */
export const fixedPrice = ({ weights }: Stage, facts: TermFacts, candidate: number): number => {
  const { candidates } = facts;
  let price = (weights.cost ?? 0) * (candidates.parcelCost[candidate] ?? 0) + (weights.parcels ?? 0);
  if (weights.lateness) price += weights.lateness * lateness(facts, candidate);
  if (weights.distance) price += weights.distance * Math.round(candidates.kilometres[candidate] ?? 0);
  if (weights.priority) price += weights.priority * rank(facts, candidate);
  if (weights.load) price += weights.load * (candidates.load?.[candidate] ?? 0);
  return price;
};

/** True when a unit of any SKU costs the same from a candidate. */
export const isUniform = ({ weights }: Stage): boolean => !weights.stockOutRisk && !weights.stockBalance;

/** What one unit of a SKU costs from a candidate in this stage: a whole number from 0. */
export const unitPrice = ({ weights }: Stage, { candidates }: TermFacts, sku: number, candidate: number): number => {
  let price = (weights.cost ?? 0) * (candidates.unitCost[candidate] ?? 0);
  if (!weights.stockOutRisk && !weights.stockBalance) return price;
  const row = candidates.available[sku] ?? [];
  const available = row[candidate] ?? 0;
  if (weights.stockOutRisk && available > 0) price += weights.stockOutRisk * Math.round(100 / available);
  if (weights.stockBalance) {
    const most = row.reduce((sofar, units) => Math.max(sofar, units), 0);
    if (most > 0) price += weights.stockBalance * Math.round(100 * (1 - available / most));
  }
  return price;
};
