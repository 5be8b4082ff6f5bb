import type { Item } from '../item.ts';
import type { Destination, LineUnits, PlannedFulfilment } from '../order/order.ts';
import type { RateCard } from '../rate-card.ts';
import { type Instant, type MinorUnits, mergeBySku } from '../values.ts';
import { assess, placeOf } from './assess.ts';
import type { CarriageBook } from './carriage-book.ts';
import type { DispatchCalendar } from './dispatch.ts';
import { type FenceFacts, promisedDay } from './fences.ts';
import { fulfilmentsOf, unfilledOf } from './fulfilments.ts';
import { type FittingRoute, type Occasion, routeFor } from './match.ts';
import type { Exclusions, Network } from './network.ts';
import { type Progress, runPass } from './pass.ts';
import { defaultCosts, type LastResort, type PublishedPolicy, type Route } from './policy.ts';
import type { SourcedOrder, SourcingPass, SourcingRecord, WantedSku } from './record.ts';
import { ObjectiveTooLarge } from './search-table.ts';

/** Some units of an order's line; `unitPrice` null or absent: the channel did not say. */
export type WantedLine = LineUnits & { readonly unitPrice?: MinorUnits | null };

export type SourcingRequest = {
  readonly demand: readonly WantedLine[];
  readonly destination: Destination;
  readonly excluded: Exclusions;
  /** Somebody decided to go on although nobody knows where to: all locations are then equally near. */
  readonly despiteUnknownDestination?: boolean;
  readonly now: Instant;
  readonly order: SourcedOrder;
};

/** The configuration in force, and the memories of two pure functions (see `dispatch.ts` and `carriage-book.ts`). */
export type SourcingRules = {
  readonly policy: PublishedPolicy;
  readonly items: (sku: string) => Item | undefined;
  /** The same array as long as no card changes. */
  readonly rateCards: readonly RateCard[];
  readonly calendar: DispatchCalendar;
  readonly carriage: CarriageBook;
  /** Counted work that a search may take; absent: what a request has time for. */
  readonly maxWork?: number;
};

export type SourcingDecision =
  | {
      readonly outcome: 'planned';
      readonly fulfilments: readonly Omit<PlannedFulfilment, 'fulfilmentId'>[];
      readonly unfilled: readonly LineUnits[];
      /** What happens to the unfilled units. */
      readonly otherwise: LastResort;
      readonly record: SourcingRecord;
    }
  | { readonly outcome: 'parked'; readonly queue: string; readonly reason: string };

/** The SKUs of a demand, in the order in which `Network.available` lists them. */
export const wantedSkus = (demand: readonly LineUnits[]): string[] => mergeBySku(demand).map(({ sku }) => sku);

/**
 * Decides which locations fulfil which units: the best plan by the policy's route for this order, proven or with its gap.
 * Same input, same decision, on every machine: locations are compared in order of priority and id, and the search is
 * bounded by counted work, not by time.
 */
export const source = (request: SourcingRequest, network: Network, rules: SourcingRules): SourcingDecision => {
  const { destination, order, excluded } = request;
  if (placeOf(destination) === null && request.despiteUnknownDestination !== true) {
    const reason = `No coordinates are known for ${destination.country}.`;
    return { outcome: 'parked', queue: 'unknown-destination', reason };
  }
  const { version, hash, policy } = rules.policy;
  const demand = describe(request.demand, rules);
  const now = Date.parse(request.now);
  const occasion = { order, destination, demand, now };
  const first = routeFor(policy.routes, occasion);
  if (first === null) {
    return { outcome: 'parked', queue: 'no-route', reason: `No route of policy version ${version} fits this order.` };
  }
  const promised = promisedDay({ at: request.now, order }, first.route);
  const assessed = assess({ now, demand, destination, excluded, promisedDay: promised }, network, rules);
  const facts: FenceFacts = { at: request.now, order, demand, candidates: assessed.candidates };
  try {
    const { passes, last } = runRoutes(policy.routes, facts, occasion, rules.maxWork);
    const record: SourcingRecord = {
      policy: { version, hash },
      logPosition: network.logPosition,
      at: request.now,
      order,
      demand,
      excluded,
      ...assessed,
      passes,
    };
    const fulfilments = fulfilmentsOf(record, policy, request.demand);
    const otherwise = last.otherwise?.do === 'nextRoute' ? undefined : last.otherwise;
    return {
      outcome: 'planned',
      fulfilments,
      unfilled: unfilledOf(request.demand, fulfilments),
      otherwise: otherwise ?? { do: 'backorder' },
      record,
    };
  } catch (error) {
    if (!(error instanceof ObjectiveTooLarge)) throw error;
    return { outcome: 'parked', queue: 'objective-too-large', reason: error.message };
  }
};

/** The passes over the routes that fit, each for what those before left over, and the last route tried. */
export const runRoutes = (
  routes: readonly Route[],
  facts: FenceFacts,
  occasion: Occasion,
  maxWork?: number,
): { readonly passes: readonly SourcingPass[]; readonly last: Route } => {
  const passes: SourcingPass[] = [];
  let progress: Progress = { wanted: facts.demand.map(({ quantity }) => quantity), plan: [] };
  let index = -1;
  for (;;) {
    const fitting: FittingRoute | null = routeFor(routes, occasion, index);
    const last = routes[index];
    if (fitting === null) {
      if (last === undefined) throw new Error('no route fits: the caller was to look first');
      return { passes, last };
    }
    const { route } = fitting;
    for (const dropSoft of [false, true]) {
      if (dropSoft && route.fences?.some(({ soft }) => soft === true) !== true) continue;
      const pass = runPass(route, facts, progress, {
        dropSoft,
        seekRunnerUp: passes.length === 0,
        ...(maxWork !== undefined && { maxWork }),
      });
      passes.push(pass);
      progress = after(progress, pass);
      if (isFilled(progress)) return { passes, last: route };
    }
    if (route.otherwise?.do !== 'nextRoute') return { passes, last: route };
    index = fitting.index;
  }
};

const isFilled = ({ wanted }: Progress): boolean => wanted.every((units) => units === 0);

/** Shipments of a SKU from a location in several passes are one. */
const after = ({ wanted, plan }: Progress, pass: SourcingPass): Progress => {
  const left = [...wanted];
  const total = [...plan];
  for (const shipment of pass.plan) {
    left[shipment.line] = (left[shipment.line] ?? 0) - shipment.units;
    const known = total.findIndex(({ location, line }) => location === shipment.location && line === shipment.line);
    const units = (total[known]?.units ?? 0) + shipment.units;
    if (known < 0) total.push(shipment);
    else total[known] = { ...shipment, units };
  }
  return { wanted: left, plan: total };
};

/** The SKUs wanted with what the rules ask about them. */
const describe = (lines: readonly WantedLine[], { items, rateCards, policy }: SourcingRules): WantedSku[] => {
  const itemWeight = policy.policy.costs?.itemWeight ?? defaultCosts.itemWeight;
  return mergeBySku(lines).map(({ sku, quantity }): WantedSku => {
    const item = items(sku);
    const own = lines.filter((line) => line.sku === sku);
    const isPriced = own.every(({ unitPrice = null }) => unitPrice !== null);
    return {
      sku,
      quantity,
      ...(rateCards.length > 0 && { weight: item?.weight ?? itemWeight }),
      ...(item?.groups !== undefined && { groups: item.groups }),
      ...(isPriced && { value: own.reduce((sum, line) => sum + (line.unitPrice ?? 0) * line.quantity, 0) }),
    };
  });
};
