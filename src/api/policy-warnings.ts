import type { Service } from '../application/service.ts';
import type { Policy } from '../domain/sourcing/policy.ts';
import { type Reference, referencesIn } from '../domain/sourcing/policy-references.ts';
import type { Fault } from '../domain/sourcing/problem.ts';
import { promiseMethods } from '../domain/sourcing/promise.ts';

type Known = Pick<Service, 'directory' | 'availability'>;

/** What a policy names and this node does not know. */
export const policyWarnings = (policy: Policy, known: Known): readonly Fault[] =>
  referencesIn(policy)
    .filter((reference) => !isKnown(reference, known))
    .map(({ path, kind, id }) => ({ path, message: `there is no ${kind} "${id}"` }));

const isKnown = ({ kind, id }: Reference, { directory, availability }: Known): boolean => {
  switch (kind) {
    case 'channel':
      return directory.channel(id) !== undefined;
    case 'market':
      return directory.knowsMarket(id);
    case 'method':
      return (promiseMethods as readonly string[]).includes(id);
    case 'item group':
      return directory.knowsItemGroup(id);
    case 'location':
      return availability.knows(id);
    case 'location group':
      return availability.locations().some(({ profile }) => profile.groups?.includes(id) === true);
  }
};
