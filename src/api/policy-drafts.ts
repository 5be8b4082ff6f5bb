import { z } from 'zod';
import { type PolicyDraft, policyDraftStream } from '../domain/policy-draft.ts';
import type { Policy } from '../domain/sourcing/policy.ts';
import { policyFaults } from '../domain/sourcing/policy-faults.ts';
import type { PolicyDraftDocument } from '../projections/policy-drafts.ts';
import { pageOf } from './answers.ts';
import { etagOf, expectedVersions } from './etag.ts';
import { draftedPolicy } from './judge-policy.ts';
import { policyDraftAnswer, policyDraftItem } from './policy-answers.ts';
import { planners, policyReaders, policyTag } from './policy-replies.ts';
import { policyWarnings } from './policy-warnings.ts';
import { ApiProblem } from './problem.ts';
import { listPage } from './reading.ts';
import { type Call, type Reply, type Route, route } from './route.ts';
import { id, page } from './schemas.ts';

const params = z.strictObject({ name: id });
const answers = { 200: { description: 'The draft, with what is to be corrected.', schema: policyDraftAnswer } };

type DraftCall = Call<{ readonly name: string }, unknown, unknown>;
type Loaded = { readonly state: PolicyDraft; readonly version: number; readonly position: string | null };

const draftReply = (status: number, policy: Policy, call: DraftCall, { version, position }: Loaded): Reply => ({
  status,
  body: {
    name: call.params.name,
    policy,
    faults: policyFaults(policy),
    warnings: policyWarnings(policy, call.service),
    version,
    position,
  },
  headers: { ETag: etagOf(version) },
});

export const policyDrafts: readonly Route[] = [
  route({
    method: 'put',
    path: '/v1/sourcing/policy-drafts/{name}',
    tag: policyTag,
    summary: 'Save a draft of a policy, or replace it',
    description:
      'Its shape must be that of a policy; other faults are told in the answer, and keep it from being published.',
    roles: planners,
    params,
    body: z.strictObject({ policy: draftedPolicy }),
    requestHeaders: { 'If-Match': 'Replace only this version.', 'If-None-Match': '`*`: only if there never was one.' },
    answers: { ...answers, 201: { description: 'Saved for the first time.', schema: policyDraftAnswer } },
    handle: async (call) => {
      const { name } = call.params;
      const { policy } = call.body;
      const executed = await call.service.policyDrafts.execute(
        policyDraftStream(name),
        { type: 'SavePolicyDraft', data: { name, policy } },
        call.context(),
        { expectedVersions: expectedVersions(call.header('if-match'), call.header('if-none-match')) },
      );
      await call.wrote(executed.position);
      return draftReply(executed.version === 1 && executed.events.length > 0 ? 201 : 200, policy, call, executed);
    },
  }),
  route({
    method: 'get',
    path: '/v1/sourcing/policy-drafts/{name}',
    tag: policyTag,
    summary: 'Read a draft of a policy',
    roles: policyReaders,
    params,
    answers,
    handle: async (call) => {
      const loaded = await call.service.policyDrafts.load(policyDraftStream(call.params.name));
      if (loaded.state.policy === null) throw new ApiProblem('not-found');
      return draftReply(200, loaded.state.policy, call, loaded);
    },
  }),
  route({
    method: 'delete',
    path: '/v1/sourcing/policy-drafts/{name}',
    tag: policyTag,
    summary: 'Delete a draft of a policy',
    roles: planners,
    params,
    requestHeaders: { 'If-Match': 'Delete only this version.' },
    answers: { 204: { description: 'There is no such draft any more.', schema: null } },
    handle: async (call) => {
      const { name } = call.params;
      const { position } = await call.service.policyDrafts.execute(
        policyDraftStream(name),
        { type: 'DeletePolicyDraft', data: { name } },
        call.context(),
        { expectedVersions: expectedVersions(call.header('if-match')) },
      );
      await call.wrote(position);
      return { status: 204 };
    },
  }),
  route({
    method: 'get',
    path: '/v1/sourcing/policy-drafts',
    tag: policyTag,
    summary: 'List the drafts of policies',
    roles: policyReaders,
    query: z.strictObject(page),
    answers: { 200: { description: 'A page of drafts.', schema: pageOf(policyDraftItem) } },
    handle: (call) =>
      listPage(call, {
        name: 'policy-drafts',
        item: ({ body }) => {
          const { name, policy, savedAt, savedBy } = body as PolicyDraftDocument;
          return { name, description: policy.description ?? null, savedAt, savedBy };
        },
      }),
  }),
];
