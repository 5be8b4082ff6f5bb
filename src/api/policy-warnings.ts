import type { Service } from '../application/service.ts';
import type { Policy } from '../domain/sourcing/policy.ts';
import { referencesIn } from '../domain/sourcing/policy-references.ts';
import type { Fault } from '../domain/sourcing/problem.ts';

/** Channels and locations that a policy names and this node does not know. */
export const policyWarnings = (
  policy: Policy,
  { directory, availability }: Pick<Service, 'directory' | 'availability'>,
): readonly Fault[] =>
  referencesIn(policy)
    .filter(({ kind, id }) => (kind === 'channel' ? directory.channel(id) === undefined : !availability.knows(id)))
    .map(({ path, kind, id }) => ({ path, message: `there is no ${kind} "${id}"` }));
