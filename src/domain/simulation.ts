import type { Decider } from './decider.ts';
import { DomainError } from './error.ts';
import type { Policy } from './sourcing/policy.ts';
import type { Instant } from './values.ts';

export const simulationStream = (simulationId: string): string => `simulation-${simulationId}`;

/** `version`: of a published policy, or -1. */
export type SimulatedPolicy = {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly policy: Policy;
};

export type SimulationRequest = {
  readonly simulationId: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly variants: readonly SimulatedPolicy[];
};

// Stored format: names and fields are permanent.
export type SimulationEvent =
  | { readonly type: 'SimulationRequested'; readonly data: SimulationRequest }
  /** `digest`: SHA-256 of the result as it was stored beside the log. */
  | { readonly type: 'SimulationCompleted'; readonly data: { readonly simulationId: string; readonly digest: string } }
  | { readonly type: 'SimulationFailed'; readonly data: { readonly simulationId: string; readonly reason: string } };

export type Simulation =
  | { readonly status: 'unknown' }
  | { readonly status: 'running' | 'completed'; readonly request: SimulationRequest }
  | { readonly status: 'failed'; readonly request: SimulationRequest; readonly reason: string };

export type SimulationCommand =
  | { readonly type: 'RequestSimulation'; readonly data: SimulationRequest }
  | { readonly type: 'CompleteSimulation'; readonly data: { readonly simulationId: string; readonly digest: string } }
  | { readonly type: 'FailSimulation'; readonly data: { readonly simulationId: string; readonly reason: string } };

const decide = (command: SimulationCommand, state: Simulation): readonly SimulationEvent[] => {
  if (command.type === 'RequestSimulation') {
    return state.status === 'unknown' ? [{ type: 'SimulationRequested', data: command.data }] : [];
  }
  const { simulationId } = command.data;
  if (state.status === 'unknown')
    throw new DomainError('simulation-unknown', `There is no simulation ${simulationId}.`);
  if (state.status !== 'running') return [];
  return command.type === 'CompleteSimulation'
    ? [{ type: 'SimulationCompleted', data: command.data }]
    : [{ type: 'SimulationFailed', data: command.data }];
};

const evolve = (state: Simulation, event: SimulationEvent): Simulation => {
  if (event.type === 'SimulationRequested') return { status: 'running', request: event.data };
  if (state.status === 'unknown') return state;
  const { request } = state;
  return event.type === 'SimulationCompleted'
    ? { status: 'completed', request }
    : { status: 'failed', request, reason: event.data.reason };
};

export const simulationDecider: Decider<Simulation, SimulationCommand, SimulationEvent> = {
  initialState: () => ({ status: 'unknown' }),
  evolve,
  decide,
};
