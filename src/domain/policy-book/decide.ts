import { canonicalJson } from '../canonical-json.ts';
import type { Decider } from '../decider.ts';
import { DomainError } from '../error.ts';
import { type Policy, policyHash } from '../sourcing/policy.ts';
import { policyFaults } from '../sourcing/policy-faults.ts';
import type { Instant } from '../values.ts';
import { inForce, publishedPolicy, versionBefore } from './in-force.ts';
import { emptyPolicyBook, evolvePolicyBook, type PolicyBook, type PolicyBookEvent } from './policy-book.ts';

export type PolicyBookCommand =
  | { readonly type: 'PublishPolicy'; readonly data: { readonly policy: Policy } }
  | {
      readonly type: 'ActivatePolicy';
      readonly data: {
        readonly version: number;
        readonly now: Instant;
        /** Now when absent. */
        readonly at?: Instant;
        readonly share: number;
      };
    }
  | {
      readonly type: 'RollBackPolicy';
      readonly data: { readonly to?: number; readonly now: Instant; readonly reason: string };
    };

type DataOf<Type extends PolicyBookCommand['type']> = Extract<PolicyBookCommand, { type: Type }>['data'];

const decide = (command: PolicyBookCommand, book: PolicyBook): readonly PolicyBookEvent[] => {
  switch (command.type) {
    case 'PublishPolicy':
      return publish(command.data, book);
    case 'ActivatePolicy':
      return activate(command.data, book);
    case 'RollBackPolicy':
      return rollBack(command.data, book);
  }
};

const publish = ({ policy }: DataOf<'PublishPolicy'>, { published }: PolicyBook): readonly PolicyBookEvent[] => {
  assertValid(policy);
  const newest = published.at(-1);
  if (newest !== undefined && canonicalJson(newest.policy) === canonicalJson(policy)) return [];
  const data = { version: published.length + 1, hash: policyHash(policy), policy };
  return [{ type: 'PolicyPublished', data }];
};

const assertValid = (policy: Policy): void => {
  const faults = policyFaults(policy);
  if (faults.length > 0) {
    throw new DomainError('policy-invalid', `The policy has ${faults.length} fault(s).`, { faults });
  }
};

const assertPublished = (book: PolicyBook, version: number): void => {
  if (publishedPolicy(book, version) === undefined) {
    throw new DomainError('policy-unknown', `There is no sourcing policy of version ${version}.`, {
      newestVersion: book.published.length,
    });
  }
};

const activate = (
  { version, now, at, share }: DataOf<'ActivatePolicy'>,
  book: PolicyBook,
): readonly PolicyBookEvent[] => {
  assertPublished(book, version);
  if (at !== undefined && at < now) {
    throw new DomainError('instant-passed', `${at} has passed: leave \`at\` out to activate at once.`, { now });
  }
  const from = at ?? now;
  if (share < 100 && from === now && inForce(book, now).full.version === version) {
    throw new DomainError(
      'policy-in-full-force',
      `Version ${version} takes every order: a share of them is no canary.`,
    );
  }
  return isActivated(book, { version, from, share, now })
    ? []
    : [{ type: 'PolicyActivated', data: { version, from, share } }];
};

type Wanted = { readonly version: number; readonly from: Instant; readonly share: number; readonly now: Instant };

const isActivated = (book: PolicyBook, { version, from, share, now }: Wanted): boolean => {
  const { full, canary, scheduled } = inForce(book, now);
  if (from > now) return scheduled.some((one) => one.version === version && one.from === from && one.share === share);
  if (share === 100) return full.version === version && canary === null;
  return canary?.version === version && canary.share === share;
};

const rollBack = ({ to, now, reason }: DataOf<'RollBackPolicy'>, book: PolicyBook): readonly PolicyBookEvent[] => {
  if (to !== undefined) assertPublished(book, to);
  const { full, canary, scheduled } = inForce(book, now);
  const version = to ?? versionBefore(book, now) ?? full.version;
  const isSo = version === full.version && canary === null && scheduled.length === 0;
  if (isSo && to === undefined) {
    throw new DomainError('nothing-to-roll-back', 'Version 0 is in force, and no other was in force before it.');
  }
  return isSo ? [] : [{ type: 'PolicyRolledBack', data: { version, from: now, reason } }];
};

export const policyBookDecider: Decider<PolicyBook, PolicyBookCommand, PolicyBookEvent> = {
  initialState: () => emptyPolicyBook,
  evolve: evolvePolicyBook,
  decide,
};
