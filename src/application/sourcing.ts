import type { Declined, LineUnits, OrderLine, PlacedOrder } from '../domain/order/order.ts';
import { policyFor } from '../domain/policy-book/in-force.ts';
import { createCarriageBook } from '../domain/sourcing/carriage-book.ts';
import { createDispatchCalendar } from '../domain/sourcing/dispatch.ts';
import { needsOf } from '../domain/sourcing/needs.ts';
import type { Exclusions, Network } from '../domain/sourcing/network.ts';
import type { PublishedPolicy } from '../domain/sourcing/policy.ts';
import type { SourcedOrder } from '../domain/sourcing/record.ts';
import {
  type SourcingDecision,
  type SourcingRequest,
  type SourcingRules,
  source,
  type WantedLine,
  wantedSkus,
} from '../domain/sourcing/source.ts';
import type { AvailabilityIndex } from './availability.ts';
import type { Directory } from './directory.ts';

export type SourcingDesk = {
  /** Sources some units of an order by the policy in force for it, against what is available now. */
  readonly sourceOrder: (order: PlacedOrder, demand: readonly LineUnits[], options?: OrderOptions) => SourcingDecision;
  /** The same for whatever asks: an order that is not placed, or other rules. */
  readonly sourceRequest: (request: SourcingRequest, rules: SourcingRules) => SourcingDecision;
  /** The configuration in force, under this policy. */
  readonly rulesUnder: (policy: PublishedPolicy) => SourcingRules;
  /** With all that any of the policies asks for. */
  readonly networkFor: (demand: readonly LineUnits[], ...policies: readonly PublishedPolicy[]) => Network;
  /** What sourcing is asked about an order that is placed. */
  readonly requestFor: (order: PlacedOrder, demand: readonly LineUnits[], options?: OrderOptions) => SourcingRequest;
  /** For an order not yet placed: `orderId` decides whether a canary policy takes it. */
  readonly policyFor: (orderId: string) => PublishedPolicy;
};

/** `everywhere`: also where its units were rejected or not found. Somebody asks for it. */
export type OrderOptions = { readonly everywhere?: boolean };

export type SourcingDeskDependencies = {
  readonly availability: Pick<AvailabilityIndex, 'network' | 'restockedAt'>;
  readonly directory: Pick<Directory, 'policies' | 'item' | 'rateCards'>;
  readonly now: () => Date;
};

/** Brings together what a decision needs: the order, the stock as the index knows it, and the rules in force. */
export const createSourcingDesk = ({ availability, directory, now }: SourcingDeskDependencies): SourcingDesk => {
  const calendar = createDispatchCalendar();
  const carriage = createCarriageBook();

  const rulesUnder = (policy: PublishedPolicy): SourcingRules => ({
    policy,
    items: directory.item,
    rateCards: directory.rateCards(),
    calendar,
    carriage,
  });

  const inForce = (orderId: string): PublishedPolicy => policyFor(directory.policies(), orderId, now().toISOString());

  const networkFor: SourcingDesk['networkFor'] = (demand, ...policies) => {
    const all = policies.map(({ policy }) => needsOf(policy));
    const needs = {
      weeklyDemand: all.some(({ weeklyDemand }) => weeklyDemand),
      refusals: all.some(({ refusals }) => refusals),
    };
    return availability.network(wantedSkus(demand), { needs, at: now().getTime() });
  };

  /** Whoever declined units is asked for them again once more have come in there. */
  const isDeclined = ({ locationId, sku, at }: Declined): boolean => {
    const restockedAt = availability.restockedAt(locationId, sku);
    return restockedAt === null || (at !== null && restockedAt <= at);
  };

  const excludedFor = ({ excluded, declined }: PlacedOrder, { everywhere = false }: OrderOptions): Exclusions =>
    everywhere || declined.length === 0
      ? excluded
      : [...excluded, ...declined.filter(isDeclined).map(({ locationId, sku }) => ({ locationId, sku }))];

  const requestFor: SourcingDesk['requestFor'] = (order, demand, options = {}) => ({
    demand: withPrices(demand, order),
    destination: order.destination,
    excluded: excludedFor(order, options),
    despiteUnknownDestination: order.unparked === true,
    now: now().toISOString(),
    order: sourcedOrder(order),
  });

  const sourceRequest: SourcingDesk['sourceRequest'] = (request, rules) =>
    source(request, networkFor(request.demand, rules.policy), rules);

  return {
    policyFor: inForce,
    networkFor,
    rulesUnder,
    sourceRequest,
    requestFor,
    sourceOrder: (order, demand, options) =>
      sourceRequest(requestFor(order, demand, options), rulesUnder(inForce(order.orderId))),
  };
};

/** What is wanted, with what the order says of its lines. */
export const withPrices = (
  demand: readonly LineUnits[],
  { lines }: { readonly lines: readonly OrderLine[] },
): WantedLine[] => {
  const prices = new Map(lines.map(({ lineId, unitPrice }) => [lineId, unitPrice]));
  return demand.map((units) => ({ ...units, unitPrice: prices.get(units.lineId) ?? null }));
};

type Described = Pick<PlacedOrder, 'channelId' | 'market' | 'method' | 'priority' | 'placedAt' | 'deliverBy'> & {
  readonly lines: Parameters<typeof valueOfLines>[0];
};

/** What the rules may ask about an order. */
export const sourcedOrder = (order: Described): SourcedOrder => ({
  channelId: order.channelId,
  market: order.market ?? null,
  method: order.method,
  priority: order.priority ?? null,
  value: valueOfLines(order.lines),
  placedAt: order.placedAt,
  deliverBy: order.deliverBy ?? null,
});

/** Null where a line has no price. */
export const valueOfLines = (
  lines: readonly { readonly quantity: number; readonly unitPrice: number | null }[],
): number | null =>
  lines.reduce<number | null>(
    (sum, { quantity, unitPrice }) => (sum === null || unitPrice === null ? null : sum + quantity * unitPrice),
    0,
  );
