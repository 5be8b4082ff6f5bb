import type { Item } from '../../../src/domain/item.ts';
import type { Destination } from '../../../src/domain/order/order.ts';
import type { RateCard } from '../../../src/domain/rate-card.ts';
import { createCarriageBook } from '../../../src/domain/sourcing/carriage-book.ts';
import { createDispatchCalendar } from '../../../src/domain/sourcing/dispatch.ts';
import type { Exclusions, Network } from '../../../src/domain/sourcing/network.ts';
import { builtInPolicy, type Policy, policyHash, type Route } from '../../../src/domain/sourcing/policy.ts';
import type { SourcedOrder, SourcingPass } from '../../../src/domain/sourcing/record.ts';
import {
  type SourcingDecision,
  type SourcingRules,
  source,
  type WantedLine,
} from '../../../src/domain/sourcing/source.ts';
import { exampleProfile, sourcedOrder } from '../../support/examples.ts';

type Planned = Extract<SourcingDecision, { outcome: 'planned' }>;

export const leeds: Destination = { country: 'GB', postcodeArea: 'LS', latitude: 53.8, longitude: -1.55 };

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

export type Circumstances = {
  readonly policy?: Policy;
  readonly excluded?: Exclusions;
  readonly destination?: Destination;
  readonly despiteUnknownDestination?: boolean;
  readonly now?: string;
  readonly order?: Partial<SourcedOrder>;
  readonly items?: readonly Item[];
  readonly rateCards?: readonly RateCard[];
};

/** A Monday. */
export const NOW = '2026-03-02T09:15:00.000Z';

export const rulesOf = ({ policy, items = [], rateCards = [] }: Circumstances = {}): SourcingRules => ({
  policy: policy === undefined ? builtInPolicy : { version: 1, hash: policyHash(policy), policy },
  items: (sku) => items.find((item) => item.sku === sku),
  rateCards,
  calendar: createDispatchCalendar(),
  carriage: createCarriageBook(),
});

export const plan = (
  demand: readonly WantedLine[],
  network: Network,
  circumstances: Circumstances = {},
): SourcingDecision => {
  const {
    excluded = [],
    destination = leeds,
    now = NOW,
    order = {},
    despiteUnknownDestination = false,
  } = circumstances;
  return source(
    { demand, destination, excluded, despiteUnknownDestination, now, order: sourcedOrder(order) },
    network,
    rulesOf(circumstances),
  );
};

export const planned = (...asked: Parameters<typeof plan>): Planned & { readonly pass: SourcingPass } => {
  const decision = plan(...asked);
  if (decision.outcome !== 'planned') throw new Error(decision.reason);
  const pass = decision.record.passes[0];
  if (pass === undefined) throw new Error('a decision has a pass');
  return { ...decision, pass };
};

/** The first route of the built-in policy, changed. */
export const policyOf = (...routes: readonly Partial<Route>[]): Policy => ({
  routes: routes.map((route, index) => ({ name: `route ${index + 1}`, ...route })),
});

export const total = (lines: readonly { readonly quantity: number }[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);
