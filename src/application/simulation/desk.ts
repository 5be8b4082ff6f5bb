import { hash } from 'node:crypto';
import {
  type Simulation,
  type SimulationCommand,
  type SimulationEvent,
  type SimulationRequest,
  simulationStream,
} from '../../domain/simulation.ts';
import type { ReadStore } from '../../projections/read-store.ts';
import type { CommandContext, Executor } from '../execute.ts';
import type { Pulse } from '../pulses.ts';
import { withLargestChanges } from './largest-changes.ts';
import { HistoryUnreadable, type RunSimulation } from './run.ts';
import { createRunningSimulations } from './running-simulations.ts';
import type { SimulationResult, Variant } from './simulation.ts';

export type SimulationView =
  | { readonly status: 'unknown' }
  | { readonly status: 'running'; readonly request: SimulationRequest; readonly progress: number }
  /** The node that ran it ended. */
  | { readonly status: 'interrupted'; readonly request: SimulationRequest }
  | { readonly status: 'failed'; readonly request: SimulationRequest; readonly reason: string }
  | { readonly status: 'completed'; readonly request: SimulationRequest; readonly result: SimulationResult }
  /** It was completed, but only the newest results are kept. */
  | { readonly status: 'forgotten'; readonly request: SimulationRequest };

export type SimulationDesk = {
  /** Records the request; it then runs when those before it are done. */
  readonly start: (
    request: SimulationRequest,
    context: CommandContext,
  ) => Promise<{ readonly position: string | null }>;
  readonly read: (simulationId: string) => Promise<SimulationView>;
  /** Resolves when nothing is running or queued here. */
  readonly idle: () => Promise<void>;
  /** Ends what runs here: it then counts as interrupted, and so does what is queued. */
  readonly stop: () => Promise<void>;
};

export const SIMULATION_RESULTS = { name: 'simulation-results', indexes: [] } as const;

const KEPT_RESULTS = 50;
/** A document of MongoDB may have 16 MB: some 20,000 orders, and the figures of some thousand locations. */
const BYTES_FOR_CHANGES = 4_000_000;
/** Results are written once. */
const ONCE = '0';
const UNEXPECTED = 'An unexpected error ended it; the log of the node has it.';

export type SimulationDeskDependencies = {
  /** Results are no read model: they cannot be rebuilt once the policies' world has moved on. */
  readonly vault: ReadStore;
  readonly simulations: Executor<Simulation, SimulationCommand, SimulationEvent>;
  readonly run: RunSimulation;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly onError: (error: unknown) => void;
};

/** Takes simulations one after the other, records each, and keeps what it came to. */
export const createSimulationDesk = (dependencies: SimulationDeskDependencies): SimulationDesk => {
  const { vault, simulations, run, now, newId, onError } = dependencies;
  const running = createRunningSimulations({ vault, now, onError });
  const stopping = new AbortController();
  let queue: Promise<void> = Promise.resolve();

  const tell = (simulationId: string, command: SimulationCommand, cause: CommandContext) =>
    simulations.execute(simulationStream(simulationId), command, {
      ...cause,
      actor: 'system:simulation',
      commandId: newId(),
      causationId: cause.commandId,
    });

  const forgetOld = async (): Promise<void> => {
    const old = await running.completedBefore(KEPT_RESULTS);
    if (old.length === 0) return;
    await vault.write(
      SIMULATION_RESULTS.name,
      old.map((id) => ({ id, position: `${ONCE}~`, body: null })),
    );
    await running.forget(old);
  };

  const perform = async (
    { simulationId, from, to, variants }: SimulationRequest,
    cause: CommandContext,
    pulse: Pulse,
  ): Promise<void> => {
    const { signal } = stopping;
    try {
      signal.throwIfAborted();
      const worlds = variants.map(({ name, ...policy }): Variant => ({ name, policy }));
      const all = await run(worlds, { from, to }, { onProgress: pulse.set, signal }).finally(pulse.stop);
      const result = withLargestChanges(all, BYTES_FOR_CHANGES);
      await vault.write(SIMULATION_RESULTS.name, [{ id: simulationId, position: ONCE, body: { result } }]);
      await running.completed(simulationId);
      const digest = hash('sha256', JSON.stringify(result));
      await tell(simulationId, { type: 'CompleteSimulation', data: { simulationId, digest } }, cause);
      await forgetOld().catch(onError);
    } catch (error) {
      pulse.stop();
      if (signal.aborted) return running.forget([simulationId]).catch(onError);
      onError(error);
      const reason = error instanceof HistoryUnreadable ? error.message : UNEXPECTED;
      await tell(simulationId, { type: 'FailSimulation', data: { simulationId, reason } }, cause).catch(onError);
    }
  };

  /** Not where it has ended, or is under way on some node: then it was asked for again. */
  const isToBeRun = async (simulationId: string): Promise<boolean> => {
    const { state } = await simulations.load(simulationStream(simulationId));
    if (state.status === 'running') return (await running.progress(simulationId)) === null;
    return state.status === 'unknown';
  };

  return {
    start: async (request, context) => {
      const { simulationId } = request;
      const ask = () =>
        simulations.execute(simulationStream(simulationId), { type: 'RequestSimulation', data: request }, context);
      if (!(await isToBeRun(simulationId))) return { position: (await ask()).position };
      const pulse = await running.begin(simulationId);
      const { position } = await ask().catch(async (error: unknown) => {
        pulse.stop();
        await running.forget([simulationId]).catch(onError);
        throw error;
      });
      queue = queue.then(() => perform(request, context, pulse));
      return { position };
    },
    read: async (simulationId) => {
      const { state } = await simulations.load(simulationStream(simulationId));
      if (state.status === 'unknown' || state.status === 'failed') return state;
      const { request } = state;
      if (state.status === 'running') {
        const progress = await running.progress(simulationId);
        return progress === null ? { status: 'interrupted', request } : { status: 'running', request, progress };
      }
      const stored = (await vault.get(SIMULATION_RESULTS.name, [simulationId])).get(simulationId);
      return stored === undefined
        ? { status: 'forgotten', request }
        : { status: 'completed', request, result: stored.body.result as SimulationResult };
    },
    idle: () => queue,
    stop: async () => {
      stopping.abort();
      await queue;
    },
  };
};
