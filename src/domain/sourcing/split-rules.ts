import type { Quantity } from '../values.ts';
import type { SplitRules } from './policy.ts';
import type { Shipment } from './problem.ts';
import type { WantedSku } from './record.ts';
import type { Table } from './table.ts';

/** A rule that a plan breaks, with where: what must change, in any plan that keeps the rule. */
export type Breach =
  /** `locations` ship the SKU, one more than still may: one of them must not. */
  | { readonly type: 'too-many-for-line'; readonly sku: number; readonly locations: readonly number[] }
  /** One of the locations must not ship at all. */
  | { readonly type: 'too-many'; readonly locations: readonly number[] }
  /** No part is large enough that leaves enough to others: the location must ship everything, or nothing. */
  | { readonly type: 'no-part-fits'; readonly location: number }
  /** The location ships too little: it must ship more, or nothing. */
  | { readonly type: 'part-too-small'; readonly location: number }
  /** What the location leaves to others is too little: it must ship less, or everything. */
  | { readonly type: 'remainder-too-small'; readonly location: number };

const isPriced = (demand: readonly WantedSku[]): boolean => demand.every(({ value }) => value !== undefined);

/** Locations that may ship parts of an order; null: any number. */
export const mostLocations = ({ mode, mostFulfilments }: SplitRules): number | null =>
  mode === 'never' ? 1 : (mostFulfilments ?? null);

/** Whether the rules ask for more than the search itself sees to. `before`: what earlier passes ship. */
export const needsChecking = (
  rules: SplitRules,
  demand: readonly WantedSku[],
  before: readonly Shipment[] = [],
): boolean =>
  ((rules.mode ?? 'byUnit') === 'byUnit' && rules.mostFulfilmentsPerLine !== undefined) ||
  ((rules.smallestPartValue !== undefined || rules.smallestRemainderValue !== undefined) && isPriced(demand)) ||
  (before.length > 0 && mostLocations(rules) !== null);

const locationsOf = (plan: readonly Shipment[]): number[] =>
  [...new Set(plan.map(({ location }) => location))].toSorted((a, b) => a - b);

/**
 * The first rule that a plan breaks together with what earlier passes ship, or null; only what the plan itself ships can be
 * to blame. Value rules hold for what is split only, and only where every line has a price.
 */
export const breachOf = (
  plan: readonly Shipment[],
  rules: SplitRules,
  { demand, before, maxLocations }: Pick<Table, 'demand' | 'before' | 'maxLocations'>,
): Breach | null => {
  const locations = locationsOf(plan);
  if (maxLocations > 0 && locations.length > maxLocations) return { type: 'too-many', locations };
  const opened = new Set(locationsOf(before));
  const further = locations.filter((location) => !opened.has(location));
  const most = mostLocations(rules);
  if (most !== null && further.length > Math.max(0, most - opened.size))
    return { type: 'too-many', locations: further };
  const perLine = rules.mostFulfilmentsPerLine ?? Number.POSITIVE_INFINITY;
  for (const sku of demand.keys()) {
    const ofSku = ({ line }: Shipment) => line === sku;
    const shipping = new Set(locationsOf(before.filter(ofSku)));
    const others = locationsOf(plan.filter(ofSku)).filter((location) => !shipping.has(location));
    const left = Math.max(0, perLine - shipping.size);
    if (others.length > left) return { type: 'too-many-for-line', sku, locations: others.slice(0, left + 1) };
  }
  return isPriced(demand) ? valueBreach([...before, ...plan], locations, rules, demand) : null;
};

const valueBreach = (
  plan: readonly Shipment[],
  locations: readonly number[],
  { smallestPartValue = 0, smallestRemainderValue = 0 }: SplitRules,
  demand: readonly WantedSku[],
): Breach | null => {
  const worth = (sku: number, units: Quantity): number => {
    const { value = 0, quantity = 1 } = demand[sku] ?? {};
    return (value * units) / quantity;
  };
  const total = demand.reduce((sum, { value = 0 }) => sum + value, 0);
  const wanted = demand.reduce((sum, { quantity }) => sum + quantity, 0);
  const least = Math.max(smallestPartValue, Math.min(...demand.map((_, sku) => worth(sku, 1))));
  for (const location of locations) {
    const own = plan.filter((shipment) => shipment.location === location);
    if (own.reduce((sum, { units }) => sum + units, 0) === wanted) continue;
    const part = own.reduce((sum, { line, units }) => sum + worth(line, units), 0);
    const isTooSmall = part < smallestPartValue;
    if (!isTooSmall && total - part >= smallestRemainderValue) continue;
    if (least > total - smallestRemainderValue) return { type: 'no-part-fits', location };
    return { type: isTooSmall ? 'part-too-small' : 'remainder-too-small', location };
  }
  return null;
};
