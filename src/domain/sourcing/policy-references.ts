import type { LocationFilter, Policy, Route } from './policy.ts';

/** Something that a policy names, and where. */
export type Reference = {
  readonly path: string;
  readonly kind: 'channel' | 'market' | 'method' | 'item group' | 'location' | 'location group';
  readonly id: string;
};

/** All that a policy names. Naming what is not there yet is no fault, but often a slip. */
export const referencesIn = ({ routes }: Policy): readonly Reference[] =>
  routes.flatMap((route, index) => ofRoute(route, `routes[${index}]`));

const ofRoute = ({ when, fences = [], split, objective }: Route, path: string): readonly Reference[] => [
  ...listed(when?.channels, 'channel', `${path}.when.channels`),
  ...listed(when?.markets, 'market', `${path}.when.markets`),
  ...listed(when?.methods, 'method', `${path}.when.methods`),
  ...listed(when?.itemGroups, 'item group', `${path}.when.itemGroups`),
  ...fences.flatMap((fence, index): readonly Reference[] => {
    const at = `${path}.fences[${index}]`;
    switch (fence.type) {
      case 'location':
        return [...listed(fence.in, 'location', `${at}.in`), ...listed(fence.notIn, 'location', `${at}.notIn`)];
      case 'group':
        return [
          ...listed(fence.in, 'location group', `${at}.in`),
          ...listed(fence.notIn, 'location group', `${at}.notIn`),
        ];
      case 'protectedStock':
        return [...ofFilter(fence.at, `${at}.at`), ...listed(fence.itemGroups, 'item group', `${at}.itemGroups`)];
      case 'ringFence':
        return [
          ...listed(fence.channels, 'channel', `${at}.channels`),
          ...ofFilter(fence.at, `${at}.at`),
          ...listed(fence.itemGroups, 'item group', `${at}.itemGroups`),
        ];
      default:
        return [];
    }
  }),
  ...listed(split?.togetherGroups, 'item group', `${path}.split.togetherGroups`),
  ...listed(objective?.sequence, 'location', `${path}.objective.sequence`),
];

const ofFilter = (filter: LocationFilter | undefined, path: string): readonly Reference[] => [
  ...listed(filter?.locations, 'location', `${path}.locations`),
  ...listed(filter?.groups, 'location group', `${path}.groups`),
];

const listed = (ids: readonly string[] | undefined, kind: Reference['kind'], path: string): readonly Reference[] =>
  (ids ?? []).map((id, index) => ({ path: `${path}[${index}]`, kind, id }));
