import type { Quantity } from '../values.ts';
import { type FenceFacts, fencedBy, promisedDay, withheldBy } from './fences.ts';
import { linesOf } from './lines.ts';
import { holdsAny } from './network.ts';
import { stagesOf } from './objective.ts';
import { compareValues, planValue } from './plan-value.ts';
import type { Route, SplitRules } from './policy.ts';
import type { Shipment } from './problem.ts';
import { candidatesFor } from './promised-columns.ts';
import type { SourcingPass } from './record.ts';
import { searchWithRules } from './search-rules.ts';
import { type Found, searchTable } from './search-table.ts';
import { mostLocations, needsChecking } from './split-rules.ts';
import type { Table } from './table.ts';

/** How far the passes before have come. */
export type Progress = {
  /** Units still wanted, by SKU. */
  readonly wanted: readonly Quantity[];
  /** What they ship. */
  readonly plan: readonly Shipment[];
};

/** What tells shipments of one SKU from one location from others. */
export const cellOf = ({ location, line }: Pick<Shipment, 'location' | 'line'>): string => `${location}/${line}`;

/** Work a decision may take while others wait for the one thread: some 0.1 s. */
const MOST_WORK = 15_000_000;
/** The most locations of a plan for which the search is run again without each in turn. */
const RUNNER_UP_LOCATIONS = 4;
/** Work for all of these searches together: some 15 ms. */
const RUNNER_UP_WORK = 2_000_000;

export type PassOptions = {
  readonly dropSoft: boolean;
  /** Candidates that take part, with all they have, whatever the fences say: how an explanation asks "what if". */
  readonly admit?: readonly number[];
  /** Candidates that take no part. */
  readonly without?: readonly number[];
};

/** The table that a pass searches, with what the fences did to it. */
export const tableOf = (
  route: Route,
  facts: FenceFacts,
  progress: Progress,
  { dropSoft, admit = [], without = [] }: PassOptions,
): { readonly table: Table } & Pick<SourcingPass, 'fenced' | 'withheld'> => {
  const { fences = [], split = {}, objective } = route;
  const promised = promisedDay(facts, route);
  const candidates = candidatesFor(facts.candidates, promised);
  const fenced = fencedBy(fences, { ...facts, candidates }, dropSoft);
  const withheld = withheldBy(fences, facts, dropSoft);
  const out = new Set(fenced.flatMap(({ candidates }) => candidates));
  for (const candidate of admit) out.delete(candidate);
  for (const candidate of without) out.add(candidate);
  const { demand } = facts;
  const usable = usableUnits(facts, withheld === null ? null : allowing(withheld, admit), progress);
  const opened = new Set(progress.plan.map(({ location }) => location));
  const limited = withinLimit(split, opened, rowsOf(usable, out, candidates.locationId.length));
  const table: Table = {
    ...limited,
    before: progress.plan,
    lines: linesOf(demand, progress.wanted, split),
    usable,
    demand,
    stages: stagesOf(objective),
    facts: { candidates, promisedDay: promised, sequence: objective?.sequence },
    opened,
    unfilledPerUnit: objective?.unfilledPerUnit ?? null,
  };
  return { table, fenced, ...(withheld === null ? {} : { withheld }) };
};

/** The candidates that a pass may use, and how many of them: those that earlier passes opened, and others up to the limit. */
const withinLimit = (
  split: SplitRules,
  opened: ReadonlySet<number>,
  rows: readonly number[],
): Pick<Table, 'rows' | 'maxLocations'> => {
  const most = mostLocations(split);
  if (most === null) return { rows, maxLocations: 0 };
  const again = rows.filter((candidate) => opened.has(candidate));
  return opened.size >= most
    ? { rows: again, maxLocations: 0 }
    : { rows, maxLocations: most - opened.size + again.length };
};

const allowing = (withheld: readonly (readonly Quantity[])[], admitted: readonly number[]) =>
  admitted.length === 0
    ? withheld
    : withheld.map((row) => row.map((units, candidate) => (admitted.includes(candidate) ? 0 : units)));

const usableUnits = (
  { candidates, demand }: FenceFacts,
  withheld: SourcingPass['withheld'] | null,
  { plan }: Progress,
): readonly (readonly Quantity[])[] => {
  if (withheld === null && plan.length === 0) return candidates.available;
  const taken = new Map<string, Quantity>();
  for (const shipment of plan) taken.set(cellOf(shipment), (taken.get(cellOf(shipment)) ?? 0) + shipment.units);
  return demand.map((_, line) =>
    (candidates.available[line] ?? []).map((available, location) =>
      Math.max(0, available - (taken.get(cellOf({ location, line })) ?? 0) - (withheld?.[line]?.[location] ?? 0)),
    ),
  );
};

