import { fingerprint, type MinorUnits } from '../values.ts';

/** The rules a sourcing decision follows. Versions are immutable; a decision records the one it was made with. */
export type SourcingPolicy = {
  readonly version: number;
  /** May one order be fulfilled by several locations? */
  readonly split: 'allowed' | 'never';
  /** Cost of one kilometre of one parcel. */
  readonly perKilometre: MinorUnits;
  /** For locations whose profile states no costs. */
  readonly defaultCosts: { readonly perParcel: MinorUnits; readonly perUnit: MinorUnits };
};

/** What applies until somebody publishes another: the cheapest plan, split where that fills or saves more. */
export const builtInPolicy: SourcingPolicy = {
  version: 1,
  split: 'allowed',
  perKilometre: 1,
  defaultCosts: { perParcel: 500, perUnit: 50 },
};

export const policyHash = (policy: SourcingPolicy): string => fingerprint(JSON.stringify(policy));
