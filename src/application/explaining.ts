import { type Explanation, explain } from '../domain/sourcing/explain.ts';
import type { Policy } from '../domain/sourcing/policy.ts';
import type { ReplayableRecord } from '../domain/sourcing/replay.ts';
import { type WhyNot, whyNot } from '../domain/sourcing/why-not.ts';

/** A decision to be explained, and perhaps why a location is not in it: plain data, so that another thread can do it. */
export type Explaining = { readonly record: ReplayableRecord; readonly policy: Policy; readonly location?: string };

export type Explained = { readonly explanation: Explanation | null; readonly whyNot?: WhyNot | null };

export const explainHere = ({ record, policy, location }: Explaining): Explained => {
  const explanation = explain(record, policy);
  return location === undefined ? { explanation } : { explanation, whyNot: whyNot(record, policy, location) };
};

/** SKUs times candidates: one search for each location of the plan takes some 50 ms together. */
const FEW_CELLS = 1_000;

export const isSmall = ({ record }: Explaining): boolean =>
  record.demand.length * record.candidates.locationId.length <= FEW_CELLS;
