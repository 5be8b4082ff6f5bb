import type { MinorUnits, Quantity } from '../values.ts';
import { partCost } from './fulfilments.ts';
import { type Progress, search, tableOf } from './pass.ts';
import { planValue } from './plan-value.ts';
import type { Policy, Route } from './policy.ts';
import type { Shipment } from './problem.ts';
import type { SourcingPass, SourcingRecord } from './record.ts';
import { factsOf, type ReplayableRecord } from './replay.ts';
import type { Found } from './search-table.ts';
import { fixedOf, type Table } from './table.ts';

/** One location's part in a decision. */
export type Part = {
  readonly locationId: string;
  readonly units: Quantity;
  readonly kilometres: number;
  readonly cost: MinorUnits;
  /**
   * How much dearer by the objective the best plan without this location is: by so much its parcel could grow dearer
   * before it were left out. Null: without it, less could be filled.
   */
  readonly margin: Difference | null;
};

/** By which term of the objective, and how much, one plan is worse than another. */
export type Difference = { readonly term: string; readonly by: number; readonly exact: boolean };

export type Explanation = {
  readonly summary: string;
  readonly why: readonly Part[];
  readonly split: {
    readonly isSplit: boolean;
    readonly reason: string;
    /** The best plan from one location, where there is one that fills as much. */
    readonly bestSingle: { readonly locationId: string; readonly difference: Difference } | null;
  };
};

/** What a question about a decision is asked of: one pass, as it was searched. */
export type Scene = {
  readonly route: Route;
  readonly pass: SourcingPass;
  readonly table: Table;
  readonly progress: Progress;
  readonly found: Found;
};

/** Work for one question: some 15 ms. */
export const QUESTION_WORK = 2_000_000;

/** The pass that did the most for the order. */
const mainPass = ({ passes }: SourcingRecord): SourcingPass | undefined => {
  const units = ({ plan }: SourcingPass) => plan.reduce((sum, shipment) => sum + shipment.units, 0);
  return passes.toSorted((a, b) => units(b) - units(a))[0];
};

/** A pass set up anew. Null: no route of the policy has its name. */
export const sceneOf = (record: ReplayableRecord, policy: Policy, pass: SourcingPass | undefined): Scene | null => {
  const route = policy.routes.find(({ name }) => name === pass?.route);
  if (pass === undefined || route === undefined) return null;
  const before = record.passes.slice(0, record.passes.indexOf(pass)).flatMap(({ plan }) => plan);
  const progress: Progress = { wanted: pass.wanted, plan: before };
  const { table } = tableOf(route, factsOf(record), progress, { dropSoft: pass.softFencesDropped });
  const value = planValue(table, progress.wanted, pass.plan);
  const found: Found = { shipments: pass.plan, value, bound: value, proven: pass.proven, nodes: pass.nodes };
  return { route, pass, table, progress, found };
};

/** The scene's search with another table. */
export const ask = ({ route, progress }: Scene, table: Table): Found =>
  search(table, route.split ?? {}, progress.wanted, QUESTION_WORK);

/** Where `other` is worse than `than`, first entry first; null: nowhere. */
export const differenceTo = ({ table }: Scene, other: Found, than: Found): Difference | null => {
  const terms = ['units left over', ...table.stages.map(({ term }) => (term === 'weighted' ? 'objective' : term))];
  for (const [index, term] of terms.entries()) {
    const by = (other.value[index] ?? 0) - (than.value[index] ?? 0);
    if (by !== 0) return { term, by, exact: other.proven && than.proven };
  }
  return null;
};

const without = (scene: Scene, candidate: number): Found =>
  ask(scene, { ...scene.table, rows: scene.table.rows.filter((row) => row !== candidate) });

const partsOf = (scene: Scene, { demand }: SourcingRecord, plan: readonly Shipment[]): Part[] => {
  const { candidates } = scene.table.facts;
  return [...Map.groupBy(plan, ({ location }) => location)].map(([candidate, own]): Part => {
    const margin = differenceTo(scene, without(scene, candidate), scene.found);
    return {
      locationId: candidates.locationId[candidate] ?? '',
      units: own.reduce((sum, { units }) => sum + units, 0),
      kilometres: candidates.kilometres[candidate] ?? 0,
      cost: partCost(candidates, demand, candidate, own),
      margin: margin?.term === 'units left over' ? null : (margin ?? { term: 'objective', by: 0, exact: true }),
    };
  });
};

const splitOf = (scene: Scene, { candidates }: SourcingRecord): Explanation['split'] => {
  const { found, table } = scene;
  const locations = new Set(found.shipments.map(({ location }) => location));
  if (locations.size <= 1) {
    return { isSplit: false, reason: 'Everything that is shipped comes from one location.', bestSingle: null };
  }
  const single = ask(scene, { ...table, maxLocations: 1 });
  const difference = differenceTo(scene, single, found);
  const candidate = single.shipments[0]?.location;
  if (candidate === undefined || difference === null || difference.term === 'units left over') {
    const most = single.shipments.reduce((sum, { units }) => sum + units, 0);
    const wanted = scene.progress.wanted.reduce((sum, units) => sum + units, 0);
    const reason = `No single location has it all: the one that has most can fill ${most} of ${wanted} units.`;
    return { isSplit: true, reason, bestSingle: null };
  }
  const locationId = candidates.locationId[candidate] ?? '';
  const reason = `One location alone (${locationId}) would be worse by ${difference.by} (${difference.term}).`;
  return { isSplit: true, reason, bestSingle: { locationId, difference } };
};

/** Why these locations, and why so many of them. */
export const explain = (record: ReplayableRecord, policy: Policy): Explanation | null => {
  const scene = sceneOf(record, policy, mainPass(record));
  if (scene === null) return null;
  const { route, pass, table } = scene;
  const why = partsOf(scene, record, pass.plan);
  const split = splitOf(scene, record);
  const names = why.map(({ locationId }) => locationId).join(', ');
  const kept = new Set(pass.fenced.flatMap(({ candidates }) => candidates)).size;
  const proof = pass.proven ? 'proven the best' : `within ${gapOf(pass)} % of the best`;
  const summary =
    why.length === 0
      ? `Route ${route.name}: of ${table.rows.length} locations that could take part, none could ship anything; fences kept out ${kept}.`
      : `Route ${route.name}: ${names}, ${proof} of all plans from ${counted(table.rows.length)}; fences kept out ${kept}.`;
  return { summary, why, split };
};

const counted = (locations: number): string => (locations === 1 ? 'one location' : `${locations} locations`);

const gapOf = ({ objective, bound }: SourcingPass): string =>
  objective === 0 ? '0' : ((100 * (objective - bound)) / objective).toFixed(1);

/** What opening a candidate costs by the objective's stage that decides on it. */
export const openingPrice = ({ table }: Scene, stage: number, candidate: number): number => {
  const one = table.stages[stage];
  return one === undefined ? 0 : fixedOf(table, one, candidate);
};
