import type { Policy } from '../domain/sourcing/policy.ts';
import type { Instant } from '../domain/values.ts';
import type { Projection } from './projection.ts';

export type PolicyDraftDocument = {
  readonly name: string;
  readonly policy: Policy;
  readonly savedAt: Instant;
  readonly savedBy: string;
};

export const policyDrafts: Projection<PolicyDraftDocument> = {
  name: 'policy-drafts',
  version: 1,
  streamPrefixes: ['policyDraft-'],
  indexes: [],
  ids: (event) => (event.type === 'PolicyDrafted' || event.type === 'PolicyDraftDeleted' ? [event.data.name] : []),
  evolve: (document, event) => {
    switch (event.type) {
      case 'PolicyDrafted':
        return { ...event.data, savedAt: event.metadata.recordedAt, savedBy: event.metadata.actor };
      case 'PolicyDraftDeleted':
        return null;
      default:
        return document;
    }
  },
};
