import type { Quantity } from '../values.ts';
import { ask, type Difference, differenceTo, openingPrice, type Scene, sceneOf } from './explain.ts';
import { tableOf } from './pass.ts';
import type { Policy } from './policy.ts';
import type { SourcingRecord } from './record.ts';
import { factsOf, type ReplayableRecord } from './replay.ts';
import type { Found } from './search-table.ts';
import type { Table } from './table.ts';

/** The smallest change of one kind that would have brought a location into the plan. */
export type Flip =
  /** Its parcel cheaper by more than this, in the terms of the objective. */
  | { readonly type: 'cost'; readonly term: string; readonly by: number; readonly exact: boolean }
  /** So many more units of one SKU there. */
  | { readonly type: 'stock'; readonly sku: string; readonly units: Quantity; readonly exact: boolean }
  /** Units of several SKUs, where no single one would do. */
  | { readonly type: 'stockOfAll'; readonly units: Quantity; readonly exact: boolean }
  /** These fences moved to where the location stands. `sufficient` false: it would not be chosen even then. */
  | {
      readonly type: 'fences';
      readonly fences: readonly { readonly type: string; readonly expected: string; readonly actual: unknown }[];
      readonly sufficient: boolean;
    };

export type WhyNot = {
  readonly locationId: string;
  readonly verdict: 'chosen' | 'unknown-or-no-stock' | 'ruled-out' | 'fenced' | 'nothing-usable' | 'not-better';
  readonly reason: string;
  /** What it had of what was wanted. */
  readonly stock: readonly { readonly sku: string; readonly wanted: Quantity; readonly available: Quantity }[];
  /** How much worse the best plan is that pays for this location. */
  readonly difference: Difference | null;
  readonly flips: readonly Flip[];
};

const uses = ({ shipments }: Found, candidate: number): boolean =>
  shipments.some(({ location }) => location === candidate);

/** Why a location is not in the plan, and what would have flipped it: computed on the recorded facts. */
export const whyNot = (record: ReplayableRecord, policy: Policy, locationId: string): WhyNot | null => {
  const scene = sceneOf(record, policy);
  if (scene === null) return null;
  const { candidates, demand, ruledOut, passes } = record;
  const candidate = candidates.locationId.indexOf(locationId);
  const stock = demand.map(({ sku }, line) => ({
    sku,
    wanted: scene.progress.wanted[line] ?? 0,
    available: candidates.available[line]?.[candidate] ?? 0,
  }));
  const answer = { locationId, stock, difference: null, flips: [] };
  if (passes.some(({ plan }) => plan.some(({ location }) => location === candidate))) {
    return { ...answer, verdict: 'chosen', reason: `${locationId} is part of the plan.` };
  }
  const ruling = ruledOut.find((one) => one.locationId === locationId);
  if (ruling !== undefined) return { ...answer, verdict: 'ruled-out', reason: reasonOf(ruling.reason) };
  if (candidate < 0) {
    const reason = `${locationId} had none of the wanted SKUs, or was not known then.`;
    return { ...answer, verdict: 'unknown-or-no-stock', reason };
  }
  const fences = scene.pass.fenced.filter((one) => one.candidates.includes(candidate));
  if (fences.length > 0) return { ...answer, ...fenced(scene, record, candidate, fences) };
  if (!scene.table.rows.includes(candidate)) {
    const reason = 'Fences keep back all that it has of the wanted SKUs, or an earlier pass took it.';
    return { ...answer, verdict: 'nothing-usable', reason };
  }
  return { ...answer, ...notBetter(scene, record, candidate) };
};

const reasonOf = (code: string): string =>
  ({
    suspended: 'It was suspended.',
    'cannot-ship': 'It may not ship.',
    'never-open': 'Its calendar has no open day within a year.',
    'refused-before': 'It had refused, rejected or not found units of this order before.',
  })[code] ?? code;

