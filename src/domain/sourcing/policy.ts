import { canonicalJson } from '../canonical-json.ts';
import type { LocationKind } from '../stock-location/stock-location.ts';
import { fingerprint, type MinorUnits, type Quantity } from '../values.ts';

/**
 * The rules of sourcing, as data. Routes in order: the first whose `when` fits the order applies. A published version never
 * changes; a decision records the one it was made with.
 * Stored format: names and fields are permanent.
 */
export type Policy = {
  readonly description?: string;
  readonly routes: readonly Route[];
  readonly costs?: CostModel;
  /** Waiting orders sourced together, again and again. */
  readonly runs?: readonly ScheduledRun[];
};

/** What carriage and handling cost where neither the location nor a rate card says so. */
export type CostModel = {
  /** One kilometre of one parcel, where no rate card covers the way. */
  readonly perKilometre?: MinorUnits;
  /** For locations whose profile states no costs. */
  readonly perParcel?: MinorUnits;
  readonly perUnit?: MinorUnits;
  /** Grams, for items of unknown weight. */
  readonly itemWeight?: number;
  /** How far a parcel gets in a day, where no rate card says how long it takes. */
  readonly kilometresPerDay?: number;
};

export type Route = {
  readonly name: string;
  readonly when?: When;
  readonly fences?: readonly Fence[];
  readonly split?: SplitRules;
  readonly objective?: Objective;
  /** What happens to the units that this route leaves over: on backorder when absent. */
  readonly otherwise?: Otherwise;
};

type Range = { readonly from?: number; readonly to?: number };

/** A country, or the areas of it whose names begin with one of `postcodeAreas`. */
export type Area = { readonly country: string; readonly postcodeAreas?: readonly string[] };

/** All that is stated must fit. A list fits when one of its entries does. Ranges include their ends. */
export type When = {
  readonly channels?: readonly string[];
  readonly markets?: readonly string[];
  readonly methods?: readonly string[];
  /** Some line's item is in one of these groups. */
  readonly itemGroups?: readonly string[];
  /** The order's priority: 1 is the most urgent. An order without one fits no range. */
  readonly priority?: Range;
  /** The order's value in minor units. An order with an unpriced line fits no range. */
  readonly value?: Range;
  readonly destinations?: readonly Area[];
  /** Hours since the order was placed. */
  readonly ageHours?: Range;
};

/** Some locations: those that all that is stated fits. */
export type LocationFilter = {
  readonly locations?: readonly string[];
  readonly kinds?: readonly LocationKind[];
  readonly groups?: readonly string[];
};

type InOrOut<Value> = { readonly in?: readonly Value[]; readonly notIn?: readonly Value[] };

/** A soft fence is dropped, in a second pass, for what the first pass left over. */
export type Fence = FenceRule & { readonly soft?: boolean };

export type FenceRule =
  | ({ readonly type: 'kind' } & InOrOut<LocationKind>)
  /** A location fits `in` when one of its groups is listed, and `notIn` when none is. */
  | ({ readonly type: 'group' } & InOrOut<string>)
  | ({ readonly type: 'location' } & InOrOut<string>)
  | { readonly type: 'distance'; readonly atMostKilometres: number }
  /** Delivered on the order's promised day at the latest, or, without one, within so many days of its placing. */
  | { readonly type: 'deliveryPromise'; readonly withinDays?: number }
  /** The location has more than `keepFree` (0) of its fulfilments of the day of dispatch left. */
  | { readonly type: 'capacity'; readonly keepFree?: number }
  /** Nobody there failed to find, or rejected, a wanted SKU in the last so many hours. */
  | { readonly type: 'recentRefusal'; readonly hours: number }
  /** Units that stay where they are, beyond the safety stock: so many, or what so many weeks use up (the larger). */
  | {
      readonly type: 'protectedStock';
      readonly units?: Quantity;
      readonly weeksOfSupply?: number;
      readonly at?: LocationFilter;
      readonly itemGroups?: readonly string[];
    }
  /** Units kept for some channels: orders of others leave them. */
  | {
      readonly type: 'ringFence';
      readonly channels: readonly string[];
      readonly units: Quantity;
      readonly at?: LocationFilter;
      readonly itemGroups?: readonly string[];
      readonly skus?: readonly string[];
    };

