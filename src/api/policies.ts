import { z } from 'zod';
import type { Service } from '../application/service.ts';
import { DomainError } from '../domain/error.ts';
import { policyDraftStream } from '../domain/policy-draft.ts';
import type { Policy } from '../domain/sourcing/policy.ts';
import { etagOf } from './etag.ts';
import { judgePolicy, validPolicy } from './judge-policy.ts';
import { policyAnswer, policyJudgement, policyList } from './policy-answers.ts';
import { readPolicyHistory } from './policy-history.ts';
import {
  ifMatchBook,
  inForceAnswer,
  nowOf,
  planners,
  policyReaders,
  policyReply,
  policyTag,
  publicationAnswer,
  tellBook,
} from './policy-replies.ts';
import { policyWarnings } from './policy-warnings.ts';
import { type Route, route } from './route.ts';
import { id, instant, page } from './schemas.ts';

export const policyVersion = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,8})$/, 'must be the number of a version')
  .transform(Number);

const newPolicy = z
  .strictObject({ policy: validPolicy.exactOptional(), draft: id.exactOptional() })
  .refine(
    ({ policy, draft }) => (policy === undefined) !== (draft === undefined),
    'needs either a policy or the name of a draft',
  );

const policyOf = async ({ policyDrafts }: Service, body: z.output<typeof newPolicy>): Promise<Policy> => {
  if (body.policy !== undefined) return body.policy;
  const { state } = await policyDrafts.load(policyDraftStream(body.draft ?? ''));
  if (state.policy === null) throw new DomainError('policy-draft-unknown', `There is no draft ${body.draft}.`);
  return state.policy;
};

const { minPosition: _minPosition, ...pageOnly } = page;

export const policies: readonly Route[] = [
  route({
    method: 'get',
    path: '/v1/sourcing/policies',
    tag: policyTag,
    summary: 'List the published policies, and tell which are in force',
    description: 'Newest first. With `at`: as it was, or will be, at that instant.',
    roles: policyReaders,
    query: z.strictObject({ ...pageOnly, at: instant.exactOptional() }),
    answers: { 200: { description: 'A page of policies.', schema: policyList } },
    handle: async (call) => {
      const { limit, cursor, at = nowOf(call) } = call.query;
      const { book, publications, version, position } = await readPolicyHistory(call.service);
      const query = JSON.stringify(['sourcing-policies', call.query.at, call.caller.keyId]);
      const before = cursor === undefined ? publications.length : Number(call.cursors.read(query, cursor).id);
      const found = publications
        .slice(0, before)
        .filter(({ publishedAt }) => publishedAt === null || publishedAt <= at)
        .reverse();
      const items = found.slice(0, limit).map((one) => publicationAnswer(one, book, at));
      const last = found.length > limit ? items.at(-1) : undefined;
      const nextCursor = last === undefined ? null : call.cursors.write(query, { id: String(last.version) });
      const body = { ...inForceAnswer(book, at), items, nextCursor, version, position };
      return { status: 200, body, headers: { ETag: etagOf(version) } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/sourcing/policies/{version}',
    tag: policyTag,
    summary: 'Read a published policy',
    description: 'Version 0 is the built-in one. A published version never changes.',
    roles: policyReaders,
    params: z.strictObject({ version: policyVersion }),
    answers: { 200: { description: 'The policy.', schema: policyAnswer } },
    handle: (call) => policyReply(call, call.params.version),
  }),
  route({
    method: 'post',
    path: '/v1/sourcing/policies',
    tag: policyTag,
    summary: 'Publish a policy, or a draft of one, as the next version',
    description:
      'It takes no effect until it is activated. All that is wrong with it is told at once, by JSON path (422 `policy-invalid`).',
    roles: planners,
    body: newPolicy,
    requestHeaders: ifMatchBook,
    answers: {
      200: { description: 'It equals the newest version, which is answered.', schema: policyAnswer },
      201: { description: 'Published.', schema: policyAnswer },
    },
    handle: async (call) => {
      const policy = await policyOf(call.service, call.body);
      const { events, state } = await tellBook(call, { type: 'PublishPolicy', data: { policy } });
      const [published] = events;
      const version = published?.type === 'PolicyPublished' ? published.data.version : state.published.length;
      const reply = await policyReply(call, version, published === undefined ? 200 : 201);
      return { ...reply, headers: { ...reply.headers, Location: `/v1/sourcing/policies/${version}` } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/sourcing/policies/validate',
    tag: policyTag,
    summary: 'Tell what is wrong with a policy, without publishing it',
    description:
      '`warnings` name channels and locations that there are not: often a slip, but no reason against publishing.',
    roles: planners,
    body: z.strictObject({ policy: z.unknown().describe('What is to become a `Policy`: anything is judged.') }),
    answers: {
      200: { description: 'Whether it can be published, and if not, every reason.', schema: policyJudgement },
    },
    handle: async (call) => {
      const { policy, faults } = judgePolicy(call.body.policy);
      const warnings = policy === null ? [] : policyWarnings(policy, call.service);
      return { status: 200, body: { valid: faults.length === 0, faults, warnings } };
    },
  }),
];
