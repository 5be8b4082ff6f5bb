import { z } from 'zod';
import { type KnownRateCard, rateCardStream } from '../domain/rate-card.ts';
import { pageOf } from './answers.ts';
import { etagOf, expectedVersions } from './etag.ts';
import { rateCardAnswer } from './policy-answers.ts';
import { planners, policyReaders } from './policy-replies.ts';
import { rateCardSchema, rateCardTerms } from './policy-schema.ts';
import { ApiProblem } from './problem.ts';
import { listPage } from './reading.ts';
import { type Reply, type Route, route } from './route.ts';
import { id, page } from './schemas.ts';

const tag = 'Rate cards';
const params = z.strictObject({ rateCardId: id });
const answers = { 200: { description: 'The rate card.', schema: rateCardAnswer } };

type Loaded = { readonly state: KnownRateCard; readonly version: number; readonly position: string | null };

const rateCardReply = (status: number, { state, version, position }: Loaded): Reply => ({
  status,
  body: { ...state.rateCard, version, position },
  headers: { ETag: etagOf(version) },
});

export const rateCards: readonly Route[] = [
  route({
    method: 'put',
    path: '/v1/rate-cards/{rateCardId}',
    tag,
    summary: "Introduce a carrier service's rate card, or change it",
    description:
      'Prices in minor units, weights in grams: of the first band that fits the way, a parcel costs the first step that carries it. All of it is replaced.',
    roles: planners,
    params,
    body: rateCardTerms,
    requestHeaders: { 'If-Match': 'Change only this version.', 'If-None-Match': '`*`: introduce only, do not change.' },
    answers: { ...answers, 201: { description: 'Introduced.', schema: rateCardAnswer } },
    handle: async (call) => {
      const { rateCardId } = call.params;
      const executed = await call.service.rateCards.execute(
        rateCardStream(rateCardId),
        { type: 'DefineRateCard', data: { rateCardId, ...call.body } },
        call.context(),
        { expectedVersions: expectedVersions(call.header('if-match'), call.header('if-none-match')) },
      );
      await call.wrote(executed.position);
      return rateCardReply(executed.events[0]?.type === 'RateCardIntroduced' ? 201 : 200, executed);
    },
  }),
  route({
    method: 'get',
    path: '/v1/rate-cards/{rateCardId}',
    tag,
    summary: 'Read a rate card',
    roles: policyReaders,
    params,
    answers,
    handle: async (call) => {
      const loaded = await call.service.rateCards.load(rateCardStream(call.params.rateCardId));
      if (loaded.state.rateCard === null) throw new ApiProblem('not-found');
      return rateCardReply(200, loaded);
    },
  }),
  route({
    method: 'get',
    path: '/v1/rate-cards',
    tag,
    summary: 'List rate cards',
    roles: policyReaders,
    query: z.strictObject(page),
    answers: { 200: { description: 'A page of rate cards.', schema: pageOf(rateCardSchema) } },
    handle: (call) => listPage(call, { name: 'rate-cards', item: ({ body }) => body }),
  }),
  route({
    method: 'delete',
    path: '/v1/rate-cards/{rateCardId}',
    tag,
    summary: 'Withdraw a rate card: nothing is sourced by it any more',
    roles: planners,
    params,
    requestHeaders: { 'If-Match': 'Withdraw only this version.' },
    answers: { 204: { description: 'It is withdrawn.', schema: null } },
    handle: async (call) => {
      const { rateCardId } = call.params;
      const { position } = await call.service.rateCards.execute(
        rateCardStream(rateCardId),
        { type: 'WithdrawRateCard', data: { rateCardId } },
        call.context(),
        { expectedVersions: expectedVersions(call.header('if-match')) },
      );
      await call.wrote(position);
      return { status: 204 };
    },
  }),
];
