import { z } from 'zod';
import { destinationOf, numbered, orderIdOf } from '../application/order-request.ts';
import { valueOfLines } from '../application/sourcing.ts';
import { type StatedLocation, statedNetwork } from '../application/tried-network.ts';
import { DomainError } from '../domain/error.ts';
import { publishedPolicy } from '../domain/policy-book/in-force.ts';
import { type PublishedPolicy, policyHash } from '../domain/sourcing/policy.ts';
import { type SourcingRequest, wantedSkus } from '../domain/sourcing/source.ts';
import { type DryRunBody, dryRunBody, nameOf, type TriedLocation } from './dry-run-schema.ts';
import { type Call, route } from './route.ts';
import { decisionAnswer, decisionSchema, explanationSchema, plannedSchema } from './sourcing-answer.ts';

type DryRunCall = Call<unknown, unknown, DryRunBody>;

/** Room for 2,000 locations with 50 SKUs each. */
const BODY_LIMIT_BYTES = 32 * 1_048_576;
/** What the record of a decision says in place of a version where the policy was never published. */
const NOT_PUBLISHED = -1;

const integer = z.int();
const unfilled = z.array(z.object({ lineId: z.string(), sku: z.string(), quantity: integer }));

export const dryRunAnswer = z.object({
  outcome: z.enum(['planned', 'parked']),
  objective: z.number().describe('By the objective of the route; see `decision.passes` for its terms.'),
  bound: z.number(),
  proven: z.boolean(),
  gap: z.number(),
  cost: integer.describe('Handling and carriage, in minor units.'),
  plan: z.array(plannedSchema),
  unfilled,
  otherwise: z.unknown().describe('What would become of the units left over.'),
  explanation: explanationSchema.nullable(),
  decision: decisionSchema.nullable(),
  parked: z.object({ queue: z.string(), reason: z.string() }).nullable(),
});

const policyOf = ({ body, service }: DryRunCall): PublishedPolicy => {
  const { policy, order } = body;
  if (policy === undefined) {
    return service.sourcing.policyFor(orderIdOf(order.channelId ?? '', order.channelOrderNumber ?? ''));
  }
  if (typeof policy !== 'number') return { version: NOT_PUBLISHED, hash: policyHash(policy), policy };
  const published = publishedPolicy(service.directory.policies(), policy);
  if (published === undefined) throw new DomainError('policy-unknown', `There is no policy version ${policy}.`);
  return published;
};

const requestOf = ({ body, service }: DryRunCall): SourcingRequest => {
  const { order, network } = body;
  const now = network?.now ?? service.now().toISOString();
  const lines = numbered(order.lines);
  return {
    demand: lines,
    destination: destinationOf(order.destination),
    excluded: [],
    now,
    order: {
      channelId: order.channelId ?? '',
      market: service.directory.channel(order.channelId ?? '')?.market ?? null,
      method: order.method,
      priority: order.priority ?? null,
      value: valueOfLines(lines),
      placedAt: order.placedAt ?? now,
      deliverBy: order.deliverBy ?? null,
    },
  };
};

const statedLocation = (stated: TriedLocation, index: number): StatedLocation => {
  const { id, locationId, suspended, fulfilmentsToday, stock, name, ...profile } = stated;
  const named = nameOf(stated, index);
  return { locationId: named, suspended, fulfilmentsToday, stock, profile: { ...profile, name: name ?? named } };
};

export const postDryRun = route({
  method: 'post',
  path: '/v1/sourcing/dry-run',
  tag: 'Sourcing',
  summary: 'What would be decided for an order that is not placed',
  description:
    "Against today's network and policy, or others that the request states. Nothing is recorded and no stock is touched. " +
    'Nobody waits for it, so the search gets far more work than that of a real order.',
  roles: ['admin', 'operator', 'auditor', 'reporting'],
  body: dryRunBody,
  bodyLimit: BODY_LIMIT_BYTES,
  answers: { 200: { description: 'The decision.', schema: dryRunAnswer } },
  handle: async (call) => {
    const { network } = call.body;
    const { service } = call;
    const request = requestOf(call);
    const policy = policyOf(call);
    const skus = wantedSkus(request.demand);
    const stated = network?.locations.map(statedLocation);
    const { decision, explanation } = await service.dryRun({
      request,
      policy,
      network:
        stated === undefined
          ? service.sourcing.networkFor(request.demand, policy)
          : statedNetwork(stated, skus, new Date(request.now)),
      items: network?.items ?? skus.flatMap((sku) => service.directory.item(sku) ?? []),
      rateCards: network?.rateCards ?? service.directory.rateCards(),
    });
    if (decision.outcome === 'parked') {
      const { queue, reason } = decision;
      return { status: 200, body: { ...nothingPlanned(request), parked: { queue, reason } } };
    }
    const answer = decisionAnswer(decision.record);
    return {
      status: 200,
      body: {
        outcome: 'planned',
        objective: answer.objective,
        bound: answer.bound,
        proven: answer.proven,
        gap: answer.gap,
        cost: decision.fulfilments.reduce((sum, { cost }) => sum + cost, 0),
        plan: decision.fulfilments,
        unfilled: decision.unfilled,
        otherwise: decision.otherwise,
        explanation,
        decision: answer,
        parked: null,
      },
    };
  },
});

const nothingPlanned = ({ demand }: SourcingRequest) => ({
  outcome: 'parked',
  objective: 0,
  bound: 0,
  proven: true,
  gap: 0,
  cost: 0,
  plan: [],
  unfilled: demand.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
  otherwise: null,
  explanation: null,
  decision: null,
});
