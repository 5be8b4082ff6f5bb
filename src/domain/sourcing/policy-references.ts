import type { LocationFilter, Policy, Route } from './policy.ts';

/** A channel or a location that a policy names, and where. */
export type Reference = { readonly path: string; readonly kind: 'channel' | 'location'; readonly id: string };

/** All that a policy names by id. Naming what is not there yet is no fault, but often a slip. */
export const referencesIn = ({ routes }: Policy): readonly Reference[] =>
  routes.flatMap((route, index) => ofRoute(route, `routes[${index}]`));

const ofRoute = ({ when, fences = [], objective }: Route, path: string): readonly Reference[] => [
  ...listed(when?.channels, 'channel', `${path}.when.channels`),
  ...fences.flatMap((fence, index): readonly Reference[] => {
    const at = `${path}.fences[${index}]`;
    switch (fence.type) {
      case 'location':
        return [...listed(fence.in, 'location', `${at}.in`), ...listed(fence.notIn, 'location', `${at}.notIn`)];
      case 'protectedStock':
        return ofFilter(fence.at, `${at}.at`);
      case 'ringFence':
        return [...listed(fence.channels, 'channel', `${at}.channels`), ...ofFilter(fence.at, `${at}.at`)];
      default:
        return [];
    }
  }),
  ...listed(objective?.sequence, 'location', `${path}.objective.sequence`),
];

const ofFilter = (filter: LocationFilter | undefined, path: string): readonly Reference[] =>
  listed(filter?.locations, 'location', `${path}.locations`);

const listed = (ids: readonly string[] | undefined, kind: Reference['kind'], path: string): readonly Reference[] =>
  (ids ?? []).map((id, index) => ({ path: `${path}[${index}]`, kind, id }));
