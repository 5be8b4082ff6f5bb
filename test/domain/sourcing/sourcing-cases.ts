import type { Destination, LineUnits } from '../../../src/domain/order/order.ts';
import type { Exclusions, Network } from '../../../src/domain/sourcing/candidates.ts';
import { builtInPolicy, type SourcingPolicy } from '../../../src/domain/sourcing/first-policy.ts';
import { type SourcingDecision, source } from '../../../src/domain/sourcing/source.ts';
import { exampleProfile } from '../../support/examples.ts';

type Planned = Extract<SourcingDecision, { outcome: 'planned' }>;

const leeds: Destination = { country: 'GB', postcodeArea: 'LS', latitude: 53.8, longitude: -1.55 };

export type Site = {
  readonly parcel: number;
  readonly unit: number;
  readonly kilometres: number;
  readonly priority: number;
};

/** `stock[sku][location]`, as `Network.available`. Sites lie due north of Leeds. */
export const networkOf = (sites: readonly Site[], stock: readonly (readonly number[])[]): Network => ({
  logPosition: null,
  available: stock,
  locations: sites.map(({ parcel, unit, kilometres, priority }, index) => ({
    locationId: `l${index}`,
    suspended: false,
    profile: exampleProfile({
      address: { country: 'GB', postcode: 'LS1 4AP', latitude: 53.8 + kilometres / 111.2, longitude: -1.55 },
      costs: { perParcel: parcel, perUnit: unit },
      priority,
    }),
  })),
});

type Circumstances = {
  readonly policy?: SourcingPolicy;
  readonly excluded?: Exclusions;
  readonly destination?: Destination;
};

export const plan = (
  demand: readonly LineUnits[],
  network: Network,
  { policy = builtInPolicy, excluded = [], destination = leeds }: Circumstances = {},
): SourcingDecision => source({ demand, destination, excluded }, network, policy);

export const planned = (...asked: Parameters<typeof plan>): Planned => {
  const decision = plan(...asked);
  if (decision.outcome !== 'planned') throw new Error(decision.reason);
  return decision;
};

export const total = (lines: readonly { readonly quantity: number }[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);