const rowsOf = (usable: readonly (readonly Quantity[])[], out: ReadonlySet<number>, candidates: number): number[] => {
  const rows: number[] = [];
  for (let candidate = 0; candidate < candidates; candidate++) {
    if (!out.has(candidate) && holdsAny(usable, candidate)) rows.push(candidate);
  }
  return rows;
};

type Search = (table: Table, split: SplitRules, wanted: readonly Quantity[], maxWork: number) => Found;

const searchParts: Search = (table, split, wanted, maxWork) =>
  needsChecking(split, table.demand, table.before)
    ? searchWithRules(table, split, wanted, { maxWork })
    : searchTable(table, { maxWork });

/** All that is wanted, or nothing: the latter too where a price of units left over makes it the better choice. */
const searchWhole: Search = (table, split, wanted, maxWork) => {
  const found = searchParts({ ...table, unfilledPerUnit: null }, split, wanted, maxWork);
  const isPriced = table.unfilledPerUnit !== null;
  const nothing = planValue(table, wanted, []);
  const whole = { ...found, bound: isPriced ? [0, found.bound[1] ?? 0] : found.bound };
  const value = planValue(table, wanted, found.shipments);
  if (found.value[0] === 0 && compareValues(value, nothing) < 0) return { ...whole, value };
  const isSettled = found.value[0] === 0 ? found.proven : (found.bound[0] ?? 0) > 0;
  const bound = isSettled ? nothing : nothing.map(() => 0);
  return { ...found, shipments: [], value: nothing, bound, proven: compareValues(bound, nothing) === 0 };
};

/** The best plan of a table under the route's split rules. */
export const search = (table: Table, split: SplitRules, wanted: readonly Quantity[], maxWork = MOST_WORK): Found =>
  (split.partial === false ? searchWhole : searchParts)(table, split, wanted, maxWork);

/**
 * One pass: what a route makes of the units still wanted. A location that an earlier pass opened ships more at no further
 * parcel's cost.
 */
export const runPass = (
  route: Route,
  facts: FenceFacts,
  progress: Progress,
  options: PassOptions & { readonly seekRunnerUp: boolean; readonly maxWork?: number },
): SourcingPass => {
  const { table, fenced, withheld } = tableOf(route, facts, progress, options);
  const { split = {} } = route;
  const found = search(table, split, progress.wanted, options.maxWork);
  const isLexicographic = table.stages.length > 1;
  const lastOf = (values: readonly number[]): number => values.at(-1) ?? 0;
  return {
    route: route.name,
    softFencesDropped: options.dropSoft,
    wanted: progress.wanted,
    fenced,
    ...(withheld === undefined ? {} : { withheld }),
    plan: found.shipments,
    objective: lastOf(found.value),
    bound: lastOf(found.bound),
    proven: found.proven,
    nodes: found.nodes,
    ...(isLexicographic
      ? {
          stages: table.stages.map(({ term }, index) => ({
            term,
            value: found.value[index + 1] ?? 0,
            bound: found.bound[index + 1] ?? 0,
          })),
        }
      : {}),
    runnerUp: options.seekRunnerUp ? runnerUpOf(table, split, progress.wanted, found) : null,
  };
};

/**
 * The best plan that does without at least one of the chosen locations and leaves no more unfilled. It informs and decides
 * nothing, so it gets little work: null also where that does not suffice to prove which plan is the best.
 */
const runnerUpOf = (
  table: Table,
  split: SplitRules,
  wanted: readonly Quantity[],
  found: Found,
): SourcingPass['runnerUp'] => {
  const chosen = [...new Set(found.shipments.map(({ location }) => location))];
  if (chosen.length === 0 || chosen.length > RUNNER_UP_LOCATIONS) return null;
  const others = chosen.map((candidate) =>
    search(
      { ...table, rows: table.rows.filter((row) => row !== candidate) },
      split,
      wanted,
      RUNNER_UP_WORK / chosen.length,
    ),
  );
  if (others.some(({ proven }) => !proven)) return null;
  const [best] = others
    .filter(({ shipments, value }) => shipments.length > 0 && value[0] === found.value[0])
    .toSorted((a, b) => compareValues(a.value, b.value));
  if (best === undefined) return null;
  const { locationId } = table.facts.candidates;
  return {
    locationIds: [...new Set(best.shipments.map(({ location }) => location))].map((index) => locationId[index] ?? ''),
    objective: best.value.at(-1) ?? 0,
  };
};
