import type { Policy } from './policy.ts';

/** Facts that only some policies ask for. */
export type Needs = {
  readonly kind: boolean;
  readonly groups: boolean;
  readonly priority: boolean;
  readonly load: boolean;
  readonly weeklyDemand: boolean;
  readonly refusals: boolean;
};

const known = new WeakMap<Policy, Needs>();

/** What sourcing has to look up for this policy, whichever of its routes applies. */
export const needsOf = (policy: Policy): Needs => {
  const remembered = known.get(policy);
  if (remembered !== undefined) return remembered;
  const fences = policy.routes.flatMap(({ fences = [] }) => fences);
  const filters = fences.flatMap((fence) =>
    fence.type === 'protectedStock' || fence.type === 'ringFence' ? (fence.at ?? []) : [],
  );
  const terms = new Set(
    policy.routes.flatMap(({ objective = {} }) => [
      ...Object.keys(objective.weighted ?? {}),
      ...(objective.lexicographic ?? []),
    ]),
  );
  const needs: Needs = {
    kind: fences.some(({ type }) => type === 'kind') || filters.some(({ kinds }) => kinds !== undefined),
    groups: fences.some(({ type }) => type === 'group') || filters.some(({ groups }) => groups !== undefined),
    priority: terms.has('priority'),
    load: terms.has('load'),
    weeklyDemand: fences.some((fence) => fence.type === 'protectedStock' && fence.weeksOfSupply !== undefined),
    refusals: fences.some(({ type }) => type === 'recentRefusal'),
  };
  known.set(policy, needs);
  return needs;
};
