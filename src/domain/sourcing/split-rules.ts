import type { Quantity } from '../values.ts';
import type { SplitRules } from './policy.ts';
import type { Shipment } from './problem.ts';
import type { WantedSku } from './record.ts';

/** A rule that a plan breaks, with where: what must change, in any plan that keeps the rule. */
export type Breach =
  /** `locations` ship the SKU, one more than may: one of them must not. */
  | { readonly type: 'too-many-for-line'; readonly sku: number; readonly locations: readonly number[] }
  /** One of the locations must not ship at all. */
  | { readonly type: 'too-many'; readonly locations: readonly number[] }
  /** The location ships too little: it must ship more, or nothing. */
  | { readonly type: 'part-too-small'; readonly location: number }
  /** What the location leaves to others is too little: it must ship less, or everything. */
  | { readonly type: 'remainder-too-small'; readonly location: number };

const isPriced = (demand: readonly WantedSku[]): boolean => demand.every(({ value }) => value !== undefined);

/** Whether the rules ask for more than the search itself sees to. */
export const needsChecking = (rules: SplitRules, demand: readonly WantedSku[]): boolean =>
  ((rules.mode ?? 'byUnit') === 'byUnit' && rules.mostFulfilmentsPerLine !== undefined) ||
  ((rules.smallestPartValue !== undefined || rules.smallestRemainderValue !== undefined) && isPriced(demand));

/**
 * The first rule that a plan breaks, or null. Value rules hold for what is split only, and only where every line has a price.
 * `wanted`: units by SKU that the plan is for.
 */
export const breachOf = (
  plan: readonly Shipment[],
  rules: SplitRules,
  demand: readonly WantedSku[],
  wanted: readonly Quantity[],
  maxLocations: number,
): Breach | null => {
  const locations = [...new Set(plan.map(({ location }) => location))].toSorted((a, b) => a - b);
  if (maxLocations > 0 && locations.length > maxLocations) return { type: 'too-many', locations };
  const perLine = rules.mostFulfilmentsPerLine ?? Number.POSITIVE_INFINITY;
  for (const sku of demand.keys()) {
    const shipping = plan.filter(({ line }) => line === sku).map(({ location }) => location);
    if (shipping.length > perLine) return { type: 'too-many-for-line', sku, locations: shipping.slice(0, perLine + 1) };
  }
  return isPriced(demand) ? valueBreach(plan, locations, rules, demand, wanted) : null;
};

const valueBreach = (
  plan: readonly Shipment[],
  locations: readonly number[],
  { smallestPartValue = 0, smallestRemainderValue = 0 }: SplitRules,
  demand: readonly WantedSku[],
  wanted: readonly Quantity[],
): Breach | null => {
  const worth = (sku: number, units: Quantity): number => {
    const { value = 0, quantity = 1 } = demand[sku] ?? {};
    return (value * units) / quantity;
  };
  const total = wanted.reduce((sum, units, sku) => sum + worth(sku, units), 0);
  const open = wanted.reduce((sum, units) => sum + units, 0);
  for (const location of locations) {
    const own = plan.filter((shipment) => shipment.location === location);
    if (own.reduce((sum, { units }) => sum + units, 0) === open) continue;
    const part = own.reduce((sum, { line, units }) => sum + worth(line, units), 0);
    if (part < smallestPartValue) return { type: 'part-too-small', location };
    if (total - part < smallestRemainderValue) return { type: 'remainder-too-small', location };
  }
  return null;
};
