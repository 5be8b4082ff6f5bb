import { promisedDay } from './fences.ts';
import type { Policy, Route } from './policy.ts';
import type { SourcedOrder, SourcingCandidates, SourcingRecord } from './record.ts';

/** The candidates as a route sees them that promises this day. */
export const candidatesFor = (candidates: SourcingCandidates, promised: number | null): SourcingCandidates => {
  const own = candidates.byPromise?.find((one) => one.promisedDay === promised);
  return own === undefined ? candidates : { ...candidates, deliveryDay: own.deliveryDay, tariff: own.tariff };
};

/** The days that these routes promise the order, each once, the first route's first. */
export const promisedDays = (
  decision: { readonly at: string; readonly order: SourcedOrder },
  routes: readonly Route[],
): readonly (number | null)[] => [...new Set(routes.map((route) => promisedDay(decision, route)))];

/** The candidates as the route of this name saw them. */
export const candidatesOfRoute = (
  { candidates, at, order }: Pick<SourcingRecord, 'candidates' | 'at' | 'order'>,
  { routes }: Policy,
  name: string,
): SourcingCandidates => {
  const route = routes.find((one) => one.name === name);
  if (route === undefined || at === null || order === null) return candidates;
  return candidatesFor(candidates, promisedDay({ at, order }, route));
};