const fenced = (
  { route, progress, pass, ...scene }: Scene,
  record: ReplayableRecord,
  candidate: number,
  fences: SourcingRecord['passes'][number]['fenced'],
): Pick<WhyNot, 'verdict' | 'reason' | 'difference' | 'flips'> => {
  const named = fences.map(({ type, expected, actual, candidates }) => ({
    type,
    expected,
    actual: actual[candidates.indexOf(candidate)] ?? null,
  }));
  const { table } = tableOf(route, factsOf(record), progress, {
    dropSoft: pass.softFencesDropped,
    admit: [candidate],
  });
  const whole = { route, progress, pass, ...scene };
  const admitted = ask(whole, table);
  const sufficient = uses(admitted, candidate);
  const text = named.map(({ type, expected, actual }) => `${type} (expected ${expected}; is ${actual ?? 'not known'})`);
  return {
    verdict: 'fenced',
    reason: `Kept out by ${text.join(', ')}. Inside, it would ${sufficient ? '' : 'not '}have been chosen.`,
    difference: differenceTo(whole, scene.found, admitted),
    flips: [{ type: 'fences', fences: named, sufficient }],
  };
};

const notBetter = (
  scene: Scene,
  record: ReplayableRecord,
  candidate: number,
): Pick<WhyNot, 'verdict' | 'reason' | 'difference' | 'flips'> => {
  const { table, found } = scene;
  const free = ask(scene, { ...table, opened: new Set([...table.opened, candidate]) });
  const opening = table.stages.map((_, stage) => openingPrice(scene, stage, candidate));
  // Paying for it adds the same to every plan, so the best of the plans that pay is the best where it is free.
  const paid = { ...free, value: free.value.map((value, entry) => value + (opening[entry - 1] ?? 0)) };
  const isWeighted = table.stages.length === 1;
  const exact = free.proven && found.proven;
  const { term, by } = differenceTo(scene, paid, found) ?? { term: lastTerm(table), by: 0 };
  const difference: Difference = { term, by: Math.max(0, by), exact };
  const stage = isWeighted ? 0 : table.stages.findIndex((one) => one.term === term);
  const byCost: Flip[] =
    uses(free, candidate) && difference.by < (opening[stage] ?? 0) ? [{ type: 'cost', ...difference }] : [];
  return {
    verdict: 'not-better',
    reason:
      byCost.length > 0
        ? `A plan that uses it is worse by ${difference.by} (${term}).`
        : 'No cheaper parcel from there would do: the best plan does without it.',
    difference,
    flips: [...byCost, ...byStock(scene, record, candidate)],
  };
};

const lastTerm = ({ stages }: Table): string => (stages.length === 1 ? 'objective' : (stages.at(-1)?.term ?? ''));

const withMore = (table: Table, candidate: number, more: ReadonlyMap<number, Quantity>): Table => ({
  ...table,
  usable: table.usable.map((row, sku) =>
    more.has(sku) ? row.map((units, at) => (at === candidate ? units + (more.get(sku) ?? 0) : units)) : row,
  ),
});

/** The least units of one SKU that bring the location in, by halving; of no SKU alone, all that is missing. */
const byStock = (scene: Scene, { demand }: SourcingRecord, candidate: number): Flip[] => {
  const { table, progress } = scene;
  const missing = progress.wanted.map((wanted, sku) => Math.max(0, wanted - (table.usable[sku]?.[candidate] ?? 0)));
  const isIn = (more: ReadonlyMap<number, Quantity>): Found | null => {
    const found = ask(scene, withMore(table, candidate, more));
    return uses(found, candidate) ? found : null;
  };
  const all = isIn(new Map(missing.entries().filter(([, units]) => units > 0)));
  if (all === null) return [];
  const single = missing.flatMap((most, sku): Flip[] => {
    if (most === 0 || isIn(new Map([[sku, most]])) === null) return [];
    let low = 1;
    let high = most;
    let exact = true;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = isIn(new Map([[sku, middle]]));
      if (found?.proven === false) exact = false;
      if (found === null) low = middle + 1;
      else high = middle;
    }
    return [{ type: 'stock', sku: demand[sku]?.sku ?? '', units: low, exact }];
  });
  const [least] = single.toSorted((a, b) => ('units' in a && 'units' in b ? a.units - b.units : 0));
  if (least !== undefined) return [least];
  return [{ type: 'stockOfAll', units: missing.reduce((sum, units) => sum + units, 0), exact: all.proven }];
};
