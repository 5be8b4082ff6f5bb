import type { LineUnits, OrderEvent } from '../../domain/order/order.ts';
import type { Network } from '../../domain/sourcing/network.ts';
import {
  type SourcingDecision,
  type SourcingRequest,
  type SourcingRules,
  source,
  type WantedLine,
  wantedSkus,
} from '../../domain/sourcing/source.ts';
import type { Instant, Quantity } from '../../domain/values.ts';
import { sourcedOrder, withPrices } from '../sourcing.ts';
import { common, less, type Outcome, type Part, unitsOf, withoutCancelled } from './outcome.ts';

type Placed = Extract<OrderEvent, { type: 'OrderPlaced' }>['data'];

/** The world of one variant: the period's orders, sourced by its policy against the stock that they leave each other. */
export type Lane = {
  readonly place: (order: Placed, at: Instant) => void;
  /** True when a place in a location's day came free with it. */
  readonly cancel: (orderId: string, lines: readonly LineUnits[]) => boolean;
  /**
   * Some stock of these SKUs may have come free (null: of any, or places of a day): whoever waits for it is sourced again,
   * longest wait first.
   */
  readonly retry: (skus: readonly string[] | null, at: Instant) => void;
  readonly outcomes: () => readonly Outcome[];
  /** How often these orders used up a SKU, by location. */
  readonly stockOuts: () => ReadonlyMap<string, number>;
};

export type LaneWorld = {
  readonly rules: () => SourcingRules;
  /** Locations, weekly demand and refusals as they really were; stock as if no order of the period existed. */
  readonly network: (skus: readonly string[], at: Instant) => Network;
  readonly withoutSimulated: (locationId: string, sku: string) => number;
  /** It can do only so much in a day. */
  readonly isLimited: (locationId: string) => boolean;
};

type Tracked = { readonly placed: Placed; outcome: Outcome; readonly cancelAt: Instant | null };

const DAY_MS = 86_400_000;

