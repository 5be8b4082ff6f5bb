import type { DomainEvent } from '../../domain/event.ts';
import { createCarriageBook } from '../../domain/sourcing/carriage-book.ts';
import { createDispatchCalendar } from '../../domain/sourcing/dispatch.ts';
import { needsOf } from '../../domain/sourcing/needs.ts';
import type { Network } from '../../domain/sourcing/network.ts';
import type { PublishedPolicy } from '../../domain/sourcing/policy.ts';
import type { SourcingRules } from '../../domain/sourcing/source.ts';
import { restockedSkus } from '../../domain/stock-location/restocked.ts';
import type { Instant } from '../../domain/values.ts';
import { createAvailabilityIndex } from '../availability.ts';
import { createCapacityWatch } from '../capacity-watch.ts';
import { createDirectory } from '../directory.ts';
import { createBaseline } from './baseline.ts';
import { type ChangedOrder, changedOrders, type Kpis, kpisOf } from './kpis.ts';
import { createLane, type Lane } from './lane.ts';
import type { Outcome } from './outcome.ts';
import { createRealStock } from './real-stock.ts';

export type Variant = { readonly name: string; readonly policy: PublishedPolicy };

/** Orders recorded from `from` on and before `to`. */
export type Period = { readonly from: Instant; readonly to: Instant };

export type VariantResult = {
  readonly name: string;
  readonly policy: { readonly version: number; readonly hash: string };
  readonly kpis: Kpis;
  readonly ordersChanged: number;
  /** All of them as they are simulated; of a result that is kept, perhaps only those that differ most. */
  readonly changed: readonly ChangedOrder[];
};

export type SimulationResult = Period & {
  /** What really happened. */
  readonly baseline: Kpis;
  readonly variants: readonly VariantResult[];
};

/** A fold over the whole log, in commit order, up to the period's end. */
export type Simulation = {
  readonly apply: (event: DomainEvent) => void;
  readonly result: () => SimulationResult;
};

/**
 * Replays the orders of a period under other policies. Each variant is a world of its own: the stock movements that
 * nobody decided by policy (receipts, counts, orders of before the period) happen as they did, the period's orders take
 * what its policy gives them. The customers' cancellations happen in every world; what people did by hand (rejections,
 * short picks) happened in the real one only.
 */
export const simulate = (variants: readonly Variant[], { from, to }: Period): Simulation => {
  const index = createAvailabilityIndex();
  const directory = createDirectory();
  const real = createRealStock();
  const baseline = createBaseline();
  const realStockOuts = new Map<string, number>();
  const simulated = new Set<string>();
  const calendar = createDispatchCalendar();
  let now = '';
  const capacity = createCapacityWatch({ availability: index, now: () => new Date(now) });
  const carriage = createCarriageBook();

  const laneOf = (policy: PublishedPolicy): Lane => {
    const needs = needsOf(policy.policy);
    return createLane({
      withoutSimulated: real.withoutSimulated,
      isLimited: (locationId) => index.location(locationId)?.profile.capacity !== undefined,
      rules: (): SourcingRules => ({
        policy,
        items: directory.item,
        rateCards: directory.rateCards(),
        calendar,
        carriage,
      }),
      network: (skus, at): Network => {
        const seen = index.network(skus, { needs, at: Date.parse(at) });
        return {
          ...seen,
          available: skus.map((sku) =>
            seen.locations.map(({ locationId }) => Math.max(0, real.withoutSimulated(locationId, sku))),
          ),
        };
      },
    });
  };
  const lanes = variants.map(({ name, policy }) => ({ name, policy, lane: laneOf(policy) }));

  const isSimulated = (orderId: string): boolean => simulated.has(orderId);

  const applyOrder = (event: Extract<DomainEvent, { data: { orderId: string } }>, at: Instant): void => {
    if (event.type === 'OrderPlaced') {
      if (at < from) return;
      simulated.add(event.data.orderId);
      for (const { lane } of lanes) lane.place(event.data, at);
    }
    if (!isSimulated(event.data.orderId)) return;
    if (
      event.type === 'LinesCancelled' &&
      event.data.reason !== 'not-sourced' &&
      event.data.reason !== 'waited-too-long'
    )
      for (const { lane } of lanes) {
        const freesPlace = lane.cancel(event.data.orderId, event.data.lines);
        lane.retry(freesPlace ? null : skusIn(event.data.lines), at);
      }
  };

  const noteStockOuts = (event: DomainEvent): void => {
    if (event.type !== 'StockReserved' || !isSimulated(event.data.orderId)) return;
    const { locationId, lines } = event.data;
    const usedUp = lines.filter(({ sku }) => real.available(locationId, sku) <= 0).length;
    if (usedUp > 0) realStockOuts.set(locationId, (realStockOuts.get(locationId) ?? 0) + usedUp);
  };

  /** With a day of dispatch, its places are there for those who wait. To the minute: it is asked for every event. */
  const passTo = (at: Instant): void => {
    if (at < from || minuteOf(at) <= minuteOf(now)) return;
    now = at;
    if (capacity.daysBegun().length > 0) for (const { lane } of lanes) lane.retry(null, at);
  };

  const apply = (event: DomainEvent): void => {
    const at = event.metadata.recordedAt;
    if (at >= to) return;
    passTo(at);
    index.apply(event);
    directory.apply(event);
    real.apply(event, isSimulated);
    if (isOrderEvent(event)) {
      applyOrder(event, at);
      if (isSimulated(event.data.orderId)) baseline.apply(event);
      return;
    }
    if (at < from) return;
    noteStockOuts(event);
    const freed = freedSkus(event, index.skusAt);
    if (freed.length > 0) for (const { lane } of lanes) lane.retry(freed, at);
  };

  const result = (): SimulationResult => {
    for (const { lane } of lanes) lane.retry([], to);
    const before = baseline.outcomes();
    return {
      ...{ from, to },
      baseline: kpisOf(before, realStockOuts),
      variants: lanes.map(({ name, policy: { version, hash }, lane }): VariantResult => {
        const after: readonly Outcome[] = lane.outcomes();
        const changed = changedOrders(before, after);
        return {
          ...{ name, policy: { version, hash } },
          kpis: kpisOf(after, lane.stockOuts()),
          ordersChanged: changed.length,
          changed,
        };
      }),
    };
  };

  return { apply, result };
};

const minuteOf = (at: Instant): string => at.slice(0, 16);

const skusIn = (lines: readonly { readonly sku: string }[]): string[] => [...new Set(lines.map(({ sku }) => sku))];

type OrderStreamEvent = Parameters<ReturnType<typeof createBaseline>['apply']>[0] & DomainEvent;

const isOrderEvent = (event: DomainEvent): event is OrderStreamEvent => event.stream.startsWith('order-');

/** SKUs of which stock may have come free, whatever the period's orders do. */
const freedSkus = (event: DomainEvent, skusAt: (locationId: string) => readonly string[]): readonly string[] => {
  switch (event.type) {
    case 'StockReceived':
    case 'StockAdjusted':
    case 'StockCounted':
      return [...new Set(restockedSkus(event))];
    case 'SafetyStockSet':
      return [event.data.sku];
    case 'LocationResumed':
    case 'LocationProfileChanged':
      return skusAt(event.data.locationId);
    default:
      return [];
  }
};
