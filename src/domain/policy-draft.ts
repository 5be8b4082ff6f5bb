import { canonicalJson } from './canonical-json.ts';
import type { Decider } from './decider.ts';
import { DomainError } from './error.ts';
import type { Policy } from './sourcing/policy.ts';

export const policyDraftStream = (name: string): string => `policyDraft-${name}`;

// Stored format: names and fields are permanent.
export type PolicyDraftEvent =
  | { readonly type: 'PolicyDrafted'; readonly data: { readonly name: string; readonly policy: Policy } }
  | { readonly type: 'PolicyDraftDeleted'; readonly data: { readonly name: string } };

/** A policy that somebody works on: of the right shape, with faults or not. Null: there is none, or no more. */
export type PolicyDraft = { readonly isKnown: boolean; readonly policy: Policy | null };

export type PolicyDraftCommand =
  | { readonly type: 'SavePolicyDraft'; readonly data: { readonly name: string; readonly policy: Policy } }
  | { readonly type: 'DeletePolicyDraft'; readonly data: { readonly name: string } };

const decide = (command: PolicyDraftCommand, { isKnown, policy }: PolicyDraft): readonly PolicyDraftEvent[] => {
  switch (command.type) {
    case 'SavePolicyDraft':
      if (policy !== null && canonicalJson(policy) === canonicalJson(command.data.policy)) return [];
      return [{ type: 'PolicyDrafted', data: command.data }];
    case 'DeletePolicyDraft':
      if (!isKnown) throw new DomainError('policy-draft-unknown', `There is no draft ${command.data.name}.`);
      return policy === null ? [] : [{ type: 'PolicyDraftDeleted', data: command.data }];
  }
};

export const policyDraftDecider: Decider<PolicyDraft, PolicyDraftCommand, PolicyDraftEvent> = {
  initialState: () => ({ isKnown: false, policy: null }),
  evolve: (_draft, event) => ({ isKnown: true, policy: event.type === 'PolicyDrafted' ? event.data.policy : null }),
  decide,
};
