import type { Decider } from './decider.ts';
import { DomainError } from './error.ts';
import type { Quantity } from './values.ts';

export const sourcingRunStream = (runId: string): string => `sourcingRun-${runId}`;

export type SourcingRunRequest = {
  readonly runId: string;
  /** `backorders`, or the name of one that orders are parked in. */
  readonly queue: string;
  readonly limit: Quantity;
  /** Nothing but the run itself is recorded. */
  readonly dryRun: boolean;
  /** Of the policy's schedule, and not of somebody's request. */
  readonly scheduled: boolean;
};

/** What a plan comes to; `objective` stage by stage, prices of units left over included where they have one. */
export type RunOutcome = {
  readonly unfilled: Quantity;
  readonly fulfilments: Quantity;
  readonly objective: readonly number[];
};

/**
 * - `sourced`: it got something, and that was recorded  - `waits`: there is nothing for it
 * - `superseded`: it had changed meanwhile              - `planned`: it would get something (dry run)
 */
export const runResults = ['sourced', 'waits', 'superseded', 'planned'] as const;

/** `before`: one by one, longest wait first; `after`: together. */
export type RunOrder = {
  readonly orderId: string;
  readonly result: (typeof runResults)[number];
  readonly before: RunOutcome;
  readonly after: RunOutcome;
};

export type SourcingRunReport = {
  readonly before: RunOutcome;
  readonly after: RunOutcome;
  /** What the objective cannot be below while as few unpriced units are left over; null: not known. */
  readonly bound: number | null;
  readonly searches: number;
  readonly orders: readonly RunOrder[];
};

// Stored format: names and fields are permanent.
export type SourcingRunEvent =
  | { readonly type: 'SourcingRunStarted'; readonly data: SourcingRunRequest }
  | { readonly type: 'SourcingRunCompleted'; readonly data: { readonly runId: string } & SourcingRunReport }
  | { readonly type: 'SourcingRunFailed'; readonly data: { readonly runId: string; readonly reason: string } };

export type SourcingRun =
  | { readonly status: 'unknown' }
  | { readonly status: 'running'; readonly request: SourcingRunRequest }
  | { readonly status: 'completed'; readonly request: SourcingRunRequest; readonly report: SourcingRunReport }
  | { readonly status: 'failed'; readonly request: SourcingRunRequest; readonly reason: string };

export type SourcingRunCommand =
  | { readonly type: 'StartSourcingRun'; readonly data: SourcingRunRequest }
  | { readonly type: 'CompleteSourcingRun'; readonly data: { readonly runId: string } & SourcingRunReport }
  | { readonly type: 'FailSourcingRun'; readonly data: { readonly runId: string; readonly reason: string } };

const evolve = (state: SourcingRun, event: SourcingRunEvent): SourcingRun => {
  if (event.type === 'SourcingRunStarted') return { status: 'running', request: event.data };
  if (state.status === 'unknown') return state;
  const { request } = state;
  if (event.type === 'SourcingRunFailed') return { status: 'failed', request, reason: event.data.reason };
  const { runId: _runId, ...report } = event.data;
  return { status: 'completed', request, report };
};

const decide = (command: SourcingRunCommand, state: SourcingRun): readonly SourcingRunEvent[] => {
  if (command.type === 'StartSourcingRun') {
    return state.status === 'unknown' ? [{ type: 'SourcingRunStarted', data: command.data }] : [];
  }
  if (state.status === 'unknown')
    throw new DomainError('sourcing-run-unknown', `There is no sourcing run ${command.data.runId}.`);
  if (state.status !== 'running') return [];
  return command.type === 'CompleteSourcingRun'
    ? [{ type: 'SourcingRunCompleted', data: command.data }]
    : [{ type: 'SourcingRunFailed', data: command.data }];
};

export const sourcingRunDecider: Decider<SourcingRun, SourcingRunCommand, SourcingRunEvent> = {
  initialState: () => ({ status: 'unknown' }),
  evolve,
  decide,
};
