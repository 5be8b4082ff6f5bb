import type { Item } from '../item.ts';
import type { Destination, LineUnits, PlannedFulfilment } from '../order/order.ts';
import type { RateCard } from '../rate-card.ts';
import { type Instant, type MinorUnits, mergeBySku } from '../values.ts';
import { assess, placeOf } from './assess.ts';
import type { CarriageBook } from './carriage-book.ts';
import type { DispatchCalendar } from './dispatch.ts';
import type { FenceFacts } from './fences.ts';
import { fulfilmentsOf, unfilledOf } from './fulfilments.ts';
import { type FittingRoute, type Occasion, routeFor, routesFor } from './match.ts';
import type { Exclusions, Network } from './network.ts';
import { cellOf, type Progress, runPass } from './pass.ts';
import { defaultCosts, type LastResort, type OwnQueue, type PublishedPolicy, type Route } from './policy.ts';
import { promisedDays } from './promised-columns.ts';
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

/** How much is searched, and for what. */
export type RunOptions = {
  /** Counted work that a search may take; absent: what a request has time for. */
  readonly maxWork?: number;
  /** False: nobody will ask what the second best plan was. */
  readonly seekRunnerUp?: boolean;
};

/** The configuration in force, and the memories of two pure functions (see `dispatch.ts` and `carriage-book.ts`). */
export type SourcingRules = RunOptions & {
  readonly policy: PublishedPolicy;
  readonly items: (sku: string) => Item | undefined;
  /** The same array as long as no card changes. */
  readonly rateCards: readonly RateCard[];
  readonly calendar: DispatchCalendar;
  readonly carriage: CarriageBook;
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
  | { readonly outcome: 'parked'; readonly queue: OwnQueue; readonly reason: string };

/** The SKUs of a demand, in the order in which `Network.available` lists them. */
export const wantedSkus = (demand: readonly LineUnits[]): string[] => mergeBySku(demand).map(({ sku }) => sku);

/** An order with all that its decision rests on. Other facts in place of its own make the decision of another moment. */
export type Prepared = Pick<SourcingRequest, 'demand' | 'excluded'> & {
  readonly outcome: 'prepared';
  readonly facts: FenceFacts;
  readonly occasion: Occasion;
  readonly ruledOut: SourcingRecord['ruledOut'];
  readonly logPosition: SourcingRecord['logPosition'];
};

type Parked = Extract<SourcingDecision, { outcome: 'parked' }>;

/** Looks up what the rules ask about the order and the locations; some orders cannot be sourced at all. */
export const prepare = (request: SourcingRequest, network: Network, rules: SourcingRules): Prepared | Parked => {
  const { destination, order, excluded } = request;
  if (placeOf(destination) === null && request.despiteUnknownDestination !== true) {
    const reason = `No coordinates are known for ${destination.country}.`;
    return { outcome: 'parked', queue: 'unknown-destination', reason };
  }
  const { version, policy } = rules.policy;
  const demand = describe(request.demand, rules);
  const now = Date.parse(request.now);
  const occasion = { order, destination, demand, now };
  const fitting = routesFor(policy.routes, occasion);
  if (fitting.length === 0) {
    return { outcome: 'parked', queue: 'no-route', reason: `No route of policy version ${version} fits this order.` };
  }
  const promised = promisedDays({ at: request.now, order }, fitting);
  const { candidates, ruledOut } = assess(
    { now, demand, destination, excluded, promisedDays: promised },
    network,
    rules,
  );
  const facts: FenceFacts = { at: request.now, order, demand, candidates };
  const { logPosition } = network;
  return { outcome: 'prepared', demand: request.demand, excluded, facts, occasion, ruledOut, logPosition };
};

/** The decision for a prepared order: its plan, and all that it rests on. */
export const decide = (prepared: Prepared, rules: RunOptions & Pick<SourcingRules, 'policy'>): SourcingDecision => {
  const { facts, occasion, demand, excluded, ruledOut, logPosition } = prepared;
  const { version, hash, policy } = rules.policy;
  try {
    const { passes, last } = runRoutes(policy.routes, facts, occasion, rules);
    const { at, order, demand: wanted, candidates } = facts;
    const seen = { at, order, demand: wanted, excluded, candidates, ruledOut };
    const record: SourcingRecord = { policy: { version, hash }, logPosition, ...seen, passes };
    const fulfilments = fulfilmentsOf(record, policy, demand);
    if (!isExact(passes, fulfilments)) throw new ObjectiveTooLarge('The costs are too large to add up exactly.');
    const otherwise = last.otherwise?.do === 'nextRoute' ? undefined : last.otherwise;
    return {
      outcome: 'planned',
      fulfilments,
      unfilled: unfilledOf(demand, fulfilments),
      otherwise: otherwise ?? { do: 'backorder' },
      record,
    };
  } catch (error) {
    if (!(error instanceof ObjectiveTooLarge)) throw error;
    return { outcome: 'parked', queue: 'objective-too-large', reason: error.message };
  }
};

/** Numbers that nobody could add up or store are no decision. */
const isExact = (passes: readonly SourcingPass[], fulfilments: readonly { readonly cost: MinorUnits }[]): boolean =>
  [
    ...passes.flatMap(({ objective, stages = [] }) => [objective, ...stages.map(({ value }) => value)]),
    fulfilments.reduce((sum, { cost }) => sum + cost, 0),
  ].every(Number.isSafeInteger);

/**
 * Decides which locations fulfil which units: the best plan by the policy's route for this order, proven or with its gap.
 * Same input, same decision, on every machine: locations are compared in order of priority and id, and the search is
 * bounded by counted work, not by time.
 */
export const source = (request: SourcingRequest, network: Network, rules: SourcingRules): SourcingDecision => {
  const prepared = prepare(request, network, rules);
  return prepared.outcome === 'parked' ? prepared : decide(prepared, rules);
};

/** The passes over the routes that fit, each for what those before left over, and the last route tried. */
export const runRoutes = (
  routes: readonly Route[],
  facts: FenceFacts,
  occasion: Occasion,
  { maxWork, seekRunnerUp = true }: RunOptions = {},
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
        seekRunnerUp: seekRunnerUp && passes.length === 0,
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

export const isFilled = ({ wanted }: Progress): boolean => wanted.every((units) => units === 0);

/** Shipments of a SKU from a location in several passes are one. */
export const after = ({ wanted, plan }: Progress, pass: SourcingPass): Progress => {
  const left = [...wanted];
  const total = new Map(plan.map((shipment) => [cellOf(shipment), shipment]));
  for (const shipment of pass.plan) {
    left[shipment.line] = (left[shipment.line] ?? 0) - shipment.units;
    const known = total.get(cellOf(shipment));
    total.set(cellOf(shipment), { ...shipment, units: (known?.units ?? 0) + shipment.units });
  }
  return { wanted: left, plan: [...total.values()] };
};

/** The SKUs wanted with what the rules ask about them. */
const describe = (lines: readonly WantedLine[], { items, rateCards, policy }: SourcingRules): WantedSku[] => {
  const itemWeight = policy.policy.costs?.itemWeight ?? defaultCosts.itemWeight;
  const linesOf = Map.groupBy(lines, ({ sku }) => sku);
  return mergeBySku(lines).map(({ sku, quantity }): WantedSku => {
    const item = items(sku);
    const own = linesOf.get(sku) ?? [];
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
