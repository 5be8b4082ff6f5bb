import { goodsPerUnit, shipmentsOfSkus } from '../lines.ts';
import { routeFor } from '../match.ts';
import { type Stage, stagesOf } from '../objective.ts';
import { tableOf } from '../pass.ts';
import { planValue } from '../plan-value.ts';
import type { Route } from '../policy.ts';
import type { Problem, Shipment } from '../problem.ts';
import { solve } from '../solve.ts';
import type { Prepared } from '../source.ts';
import { needsChecking } from '../split-rules.ts';
import { costedBy, type Objective as StageObjective } from '../stage-objective.ts';
import { problemOf, stageObjective, type Table } from '../table.ts';
import { type Contender, holdingOf, type Share } from './contender.ts';

/** Prices of what orders compete for: units, `[row of the network][location]`, and fulfilments, by location. */
export type Prices = { readonly units: readonly Float64Array[]; readonly places: Float64Array };

/** One search of one order, to be repeated at many prices. */
export type PricedOrder = {
  readonly contender: Contender;
  readonly table: Table;
  readonly problem: Problem;
  readonly free: StageObjective;
  /** Locations keep it within their capacity. */
  readonly isBound: boolean;
  /** Units left over have no price of their own. */
  readonly hasOwnPrice: boolean;
  /** False: the plan of a search may break a rule that the search does not see to. */
  readonly keepsRules: boolean;
};

const WORK = 150_000;

/** The one route that the order may take; null where there are several, or where its objective is not one sum of fixed prices. */
const onlyRoute = ({ prepared, rules }: Contender): { readonly route: Route; readonly stage: Stage } | null => {
  const { routes } = rules.policy.policy;
  const first = routeFor(routes, prepared.occasion);
  if (first === null) return null;
  const { route, index } = first;
  const isLast = route.otherwise?.do !== 'nextRoute' || routeFor(routes, prepared.occasion, index) === null;
  const [stage, ...others] = stagesOf(route.objective);
  if (!isLast || stage === undefined || others.length > 0) return null;
  const { stockOutRisk, stockBalance, load } = stage.weights;
  const isSoft = route.fences?.some(({ soft }) => soft === true) === true;
  return isSoft || stockOutRisk || stockBalance || load ? null : { route, stage };
};

/** The order's search as it stands now; null where it is not one search. */
export const pricedOrder = (contender: Contender, prepared: Prepared = contender.prepared): PricedOrder | null => {
  const only = onlyRoute(contender);
  if (only === null) return null;
  const { facts } = prepared;
  const { route, stage } = only;
  const wanted = facts.demand.map(({ quantity }) => quantity);
  const { table } = tableOf(route, facts, { wanted, plan: [] }, { dropSoft: false });
  const problem = problemOf(table);
  return {
    contender,
    table,
    problem,
    free: stageObjective(table, problem, stage, problem.unfilledCost),
    isBound: route.fences?.some(({ type }) => type === 'capacity') === true,
    hasOwnPrice: table.unfilledPerUnit !== null,
    keepsRules: !needsChecking(route.split ?? {}, facts.demand) && route.split?.partial !== false,
  };
};

/** What one parcel of one unit costs at most: more than that, a unit is hardly worth elsewhere. */
export const dearest = ({ free }: PricedOrder): number =>
  free.fixedCost.reduce((most, cost, row) => Math.max(most, cost + Math.max(0, ...(free.unitCost[row] ?? []))), 0);

/** The best that the order can do at these prices. `bound` is what it costs at least, tolls and units left over included. */
export const solveAt = (
  { contender, table, problem, free, isBound }: PricedOrder,
  prices: Prices,
  gapPrice: number,
): { readonly shipments: readonly Shipment[]; readonly bound: number } => {
  const { rows, locations } = contender;
  const placeOf = (row: number): number => locations[table.rows[row] ?? -1] ?? -1;
  const tolled: StageObjective = {
    ...free,
    fixedCost: free.fixedCost.map((cost, row) => cost + (isBound ? (prices.places[placeOf(row)] ?? 0) : 0)),
    unitCost: free.unitCost.map((costs, row) =>
      costs.map((cost, offer) => {
        const line = problem.locations[row]?.offers[offer]?.line ?? -1;
        const place = placeOf(row);
        let toll = 0;
        for (const { sku, per } of table.lines[line]?.members ?? [])
          toll += per * (prices.units[rows[sku] ?? -1]?.[place] ?? 0);
        return cost + toll;
      }),
    ),
    unfilledCost: table.lines.map((line) => goodsPerUnit(line) * (table.unfilledPerUnit ?? gapPrice)),
  };
  const { plan, bound } = solve(costedBy(problem, tolled), { maxWork: WORK });
  const shipments = shipmentsOfSkus(
    plan.map((shipment) => ({ ...shipment, location: table.rows[shipment.location] ?? -1 })),
    table.lines,
  );
  return { shipments, bound };
};

/** A plan at prices, as a share at what it really costs. */
export const shareAt = (order: PricedOrder, shipments: readonly Shipment[]): Share => {
  const { contender, table } = order;
  const wanted = table.demand.map(({ quantity }) => quantity);
  return { holding: holdingOf(contender, shipments), worth: planValue(table, wanted, shipments) };
};
