import { z } from 'zod';
import type { SimulationView } from '../application/simulation/desk.ts';
import { PAGE_POLICY } from '../application/simulation/html.ts';
import { simulationPage } from '../application/simulation/report.ts';
import { DomainError } from '../domain/error.ts';
import { publishedPolicy } from '../domain/policy-book/in-force.ts';
import type { SimulatedPolicy, SimulationRequest } from '../domain/simulation.ts';
import { policyHash } from '../domain/sourcing/policy.ts';
import { pageOf } from './answers.ts';
import { validPolicy } from './judge-policy.ts';
import { ApiProblem } from './problem.ts';
import { listPage, unlessInterrupted } from './reading.ts';
import { type AnyCall, type Route, route } from './route.ts';
import { id, instant, page, text, whole } from './schemas.ts';
import { simulationAnswer, simulationItem, startedSimulation } from './simulation-answers.ts';

const tag = 'Sourcing';
const readers = ['admin', 'operator', 'auditor', 'reporting'] as const;
const params = z.strictObject({ simulationId: id });

const MOST_VARIANTS = 8;
/** The request is recorded as one event, with its policies: EventStoreDB takes 1 MiB. */
const MOST_BYTES = 900_000;
/** In place of a version: the policy was stated in the request. */
const NOT_PUBLISHED = -1;

const body = z.strictObject({
  from: instant.describe('Orders recorded from then on; absent: from the first.').exactOptional(),
  to: instant.describe('Orders recorded before then; absent: until now.').exactOptional(),
  variants: z
    .array(
      z.strictObject({
        name: text(64),
        policy: z.union([whole.min(0), validPolicy]).describe('A policy, or the version of a published one.'),
      }),
    )
    .min(1)
    .max(MOST_VARIANTS)
    .refine((variants) => new Set(variants.map(({ name }) => name)).size === variants.length, {
      message: 'must not use a name twice',
    }),
});

type StartCall = AnyCall & { readonly body: z.output<typeof body> };

const variantsOf = ({ body: { variants }, service }: StartCall): SimulatedPolicy[] =>
  variants.map(({ name, policy }) => {
    if (typeof policy !== 'number') return { name, version: NOT_PUBLISHED, hash: policyHash(policy), policy };
    const published = publishedPolicy(service.directory.policies(), policy);
    if (published === undefined) throw new DomainError('policy-unknown', `There is no policy version ${policy}.`);
    return { name, ...published };
  });

const requestOf = (call: StartCall): SimulationRequest => {
  const { from = new Date(0).toISOString(), to = call.service.now().toISOString() } = call.body;
  if (from >= to) throw new ApiProblem('request-invalid', '`from` must lie before `to`.');
  const request = { simulationId: call.newId(), from, to, variants: variantsOf(call) };
  if (Buffer.byteLength(JSON.stringify(request)) <= MOST_BYTES) return request;
  throw new ApiProblem('request-too-large', 'The policies are too large together: simulate fewer of them at a time.');
};

const known = async (call: AnyCall, simulationId: string): Promise<Exclude<SimulationView, { status: 'unknown' }>> => {
  const view = await call.service.simulations.read(simulationId);
  if (view.status === 'unknown') {
    throw new DomainError('simulation-unknown', `There is no simulation ${simulationId}.`);
  }
  return view;
};

const withoutPolicies = ({ request, ...view }: Exclude<SimulationView, { status: 'unknown' }>) => ({
  ...view,
  simulationId: request.simulationId,
  from: request.from,
  to: request.to,
  variants: request.variants.map(({ name, version, hash }) => ({ name, version, hash })),
});

export const simulations: readonly Route[] = [
  route({
    method: 'post',
    path: '/v1/simulations',
    tag,
    summary: 'Source the orders of a period anew under other policies',
    description:
      'Against the stock of those moments, several variants side by side with what really happened. Stock is not touched and ' +
      'nothing is recorded but the simulation itself. It runs beside the requests; ask for it by its id.',
    roles: ['admin', 'operator'],
    body,
    answers: { 202: { description: 'It is queued or running.', schema: startedSimulation } },
    handle: async (call) => {
      const request = requestOf(call);
      const { simulationId } = request;
      const { position } = await call.service.simulations.start(request, call.context());
      if (position !== null) call.ownWrites.note(call.caller.keyId, position);
      return {
        status: 202,
        body: { simulationId, status: 'running', position },
        headers: { Location: `/v1/simulations/${simulationId}` },
      };
    },
  }),
  route({
    method: 'get',
    path: '/v1/simulations',
    tag,
    summary: 'The simulations of the past, newest first',
    roles: readers,
    query: z.strictObject(page),
    answers: { 200: { description: 'A page of simulations.', schema: pageOf(simulationItem) } },
    handle: (call) =>
      listPage(call, {
        name: 'simulations',
        orderBy: 'requestedAt',
        descending: true,
        item: ({ id: one, body: document }) =>
          unlessInterrupted(document, async () => (await call.service.simulations.read(one)).status),
      }),
  }),
  route({
    method: 'get',
    path: '/v1/simulations/{simulationId}',
    tag,
    summary: 'How a simulation stands, or what it came to',
    roles: readers,
    params,
    answers: { 200: { description: 'Its state, with the result once it is completed.', schema: simulationAnswer } },
    handle: async (call) => ({ status: 200, body: withoutPolicies(await known(call, call.params.simulationId)) }),
  }),
  route({
    method: 'get',
    path: '/v1/simulations/{simulationId}/report',
    tag,
    summary: 'The result as a page to look at',
    description: 'One self-contained HTML document with figures and charts.',
    roles: readers,
    params,
    answers: { 200: { description: 'The page.', schema: z.string(), contentType: 'text/html' } },
    handle: async (call) => {
      const view = await known(call, call.params.simulationId);
      if (view.status !== 'completed') {
        throw new ApiProblem('not-found', `This simulation is ${view.status}: it has no report.`);
      }
      const variants = view.request.variants.map(({ name, ...policy }) => ({ name, policy }));
      return {
        status: 200,
        html: simulationPage(view.result, variants),
        headers: { 'Content-Security-Policy': PAGE_POLICY },
      };
    },
  }),
];
