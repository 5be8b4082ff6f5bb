import { z } from 'zod';
import { policyVersion } from './policies.ts';
import { policyBookAnswer } from './policy-answers.ts';
import { bookReply, ifMatchBook, nowOf, planners, policyTag, tellBook } from './policy-replies.ts';
import { type Route, route } from './route.ts';
import { instant, reason, whole } from './schemas.ts';

const answers = { 200: { description: 'What is in force now, and what is to come.', schema: policyBookAnswer } };

const activation = z
  .strictObject({
    at: instant.exactOptional(),
    share: whole.min(1).max(100).describe('Percent of the orders, by order id; 100 when absent.').exactOptional(),
  })
  .optional();

export const policyActivation: readonly Route[] = [
  route({
    method: 'post',
    path: '/v1/sourcing/policies/{version}/activate',
    tag: policyTag,
    summary: 'Put a version into force: now or at an instant, for all orders or for a share of them',
    description:
      'A share below 100 is a canary: so many percent of the orders, chosen by their id and always the same ones; the others ' +
      'keep the version in full force. A newer canary replaces an older one. A version in full force ends every canary before it.',
    roles: planners,
    params: z.strictObject({ version: policyVersion }),
    body: activation,
    requestHeaders: ifMatchBook,
    answers,
    handle: async (call) => {
      const { at, share = 100 } = call.body ?? {};
      const data = { ...call.params, share, now: nowOf(call), ...(at === undefined ? {} : { at }) };
      return bookReply(call, await tellBook(call, { type: 'ActivatePolicy', data }));
    },
  }),
  route({
    method: 'post',
    path: '/v1/sourcing/policies/roll-back',
    tag: policyTag,
    summary: 'Go back to the version that was in full force before, at once',
    description:
      'Without `to`: while a canary runs, to the version in full force; otherwise to the one before it. Canaries end, and ' +
      'what was to be activated later no longer is. Rolling back again goes a further step back.',
    roles: planners,
    body: z.strictObject({ to: whole.min(0).exactOptional(), reason }),
    requestHeaders: ifMatchBook,
    answers,
    handle: async (call) =>
      bookReply(call, await tellBook(call, { type: 'RollBackPolicy', data: { ...call.body, now: nowOf(call) } })),
  }),
];
