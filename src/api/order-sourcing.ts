import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { StreamUnreadable } from '../application/execute-errors.ts';
import type { Explained } from '../application/explaining.ts';
import { createSlices } from '../application/slices.ts';
import { DomainError } from '../domain/error.ts';
import { type Destination, type OrderEvent, orderStream } from '../domain/order/order.ts';
import { publishedPolicy } from '../domain/policy-book/in-force.ts';
import { type Policy, policyHash } from '../domain/sourcing/policy.ts';
import type { SourcingPass, SourcingRecord } from '../domain/sourcing/record.ts';
import { isReplayable, type ReplayableRecord, replay } from '../domain/sourcing/replay.ts';
import { sourcingAnswer } from './answers.ts';
import { orderParams, visibleOrder } from './orders.ts';
import { ApiProblem } from './problem.ts';
import { type AnyCall, route } from './route.ts';
import { id } from './schemas.ts';
import { decisionAnswer, passAnswer, passSchema } from './sourcing-answer.ts';

type Decided = Extract<OrderEvent, { type: 'SourcingDecided' }>['data'] & { readonly decidedAt: string };

const decisionsOf = async ({ service }: Pick<AnyCall, 'service'>, orderId: string): Promise<Decided[]> => {
  const decisions: Decided[] = [];
  for await (const recorded of service.eventStore.readStream(orderStream(orderId))) {
    const decoded = service.codec.decode(recorded);
    if (!decoded.ok) throw new StreamUnreadable(recorded.stream, recorded.version, decoded.reason);
    const { event } = decoded;
    if (event.type === 'SourcingDecided') decisions.push({ ...event.data, decidedAt: event.metadata.recordedAt });
  }
  return decisions;
};

/** The policy of the decision, unless this release has another one under its number. */
const policyOfRecord = ({ service }: Pick<AnyCall, 'service'>, { policy }: SourcingRecord): Policy | null => {
  const published = publishedPolicy(service.directory.policies(), policy.version);
  return published !== undefined && policyHash(published.policy) === policy.hash ? published.policy : null;
};

const explained = async (
  { service }: Pick<AnyCall, 'service'>,
  { record, policy, location }: { record: SourcingRecord; policy: Policy | null; location: string | undefined },
): Promise<Explained> => {
  if (policy === null || !isReplayable(record)) return { explanation: null };
  return service.explain({ record, policy, ...(location === undefined ? {} : { location }) });
};

const getSourcing = route({
  method: 'get',
  path: '/v1/orders/{orderId}/sourcing',
  tag: 'Orders',
  summary: 'Why these locations: every sourcing decision with what it saw',
  description:
    'Computed from what was recorded with the decision, so it stays true whatever changes afterwards. `location` asks why ' +
    'one location is not in the plan, and what would have brought it in.',
  roles: ['admin', 'operator', 'channel', 'auditor'],
  params: orderParams,
  query: z.strictObject({ location: id.exactOptional() }),
  answers: { 200: { description: 'The decisions, oldest first.', schema: sourcingAnswer } },
  handle: async (call) => {
    const { orderId } = call.params;
    const order = await visibleOrder(call, orderId);
    const { location } = call.query;
    const decisions = [];
    const { breathe } = createSlices();
    for (const { attempt, decidedAt, fulfilments, record } of await decisionsOf(call, orderId)) {
      decisions.push({
        attempt,
        decidedAt,
        ...decisionAnswer(record),
        plan: fulfilments,
        ...(await explained(call, { record, policy: policyOfRecord(call, record), location })),
      });
      await breathe();
    }
    return { status: 200, body: { orderId, decisions, position: order.position } };
  },
});

const replayAnswer = z.object({
  orderId: z.string(),
  attempt: z.int(),
  identical: z
    .boolean()
    .describe(
      'The same passes, plans and proofs, to the last figure. `nodes`, the effort of the search, may differ between releases.',
    ),
  policy: z.object({ version: z.int(), hash: z.string() }),
  recorded: z.array(passSchema),
  replayed: z.array(passSchema),
});

const replayable = (record: SourcingRecord, policy: Policy | null): { record: ReplayableRecord; policy: Policy } => {
  if (policy !== null && isReplayable(record)) return { record, policy };
  throw new DomainError(
    'decision-not-replayable',
    policy === null
      ? `This release does not know policy version ${record.policy.version} as it was then.`
      : 'The decision was made by a release that did not record all its inputs.',
    { policy: record.policy },
  );
};

const withoutEffort = (passes: readonly SourcingPass[]) => passes.map(({ nodes: _nodes, ...pass }) => pass);

/** Runs recorded inputs again. */
const again = (given: SourcingRecord, known: Policy | null, destination: Destination) => {
  const { record, policy } = replayable(given, known);
  const replayed = replay(record, policy, destination);
  return {
    identical: isDeepStrictEqual(withoutEffort(JSON.parse(JSON.stringify(replayed))), withoutEffort(record.passes)),
    policy: record.policy,
    recorded: record.passes.map((pass) => passAnswer(pass, record)),
    replayed: replayed.map((pass) => passAnswer(pass, record)),
  };
};

const postReplay = route({
  method: 'post',
  path: '/v1/orders/{orderId}/sourcing/replay',
  tag: 'Orders',
  summary: 'Make a past decision again from its recorded inputs',
  description: 'Changes nothing. `attempt` counts the decisions of the order from 1; absent: the last one.',
  roles: ['admin', 'operator', 'auditor'],
  params: orderParams,
  body: z.strictObject({ attempt: z.int().min(1).exactOptional() }).optional(),
  answers: { 200: { description: 'Both decisions, and whether they are the same.', schema: replayAnswer } },
  handle: async (call) => {
    const { orderId } = call.params;
    const { order } = await visibleOrder(call, orderId);
    const decisions = await decisionsOf(call, orderId);
    const wanted = call.body?.attempt;
    const decision = wanted === undefined ? decisions.at(-1) : decisions.find(({ attempt }) => attempt === wanted);
    if (decision === undefined) throw new ApiProblem('not-found', 'This order has no such sourcing decision.');
    const { attempt, record } = decision;
    return {
      status: 200,
      body: { orderId, attempt, ...again(record, policyOfRecord(call, record), order.destination) },
    };
  },
});

export const orderSourcing = [getSourcing, postReplay];
