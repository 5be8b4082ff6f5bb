import { describe, expect, it } from 'vitest';
import { type SourcingRunCommand, type SourcingRunReport, sourcingRunDecider } from '../../src/domain/sourcing-run.ts';
import { sourcingRuns } from '../../src/projections/sourcing-runs.ts';
import { bodiesOf } from '../support/fold-documents.ts';
import { asRecorded, type Happening, instant } from '../support/history.ts';
import { fold, historyOf, spec } from '../support/spec.ts';

const run = spec(sourcingRunDecider);
const request = { runId: 'r1', queue: 'backorders', limit: 10, dryRun: false, scheduled: false };
const outcome = { unfilled: 1, fulfilments: 1, objective: [100] };
const report: SourcingRunReport = {
  before: outcome,
  after: outcome,
  bound: 90,
  searches: 4,
  orders: [{ orderId: 'o1', result: 'sourced', before: outcome, after: outcome }],
};
const start: SourcingRunCommand = { type: 'StartSourcingRun', data: request };
const complete: SourcingRunCommand = { type: 'CompleteSourcingRun', data: { runId: 'r1', ...report } };
const fail: SourcingRunCommand = { type: 'FailSourcingRun', data: { runId: 'r1', reason: 'no' } };
const past = (...commands: readonly SourcingRunCommand[]) => historyOf(sourcingRunDecider, commands);

describe('a sourcing run', () => {
  it('starts, and ends by completing or failing', () => {
    run.when(start).yields({ type: 'SourcingRunStarted', data: request });
    run
      .given(...past(start))
      .when(complete)
      .yields({ type: 'SourcingRunCompleted', data: { runId: 'r1', ...report } });
    run
      .given(...past(start))
      .when(fail)
      .yields({ type: 'SourcingRunFailed', data: { runId: 'r1', reason: 'no' } });
    expect(fold(sourcingRunDecider, past(start, complete))).toEqual({ status: 'completed', request, report });
  });

  it('changes nothing when it is told again, or has ended otherwise', () => {
    run
      .given(...past(start))
      .when(start)
      .changesNothing();
    run
      .given(...past(start, complete))
      .when(fail)
      .changesNothing();
    run
      .given(...past(start, fail))
      .when(complete)
      .changesNothing();
  });

  it('refuses to end before it started', () => run.when(complete).refuses('sourcing-run-unknown'));
});

describe('the history of sourcing runs', () => {
  it('has each run with its totals once it has ended', () => {
    const of = (runId: string, commands: readonly SourcingRunCommand[]): readonly Happening[] =>
      past(...commands).map((event) => [
        `sourcingRun-${runId}`,
        { ...event, data: { ...event.data, runId } } as typeof event,
      ]);
    const documents = bodiesOf(
      sourcingRuns,
      asRecorded([...of('r1', [start, complete]), ...of('r2', [start, fail]), ...of('r3', [start])]),
    );
    const known = { queue: 'backorders', limit: 10, dryRun: false, scheduled: false, startedBy: 'tester' };
    const { orders, ...totals } = report;
    expect(documents).toEqual({
      r1: {
        ...known,
        ...{ runId: 'r1', status: 'completed', startedAt: instant(1), endedAt: instant(2) },
        totals: { ...totals, orders: orders.length },
      },
      r2: { ...known, runId: 'r2', status: 'failed', startedAt: instant(3), endedAt: instant(4), totals: null },
      r3: { ...known, runId: 'r3', status: 'running', startedAt: instant(5), endedAt: null, totals: null },
    });
  });
});
