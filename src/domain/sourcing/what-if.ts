import type { Quantity } from '../values.ts';
import { QUESTION_WORK } from './explain.ts';
import type { FenceFacts } from './fences.ts';
import { type Progress, runPass } from './pass.ts';
import type { Policy } from './policy.ts';
import { factsOf, type ReplayableRecord } from './replay.ts';
import { after, isFilled } from './source.ts';

/** What is supposed to have been otherwise at one candidate. */
export type Supposition = {
  /** More units there, by SKU: its place in the demand. */
  readonly more?: ReadonlyMap<number, Quantity>;
  /** A pass, by its place in the record, in which no fence concerns it. */
  readonly admittedIn?: number;
};

export type Supposed = {
  /** It ships something. */
  readonly isUsed: boolean;
  readonly proven: boolean;
};

/**
 * The whole decision made again for a supposition: fences that keep stock back and terms that go by stock see it, too, and
 * a route that fills more leaves less to those after it. There are no more passes than there were.
 */
export const suppose = (
  record: ReplayableRecord,
  policy: Policy,
  candidate: number,
  { more = new Map(), admittedIn }: Supposition,
): Supposed => {
  const facts = withMore(factsOf(record), candidate, more);
  let progress: Progress = { wanted: facts.demand.map(({ quantity }) => quantity), plan: [] };
  let proven = true;
  for (const [index, { route: name, softFencesDropped }] of record.passes.entries()) {
    const route = policy.routes.find((one) => one.name === name);
    if (route === undefined || isFilled(progress)) break;
    const pass = runPass(route, facts, progress, {
      dropSoft: softFencesDropped,
      admit: index === admittedIn ? [candidate] : [],
      seekRunnerUp: false,
      maxWork: QUESTION_WORK,
    });
    proven &&= pass.proven;
    progress = after(progress, pass);
  }
  return { isUsed: progress.plan.some(({ location }) => location === candidate), proven };
};

/** The same facts with more units of some SKUs at one candidate. */
export const withMore = (facts: FenceFacts, candidate: number, more: ReadonlyMap<number, Quantity>): FenceFacts => {
  if (more.size === 0) return facts;
  const available = facts.candidates.available.map((row, sku) => {
    const added = more.get(sku);
    return added === undefined ? row : row.with(candidate, (row[candidate] ?? 0) + added);
  });
  return { ...facts, candidates: { ...facts.candidates, available } };
};
