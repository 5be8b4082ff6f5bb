import {
  type SourcingRun,
  type SourcingRunCommand,
  type SourcingRunEvent,
  type SourcingRunRequest,
  sourcingRunStream,
} from '../domain/sourcing-run.ts';
import type { ReadStore } from '../projections/read-store.ts';
import type { CommandContext, Executor, Loaded } from './execute.ts';
import type { StepContext } from './fulfilment-process.ts';
import { createPulses, type Pulse } from './pulses.ts';
import { type JointSourcing, sourceQueue } from './source-queue.ts';

export type SourcingRunDesk = {
  /** Starts a run, once, as soon as the one before has ended. `ended` never fails: how it went is in the run. */
  readonly start: (
    request: SourcingRunRequest,
    context: CommandContext,
  ) => Promise<{ readonly runId: string; readonly ended: Promise<void> }>;
  readonly read: (runId: string) => Promise<Loaded<SourcingRunView>>;
  /** Ends what runs here: what it recorded until then stands. */
  readonly stop: () => Promise<void>;
};

/** `interrupted`: the node that ran it ended before it could say so. */
export type SourcingRunView = SourcingRun | { readonly status: 'interrupted'; readonly request: SourcingRunRequest };

export const SOURCING_RUN_PULSES = { name: 'sourcing-run-pulses', indexes: [] } as const;

export type SourcingRunDependencies = Omit<JointSourcing, 'signal'> & {
  readonly vault: ReadStore;
  readonly runs: Executor<SourcingRun, SourcingRunCommand, SourcingRunEvent>;
};

const STOPPED = 'The node that ran it was stopped.';

export const createSourcingRunDesk = (dependencies: SourcingRunDependencies): SourcingRunDesk => {
  const { runs, newId, onError } = dependencies;
  const pulses = createPulses({ ...dependencies, collection: SOURCING_RUN_PULSES.name });
  const stopping = new AbortController();
  let last: Promise<void> = Promise.resolve();

  const tell = (command: SourcingRunCommand, cause: StepContext) =>
    runs.execute(sourcingRunStream(command.data.runId), command, { ...cause, commandId: newId() });

  const work = async (request: SourcingRunRequest, cause: StepContext): Promise<void> => {
    const { runId } = request;
    try {
      const report = await sourceQueue(request, cause, { ...dependencies, signal: stopping.signal });
      await tell({ type: 'CompleteSourcingRun', data: { runId, ...report } }, cause);
    } catch (error) {
      if (!stopping.signal.aborted) onError(error);
      const reason = stopping.signal.aborted ? STOPPED : error instanceof Error ? error.message : String(error);
      await tell({ type: 'FailSourcingRun', data: { runId, reason } }, cause).catch(onError);
    }
  };

  const end = async (runId: string, pulse: Pulse): Promise<void> => {
    pulse.stop();
    await pulses.forget([runId]).catch(onError);
  };

  const whileSeen = async (runId: string, pulse: Pulse, doing: Promise<void>): Promise<void> => {
    await doing;
    await end(runId, pulse);
  };

  return {
    start: async (request, context) => {
      const { runId } = request;
      const command = { type: 'StartSourcingRun', data: request } as const;
      const pulse = await pulses.begin(runId);
      const started = runs.execute(sourcingRunStream(runId), command, context);
      const { events, state } = await started.catch(async (error: unknown) => {
        await end(runId, pulse);
        throw error;
      });
      if (events.length === 0) {
        // Where it is still under way, its node goes on telling so.
        if (state.status === 'running') pulse.stop();
        else await end(runId, pulse);
        return { runId, ended: Promise.resolve() };
      }
      const { correlationId, commandId } = context;
      const cause = { actor: 'system:sourcing-run', channel: null, correlationId, causationId: commandId };
      last = whileSeen(
        runId,
        pulse,
        last.then(() => work(request, cause)),
      );
      return { runId, ended: last };
    },
    read: async (runId) => {
      const first = await runs.load(sourcingRunStream(runId));
      if (first.state.status !== 'running' || (await pulses.progress(runId)) !== null) return first;
      // It may have ended since: that is recorded before its pulse stops.
      const again = await runs.load(sourcingRunStream(runId));
      if (again.state.status !== 'running') return again;
      return { ...again, state: { status: 'interrupted', request: again.state.request } };
    },
    stop: async () => {
      stopping.abort();
      await last;
    },
  };
};
