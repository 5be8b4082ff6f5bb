import type { Instant, MinorUnits, Position, Quantity } from '../values.ts';
import type { Exclusions } from './network.ts';
import type { ParcelPrice, Shipment } from './problem.ts';

// Stored format, as part of `SourcingDecided`: names and fields are permanent.

/** A SKU wanted, merged from the order's lines, with what the rules ask about it. */
export type WantedSku = {
  readonly sku: string;
  readonly quantity: Quantity;
  /** Grams of one unit; only where parcels are paid by weight. */
  readonly weight?: number;
  readonly groups?: readonly string[];
  /** Of all its units together; absent where a line has no price. */
  readonly value?: MinorUnits;
};

/** What the rules may ask about an order. */
export type SourcedOrder = {
  readonly channelId: string;
  readonly market: string | null;
  readonly method: string;
  /** 1 is the most urgent. */
  readonly priority: number | null;
  readonly value: MinorUnits | null;
  readonly placedAt: Instant;
  /** The day (`YYYY-MM-DD`) on which the customer was promised everything. */
  readonly deliverBy: string | null;
};

/** Carriage by the services that keep a promised day where there are any; null: no day was promised. */
export type PromisedColumns = {
  readonly promisedDay: number | null;
  readonly deliveryDay: readonly number[];
  readonly tariff: readonly (number | null)[];
};

/**
 * What sourcing saw of each location that holds a wanted SKU and may ship, by column: entry i of each array is one
 * location; matrices are `[sku][i]`, SKUs as in the record's demand. Optional columns are there where a rule asks for them.
 */
export type SourcingCandidates = {
  readonly locationId: readonly string[];
  readonly kilometres: readonly number[];
  /** Handling and carriage of a parcel from there; carriage by weight is in the tariff instead. */
  readonly parcelCost: readonly MinorUnits[];
  readonly unitCost: readonly MinorUnits[];
  /** Units that could be promised there, as the index knew it. */
  readonly available: readonly (readonly Quantity[])[];
  /** In days after the UTC day of the decision. */
  readonly dispatchDay?: readonly number[];
  readonly deliveryDay?: readonly number[];
  /** Index into `tariffs`, or null. */
  readonly tariff?: readonly (number | null)[];
  readonly tariffs?: readonly (readonly ParcelPrice[])[];
  /** The same for routes that promise another day than the first one: other services may keep it. */
  readonly byPromise?: readonly PromisedColumns[];
  readonly kind?: readonly string[];
  readonly groups?: readonly (readonly string[])[];
  readonly priority?: readonly (number | null)[];
  /** Fulfilments still possible on the day of dispatch; null: any number. */
  readonly capacityLeft?: readonly (number | null)[];
  /** Percent of the day's capacity used. */
  readonly load?: readonly number[];
  readonly weeklyDemand?: readonly (readonly number[])[];
  /** Hours since it was last refused there, or null. */
  readonly refusedHoursAgo?: readonly (readonly (number | null)[])[];
};

/** Candidates that a fence keeps out, and what it saw of each. */
export type Fenced = {
  /** Index in the route's fences. */
  readonly fence: number;
  readonly type: string;
  readonly expected: string;
  readonly candidates: readonly number[];
  readonly actual: readonly (number | string | null)[];
};

export type StageValue = { readonly term: string; readonly value: number; readonly bound: number };

/** One search: a route of the policy, for what those before left over. */
export type SourcingPass = {
  readonly route: string;
  readonly softFencesDropped: boolean;
  /** Units wanted, by SKU. */
  readonly wanted: readonly Quantity[];
  readonly fenced: readonly Fenced[];
  /** Units that stock fences keep back, `[sku][i]`; absent: none. */
  readonly withheld?: readonly (readonly Quantity[])[];
  /** `location`: index of a candidate; `line`: index of a SKU. */
  readonly plan: readonly Shipment[];
  /** By the route's objective; of a lexicographic one, by its last term. */
  readonly objective: number;
  readonly bound: number;
  readonly proven: boolean;
  readonly nodes: number;
  /** Lexicographic objectives: term by term. */
  readonly stages?: readonly StageValue[];
  /** The best plan without at least one of the chosen locations; null when there is none, or when it would take long to find. */
  readonly runnerUp: { readonly locationIds: readonly string[]; readonly objective: number } | null;
};

export type SourcingRecord = {
  /** Version 0 is the built-in policy. */
  readonly policy: { readonly version: number; readonly hash: string };
  /** The newest event the availability index had seen. */
  readonly logPosition: Position | null;
  /** When it was decided. Null, like `order`, in decisions of schema version 1, which cannot be replayed. */
  readonly at: Instant | null;
  readonly order: SourcedOrder | null;
  readonly demand: readonly WantedSku[];
  readonly excluded: Exclusions;
  readonly candidates: SourcingCandidates;
  /** Locations that hold a wanted SKU but could not be considered under any rule, and why. */
  readonly ruledOut: readonly { readonly locationId: string; readonly reason: string }[];
  readonly passes: readonly SourcingPass[];
};
