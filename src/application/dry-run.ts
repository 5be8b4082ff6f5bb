import type { Item } from '../domain/item.ts';
import type { RateCard } from '../domain/rate-card.ts';
import { createCarriageBook } from '../domain/sourcing/carriage-book.ts';
import { createDispatchCalendar } from '../domain/sourcing/dispatch.ts';
import { type Explanation, explain } from '../domain/sourcing/explain.ts';
import type { Network } from '../domain/sourcing/network.ts';
import type { PublishedPolicy } from '../domain/sourcing/policy.ts';
import { isReplayable } from '../domain/sourcing/replay.ts';
import { type SourcingDecision, type SourcingRequest, source } from '../domain/sourcing/source.ts';

/** A decision to be made on what is stated here alone: plain data, so that another thread can make it. */
export type DryRun = {
  readonly request: SourcingRequest;
  readonly network: Network;
  readonly policy: PublishedPolicy;
  readonly items: readonly Item[];
  readonly rateCards: readonly RateCard[];
};

export type DryRunResult = { readonly decision: SourcingDecision; readonly explanation: Explanation | null };

/** More than an order gets: nobody else waits for the thread. Some 2 s. */
const MOST_WORK = 300_000_000;

/** Decides and explains; nothing is recorded. */
export const decideDryRun = ({ request, network, policy, items, rateCards }: DryRun): DryRunResult => {
  const bySku = new Map(items.map((item) => [item.sku, item]));
  const decision = source(request, network, {
    policy,
    items: (sku) => bySku.get(sku),
    rateCards,
    calendar: createDispatchCalendar(),
    carriage: createCarriageBook(),
    maxWork: MOST_WORK,
  });
  const isExplained = decision.outcome === 'planned' && isReplayable(decision.record);
  return { decision, explanation: isExplained ? explain(decision.record, policy.policy) : null };
};