export type SplitRules = {
  /** `never`: one location; `byLine`: a line comes from one location as a whole; `byUnit` (default): any split. */
  readonly mode?: 'never' | 'byLine' | 'byUnit';
  readonly mostFulfilments?: number;
  readonly mostFulfilmentsPerLine?: number;
  /** Of goods, by unit price, in a fulfilment of an order that is split. */
  readonly smallestPartValue?: MinorUnits;
  /** The same for what is fulfilled elsewhere or left over. */
  readonly smallestRemainderValue?: MinorUnits;
  /** Lines whose items share one of these groups come from one location, all or none. */
  readonly togetherGroups?: readonly string[];
  /** False: an order that cannot be filled as a whole is not filled at all. Default true. */
  readonly partial?: boolean;
};

/**
 * - `cost`: minor units of carriage and handling      - `parcels`: fulfilments
 * - `lateness`: days after the promised day, of each   - `distance`: kilometres of each
 * - `priority`: rank of the location (see `sequence`)  - `load`: percent of the day's capacity used, of each
 * - `stockOutRisk`: 100 / units available, per unit taken: scarce stock is dear
 * - `stockBalance`: per unit, percent by which the location holds less of the SKU than the one that holds most
 */
export const objectiveTerms = [
  'cost',
  'parcels',
  'lateness',
  'distance',
  'priority',
  'stockOutRisk',
  'stockBalance',
  'load',
] as const;
export type ObjectiveTerm = (typeof objectiveTerms)[number];

/**
 * What "best" means among the plans that fill most; `weighted` (default: `{cost: 1}`) gives each term's price in minor
 * units, `lexicographic` compares the first term, of equals the second, and so on.
 */
export type Objective = {
  readonly weighted?: { readonly [Term in ObjectiveTerm]?: number };
  readonly lexicographic?: readonly ObjectiveTerm[];
  /** Location ids in the order of preference that `priority` goes by, instead of the profiles' priorities. */
  readonly sequence?: readonly string[];
  /** With `weighted` only: what a unit left over costs. Absent: more than any way to fill it. */
  readonly unfilledPerUnit?: MinorUnits;
};

export type Otherwise =
  | { readonly do: 'nextRoute' }
  | { readonly do: 'backorder'; readonly cancelAfterDays?: number }
  | { readonly do: 'park'; readonly queue: string; readonly cancelAfterDays?: number }
  | { readonly do: 'cancel' };

/** The queue in which all that is on backorder waits. */
export const BACKORDERS = 'backorders';

/** What happens to units that no route finds a place for. */
export type LastResort = Exclude<Otherwise, { do: 'nextRoute' }>;

/** Queues in which the service parks what it cannot decide on: no policy need name them. */
export const ownQueues = ['unknown-destination', 'no-route', 'objective-too-large'] as const;
export type OwnQueue = (typeof ownQueues)[number];

/** `queue`: `backorders`, one of the service's own, or the name of one that orders are parked in. */
export type ScheduledRun = { readonly queue: string; readonly everyMinutes: number };

/** A policy as it was published: `version` counts from 1; 0 is the built-in one. */
export type PublishedPolicy = { readonly version: number; readonly hash: string; readonly policy: Policy };

export const policyHash = (policy: Policy): string => fingerprint(canonicalJson(policy));

export const defaultCosts: Required<CostModel> = {
  perKilometre: 1,
  perParcel: 500,
  perUnit: 50,
  itemWeight: 500,
  kilometresPerDay: 600,
};

const builtIn: Policy = {
  description: 'The cheapest plan, split where that fills or saves more, within the capacity of the day.',
  routes: [{ name: 'cheapest', fences: [{ type: 'capacity' }] }],
  runs: [{ queue: 'backorders', everyMinutes: 60 }],
};

/** What applies until somebody publishes another. */
export const builtInPolicy: PublishedPolicy = { version: 0, hash: policyHash(builtIn), policy: builtIn };
