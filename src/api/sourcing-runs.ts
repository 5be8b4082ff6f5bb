import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { SourcingRunView } from '../application/sourcing-runs.ts';
import { DomainError } from '../domain/error.ts';
import { BACKORDERS } from '../domain/sourcing/policy.ts';
import { runResults } from '../domain/sourcing-run.ts';
import { pageOf } from './answers.ts';
import { listPage, unlessInterrupted } from './reading.ts';
import { type AnyCall, type Route, route } from './route.ts';
import { id, page, whole } from './schemas.ts';

const tag = 'Sourcing';
const readers = ['admin', 'operator', 'auditor', 'reporting'] as const;
const params = z.strictObject({ runId: id });

const MOST_ORDERS = 2_000;
const USUAL_ORDERS = 500;
/** Small runs are answered with what they came to. */
const WAIT_MS = 3_000;

const count = z.int().min(0);
const outcome = z.object({
  unfilled: count.describe('Units.'),
  fulfilments: count,
  objective: z.array(z.number()).describe('Of the policy, stage by stage; with `weighted` there is one.'),
});
const request = {
  runId: z.string(),
  queue: z.string(),
  limit: count,
  dryRun: z.boolean(),
  scheduled: z.boolean(),
  status: z
    .enum(['running', 'interrupted', 'completed', 'failed'])
    .describe('`interrupted`: the node that ran it ended; what it recorded until then stands, the others still wait.'),
};
const totals = z.object({
  before: outcome.describe('One by one, longest wait first.'),
  after: outcome.describe('Together.'),
  bound: z
    .number()
    .nullable()
    .describe('What no objective can be below that leaves as few unpriced units over; null: not known.'),
  searches: count,
});
export const runAnswer = z
  .object({
    ...request,
    reason: z.string().optional().describe('Why it failed.'),
    note: z.string().optional().describe('That nobody was waiting in the queue: it may be misspelt.'),
    report: totals
      .extend({
        orders: z.array(z.object({ orderId: z.string(), result: z.enum(runResults), before: outcome, after: outcome })),
      })
      .nullable(),
  })
  .meta({ id: 'SourcingRun' });
export const runItem = z.object({
  ...request,
  startedAt: z.string(),
  startedBy: z.string(),
  endedAt: z.string().nullable(),
  totals: totals.extend({ orders: count }).nullable(),
});

const answerOf = (run: Exclude<SourcingRunView, { status: 'unknown' }>) => ({
  ...run.request,
  status: run.status,
  report: run.status === 'completed' ? run.report : null,
  ...(run.status === 'failed' ? { reason: run.reason } : {}),
  ...(run.status === 'completed' && run.report.orders.length === 0
    ? { note: `No order was waiting to be sourced in "${run.request.queue}".` }
    : {}),
});

const known = async (call: AnyCall, runId: string) => {
  const { state, position } = await call.service.sourcingRuns.read(runId);
  if (state.status === 'unknown') throw new DomainError('sourcing-run-unknown', `There is no sourcing run ${runId}.`);
  if (position !== null) call.ownWrites.note(call.caller.keyId, position);
  return state;
};

export const sourcingRuns: readonly Route[] = [
  route({
    method: 'post',
    path: '/v1/sourcing/runs',
    tag,
    summary: 'Source the waiting orders of a queue together',
    description:
      'Orders that compete for stock and capacity share it out so that all together are best off by their policy, and never worse ' +
      'than one by one. `before` and `after` tell what each order comes to either way. A dry run records nothing but itself. ' +
      'Answers 200 when the run has ended within some seconds, else 202: read it later.',
    roles: ['admin', 'operator'],
    body: z.strictObject({
      queue: id.default(BACKORDERS).describe('`backorders`, or a queue that orders are parked in.'),
      limit: whole.min(1).max(MOST_ORDERS).default(USUAL_ORDERS).describe('Orders, longest wait first.'),
      dryRun: z.boolean().default(false),
    }),
    answers: {
      200: { description: 'The run and what it came to.', schema: runAnswer },
      202: { description: 'The run goes on.', schema: runAnswer },
    },
    handle: async (call) => {
      const { runId, ended } = await call.service.sourcingRuns.start(
        { runId: call.newId(), ...call.body, scheduled: false },
        call.context(),
      );
      await Promise.race([ended, setTimeout(WAIT_MS, undefined, { ref: false })]);
      const run = await known(call, runId);
      return { status: run.status === 'running' ? 202 : 200, body: answerOf(run) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/sourcing/runs',
    tag,
    summary: 'Sourcing runs, newest first',
    roles: readers,
    query: z.strictObject({ ...page, queue: id.exactOptional() }),
    answers: { 200: { description: 'A page of runs.', schema: pageOf(runItem) } },
    handle: (call) =>
      listPage(call, {
        name: 'sourcing-runs',
        ...(call.query.queue === undefined ? {} : { equals: { queue: call.query.queue } }),
        orderBy: 'startedAt',
        descending: true,
        item: ({ id: one, body }) =>
          unlessInterrupted(body, async () => (await call.service.sourcingRuns.read(one)).state.status),
      }),
  }),
  route({
    method: 'get',
    path: '/v1/sourcing/runs/{runId}',
    tag,
    summary: 'A sourcing run with what each order came to',
    roles: readers,
    params,
    answers: { 200: { description: 'The run.', schema: runAnswer } },
    handle: async (call) => ({ status: 200, body: answerOf(await known(call, call.params.runId)) }),
  }),
];
