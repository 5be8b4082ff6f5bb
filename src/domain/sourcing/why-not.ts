import type { Quantity } from '../values.ts';
import { ask, type Difference, differenceTo, openingPrice, type Scene, sceneOf } from './explain.ts';
import { type FenceAt, keepingBack } from './fences.ts';
import type { Policy } from './policy.ts';
import type { SourcingPass } from './record.ts';
import { factsOf, type ReplayableRecord } from './replay.ts';
import type { Found } from './search-table.ts';
import { type StockFlip, stockFlip } from './stock-flip.ts';
import type { Table } from './table.ts';
import { suppose } from './what-if.ts';

/** The smallest change of one kind that would have brought a location into the plan. */
export type Flip =
  | StockFlip
  /** Its parcel cheaper by more than this, in the terms of the route's objective. */
  | {
      readonly type: 'cost';
      readonly route: string;
      readonly term: string;
      readonly by: number;
      readonly exact: boolean;
    }
  /** These fences of a route moved to where the location stands. `sufficient` false: it would not be chosen even then. */
  | {
      readonly type: 'fences';
      readonly route: string;
      readonly fences: readonly FenceAt[];
      readonly sufficient: boolean;
    };

type PassVerdict = 'fenced' | 'nothing-usable' | 'not-better';

export type WhyNot = {
  readonly locationId: string;
  readonly verdict: 'chosen' | 'unknown-or-no-stock' | 'ruled-out' | PassVerdict;
  /** Where there were several passes, of each. */
  readonly reason: string;
  /** What it had of what was wanted. */
  readonly stock: readonly { readonly sku: string; readonly wanted: Quantity; readonly available: Quantity }[];
  /** How much worse the best plan is that pays for this location. */
  readonly difference: Difference | null;
  readonly flips: readonly Flip[];
};

/** Why one pass did without a location. */
type Answer = Pick<WhyNot, 'reason' | 'difference'> & {
  readonly verdict: PassVerdict;
  readonly flips: readonly Flip[];
};

/** Why a location is not in the plan, and what would have flipped it: computed on the recorded facts. */
export const whyNot = (record: ReplayableRecord, policy: Policy, locationId: string): WhyNot | null => {
  const { candidates, demand, ruledOut, passes } = record;
  const candidate = candidates.locationId.indexOf(locationId);
  const stock = demand.map(({ sku, quantity }, line) => ({
    sku,
    wanted: quantity,
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
  const answers = passes.flatMap((pass) => {
    const scene = sceneOf(record, policy, pass);
    return scene === null ? [] : [{ pass, ...inPass(scene, record, policy, candidate) }];
  });
  // Where it took part in several, the last one is about what the others had left.
  const order: readonly PassVerdict[] = ['fenced', 'nothing-usable', 'not-better'];
  const telling = answers.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict)).at(-1);
  if (telling === undefined) return null;
  const { verdict, difference } = telling;
  const reason = answers.length === 1 ? telling.reason : answers.map(inTurn).join(' ');
  const flips = [...answers.flatMap((one) => one.flips), ...stockFlip(record, policy, candidate)];
  return { locationId, verdict, reason, stock, difference, flips };
};

const reasonOf = (code: string): string =>
  ({
    suspended: 'It was suspended.',
    'cannot-ship': 'It may not ship.',
    'never-open': 'Its calendar has no open day within a year.',
    'refused-before': 'It had refused, rejected or not found units of this order before.',
  })[code] ?? code;

const inTurn = ({ pass: { route, softFencesDropped }, reason }: Answer & { readonly pass: SourcingPass }): string =>
  `Route ${route}${softFencesDropped ? ' without its soft fences' : ''}: ${reason}`;

const inPass = (scene: Scene, record: ReplayableRecord, policy: Policy, candidate: number): Answer => {
  const { pass, table, route } = scene;
  const outside = pass.fenced.flatMap(({ type, expected, actual, candidates }): FenceAt[] => {
    const at = candidates.indexOf(candidate);
    return at < 0 ? [] : [{ type, expected, actual: actual[at] ?? null }];
  });
  if (outside.length === 0 && table.rows.includes(candidate)) return notBetter(scene, candidate);
  const keeping = keepingBack(route.fences ?? [], factsOf(record), candidate, pass.softFencesDropped);
  const fences = [...outside, ...keeping];
  if (fences.length === 0) {
    const reason = 'The plan ships from as many locations as the route lets it.';
    return { verdict: 'not-better', reason, difference: null, flips: [] };
  }
  const { isUsed } = suppose(record, policy, candidate, { admittedIn: record.passes.indexOf(pass) });
  const text = fences.map(
    ({ type, expected, actual }) => `${type} (expected ${expected}; is ${actual ?? 'not known'})`,
  );
  return {
    verdict: outside.length > 0 ? 'fenced' : 'nothing-usable',
    reason:
      `${outside.length > 0 ? 'Kept out' : 'All that it has is kept back'} by ${text.join(', ')}. ` +
      `${outside.length > 0 ? 'Inside' : 'Without that'}, it would ${isUsed ? '' : 'not '}have been chosen.`,
    difference: null,
    flips: [{ type: 'fences', route: pass.route, fences, sufficient: isUsed }],
  };
};

const notBetter = (scene: Scene, candidate: number): Answer => {
  const { pass, table, found } = scene;
  const free = ask(scene, { ...table, opened: new Set([...table.opened, candidate]) });
  const opening = table.stages.map((_, stage) => openingPrice(scene, stage, candidate));
  // Paying for it adds the same to every plan, so the best of the plans that pay is the best where it is free.
  const paid = { ...free, value: free.value.map((value, entry) => value + (opening[entry - 1] ?? 0)) };
  const isWeighted = table.stages.length === 1;
  const exact = free.proven && found.proven;
  const { term, by } = differenceTo(scene, paid, found) ?? { term: lastTerm(table), by: 0 };
  const difference: Difference = { term, by: Math.max(0, by), exact };
  const stage = isWeighted ? 0 : table.stages.findIndex((one) => one.term === term);
  const isPriced = uses(free, candidate) && difference.by < (opening[stage] ?? 0);
  return {
    verdict: 'not-better',
    reason: isPriced
      ? `A plan that uses it is worse by ${difference.by} (${term}).`
      : pass.plan.length === 0
        ? 'Nothing could be filled as the route asks for it, with this location or without.'
        : 'No cheaper parcel from there would do: the best plan does without it.',
    difference,
    flips: isPriced ? [{ type: 'cost', route: pass.route, ...difference }] : [],
  };
};

const uses = ({ shipments }: Found, candidate: number): boolean =>
  shipments.some(({ location }) => location === candidate);

const lastTerm = ({ stages }: Table): string => (stages.length === 1 ? 'objective' : (stages.at(-1)?.term ?? ''));
