import { describe, it } from 'vitest';
import { type PolicyDraftCommand, type PolicyDraftEvent, policyDraftDecider } from '../../src/domain/policy-draft.ts';
import type { Policy } from '../../src/domain/sourcing/policy.ts';
import { examplePolicy } from '../support/policies.ts';
import { spec } from '../support/spec.ts';

const draft = spec(policyDraftDecider);
const save = (policy: Policy): PolicyDraftCommand => ({ type: 'SavePolicyDraft', data: { name: 'summer', policy } });
const drafted = (policy: Policy): PolicyDraftEvent => ({ type: 'PolicyDrafted', data: { name: 'summer', policy } });
const remove: PolicyDraftCommand = { type: 'DeletePolicyDraft', data: { name: 'summer' } };
const removed: PolicyDraftEvent = { type: 'PolicyDraftDeleted', data: { name: 'summer' } };
const [one, other] = [examplePolicy('One'), examplePolicy('Other')];

describe('a draft of a policy', () => {
  it('is saved, and replaced by another', () => {
    draft.when(save(one)).yields(drafted(one));
    draft.given(drafted(one)).when(save(other)).yields(drafted(other));
    draft
      .given(drafted(one))
      .when(save({ routes: one.routes, description: 'One' }))
      .changesNothing();
  });

  it('may have faults', () => {
    const faulty = examplePolicy('Faulty', { otherwise: { do: 'nextRoute' } });
    draft.when(save(faulty)).yields(drafted(faulty));
  });

  it('is deleted once, and can be saved again', () => {
    draft.given(drafted(one)).when(remove).yields(removed);
    draft.given(drafted(one), removed).when(remove).changesNothing();
    draft.given(drafted(one), removed).when(save(one)).yields(drafted(one));
    draft.when(remove).refuses('policy-draft-unknown');
  });
});
