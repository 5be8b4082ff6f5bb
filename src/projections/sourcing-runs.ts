import type { SourcingRunReport, SourcingRunRequest } from '../domain/sourcing-run.ts';
import type { Instant } from '../domain/values.ts';
import type { Projection } from './projection.ts';

/** A run and what it came to; the orders one by one are with the run itself. */
export type SourcingRunDocument = SourcingRunRequest & {
  readonly status: 'running' | 'completed' | 'failed';
  readonly startedAt: Instant;
  readonly startedBy: string;
  readonly endedAt: Instant | null;
  /** Null until it has completed. */
  readonly totals: (Omit<SourcingRunReport, 'orders'> & { readonly orders: number }) | null;
};

export const sourcingRuns: Projection<SourcingRunDocument> = {
  name: 'sourcing-runs',
  version: 1,
  streamPrefixes: ['sourcingRun-'],
  indexes: [['startedAt'], ['queue', 'startedAt'], ['queue', 'dryRun', 'startedAt']],
  ids: (event) =>
    event.type === 'SourcingRunStarted' || event.type === 'SourcingRunCompleted' || event.type === 'SourcingRunFailed'
      ? [event.data.runId]
      : [],
  evolve: (document, event) => {
    const { recordedAt, actor } = event.metadata;
    switch (event.type) {
      case 'SourcingRunStarted':
        return {
          ...event.data,
          ...{ status: 'running', startedAt: recordedAt, startedBy: actor, endedAt: null, totals: null },
        };
      case 'SourcingRunCompleted': {
        const { orders, before, after, bound, searches } = event.data;
        const totals = { before, after, bound, searches, orders: orders.length };
        return document === null ? null : { ...document, status: 'completed', endedAt: recordedAt, totals };
      }
      case 'SourcingRunFailed':
        return document === null ? null : { ...document, status: 'failed', endedAt: recordedAt };
      default:
        return document;
    }
  },
};
