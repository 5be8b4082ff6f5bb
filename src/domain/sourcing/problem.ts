// The canonical sourcing problem: one JSON object per problem, one answer per problem, so that any other solver can check
// the engine. Money in integer minor units, quantities integers, weights in grams.
// Stored format: names and fields are permanent.

export type Offer = { readonly line: number; readonly units: number; readonly unitCost: number };

export type ParcelPrice = { readonly upTo: number; readonly price: number };

export type Location = {
  readonly fixedCost: number;
  readonly capacity: number;
  readonly tariff?: readonly ParcelPrice[];
  readonly offers: readonly Offer[];
};

export type Problem = {
  readonly demand: readonly number[];
  readonly unfilledCost: readonly number[];
  readonly weight?: readonly number[];
  readonly locations: readonly Location[];
  readonly maxLocations: number;
  readonly wholeLines: boolean;
};

export type Shipment = { readonly location: number; readonly line: number; readonly units: number };

export type Answer = {
  readonly objective: number;
  readonly bound: number;
  readonly proven: boolean;
  readonly plan: readonly Shipment[];
  readonly unfilled: readonly number[];
  readonly nodes: number;
};

export type Fault = { readonly path: string; readonly message: string };

export type Parsed =
  | { readonly status: 'valid'; readonly problem: Problem }
  | { readonly status: 'invalid'; readonly faults: readonly Fault[] };