export const createLane = ({ rules, network, withoutSimulated, isLimited }: LaneWorld): Lane => {
  const orders = new Map<string, Tracked>();
  const waiting = new Set<string>();
  /** Units by SKU, then by location. */
  const taken = new Map<string, Map<string, Quantity>>();
  const loads = new Map<string, Map<string, number>>();
  const stockOuts = new Map<string, number>();

  const takenOf = (locationId: string, sku: string): Quantity => taken.get(sku)?.get(locationId) ?? 0;

  const move = (locationId: string, lines: readonly LineUnits[], sign: 1 | -1): void => {
    for (const { sku, quantity } of lines) {
      const units = takenOf(locationId, sku) + sign * quantity;
      taken.set(sku, (taken.get(sku) ?? new Map<string, Quantity>()).set(locationId, units));
      if (sign < 0 || withoutSimulated(locationId, sku) - units > 0) continue;
      stockOuts.set(locationId, (stockOuts.get(locationId) ?? 0) + 1);
    }
  };

  const noteLoad = ({ locationId, dispatchDay }: Part, change: 1 | -1): void => {
    if (dispatchDay === null) return;
    const days = loads.get(locationId) ?? new Map<string, number>();
    loads.set(locationId, days.set(dispatchDay, (days.get(dispatchDay) ?? 0) + change));
  };

  /** The network less what this lane's orders took of it. */
  const own = (skus: readonly string[], at: Instant): Network => {
    const real = network(skus, at);
    return {
      ...real,
      locations: real.locations.map((location) => {
        const load = loads.get(location.locationId);
        return load === undefined ? location : { ...location, load };
      }),
      available: real.available.map((row, line) =>
        row.map((units, index) =>
          Math.max(0, units - takenOf(real.locations[index]?.locationId ?? '', skus[line] ?? '')),
        ),
      ),
    };
  };

  const decide = ({ placed, outcome }: Tracked, at: Instant): SourcingDecision => {
    const demand = withPrices(outcome.waited ? outcome.waiting : outcome.lines, placed);
    return source(requestOf(placed, demand, at), own(wantedSkus(demand), at), {
      ...rules(),
      seekRunnerUp: false,
    });
  };

  const settle = (tracked: Tracked, at: Instant): Tracked => {
    const { outcome, placed } = tracked;
    const decision = decide(tracked, at);
    if (decision.outcome === 'parked') {
      return { ...tracked, outcome: { ...outcome, parked: true, waited: true, waiting: outcome.lines } };
    }
    const parts = partsOf(decision);
    for (const part of parts) {
      move(part.locationId, part.lines, 1);
      noteLoad(part, 1);
    }
    const { unfilled, otherwise } = decision;
    const isOver = otherwise.do === 'cancel';
    const days = isOver ? undefined : otherwise.cancelAfterDays;
    if (unfilled.length > 0 && !isOver) waiting.add(placed.orderId);
    else waiting.delete(placed.orderId);
    return {
      placed,
      cancelAt: days === undefined ? null : new Date(Date.parse(placed.placedAt) + days * DAY_MS).toISOString(),
      outcome: {
        ...outcome,
        parts: [...outcome.parts, ...parts],
        waiting: isOver ? [] : unfilled,
        waited: outcome.waited || (unfilled.length > 0 && !isOver),
        parked: outcome.parked || (unfilled.length > 0 && otherwise.do === 'park'),
        givenUp: outcome.givenUp + (isOver ? unitsOf(unfilled) : 0),
      },
    };
  };

  const giveUp = (tracked: Tracked): void => {
    const { outcome, placed } = tracked;
    waiting.delete(placed.orderId);
    orders.set(placed.orderId, {
      ...tracked,
      outcome: { ...outcome, waiting: [], givenUp: outcome.givenUp + unitsOf(outcome.waiting) },
    });
  };

  return {
    place: (placed, at) => {
      const lines = placed.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
      const { orderId, placedAt, deliverBy = null } = placed;
      const outcome: Outcome = {
        ...{ orderId, placedAt, deliverBy, lines, parts: [], waiting: [] },
        ...{ waited: false, parked: false, givenUp: 0 },
      };
      orders.set(orderId, settle({ placed, outcome, cancelAt: null }, at));
    },
    cancel: (orderId, lines) => {
      const tracked = orders.get(orderId);
      if (tracked === undefined) return false;
      const after = withoutCancelled(tracked.outcome, lines);
      let freesPlace = false;
      for (const part of tracked.outcome.parts) {
        const kept = after.parts.find(({ locationId }) => locationId === part.locationId)?.lines ?? [];
        move(part.locationId, common(part.lines, less(part.lines, kept)), -1);
        if (kept.length > 0) continue;
        noteLoad(part, -1);
        freesPlace ||= isLimited(part.locationId);
      }
      if (after.waiting.length === 0) waiting.delete(orderId);
      orders.set(orderId, { ...tracked, outcome: after });
      return freesPlace;
    },
    retry: (skus, at) => {
      const freed = skus === null ? null : new Set(skus);
      for (const orderId of waiting) {
        const tracked = orders.get(orderId);
        if (tracked === undefined) continue;
        if (tracked.cancelAt !== null && tracked.cancelAt <= at) giveUp(tracked);
        // A parked order waits for people.
        else if (!tracked.outcome.parked && tracked.outcome.waiting.some(({ sku }) => freed?.has(sku) ?? true)) {
          orders.set(orderId, settle(tracked, at));
        }
      }
    },
    outcomes: () => [...orders.values()].map(({ outcome }) => outcome),
    stockOuts: () => stockOuts,
  };
};

const requestOf = (placed: Placed, demand: readonly WantedLine[], at: Instant): SourcingRequest => ({
  demand,
  destination: placed.destination,
  excluded: [],
  now: at,
  order: sourcedOrder(placed),
});

const partsOf = ({ fulfilments, record }: Extract<SourcingDecision, { outcome: 'planned' }>): Part[] =>
  fulfilments.map(({ locationId, lines, cost, dispatchDay = null, deliveryDay = null }) => ({
    ...{ locationId, lines, cost, dispatchDay, deliveryDay },
    kilometres: record.candidates.kilometres[record.candidates.locationId.indexOf(locationId)] ?? 0,
  }));
