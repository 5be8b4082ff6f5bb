import { describe, expect, it } from 'vitest';
import {
  type SimulationCommand,
  type SimulationEvent,
  type SimulationRequest,
  simulationDecider,
} from '../../src/domain/simulation.ts';
import { examplePolicy } from '../support/policies.ts';
import { fold, spec } from '../support/spec.ts';

const simulation = spec(simulationDecider);
const data: SimulationRequest = {
  simulationId: 's1',
  from: '2026-02-01T00:00:00.000Z',
  to: '2026-03-01T00:00:00.000Z',
  variants: [{ name: 'one', version: -1, hash: 'h', policy: examplePolicy('One') }],
};
const request: SimulationCommand = { type: 'RequestSimulation', data };
const requested: SimulationEvent = { type: 'SimulationRequested', data };
const complete: SimulationCommand = { type: 'CompleteSimulation', data: { simulationId: 's1', digest: 'd' } };
const completed: SimulationEvent = { type: 'SimulationCompleted', data: { simulationId: 's1', digest: 'd' } };
const fail: SimulationCommand = { type: 'FailSimulation', data: { simulationId: 's1', reason: 'unreadable' } };
const failed: SimulationEvent = { type: 'SimulationFailed', data: { simulationId: 's1', reason: 'unreadable' } };

describe('the record of a simulation', () => {
  it('begins with who asked for what, once', () => {
    simulation.when(request).yields(requested);
    simulation.given(requested).when(request).changesNothing();
    simulation.given(requested, completed).when(request).changesNothing();
  });

  it('ends once, completed or failed', () => {
    simulation.given(requested).when(complete).yields(completed);
    simulation.given(requested).when(fail).yields(failed);
    for (const end of [completed, failed]) {
      simulation.given(requested, end).when(complete).changesNothing();
      simulation.given(requested, end).when(fail).changesNothing();
    }
  });

  it('does not end before it begins', () => {
    simulation.when(complete).refuses('simulation-unknown');
    simulation.when(fail).refuses('simulation-unknown');
  });

  it('keeps the policies with it, and why it failed', () => {
    expect(fold(simulationDecider, [requested, failed])).toEqual({
      status: 'failed',
      request: data,
      reason: 'unreadable',
    });
    expect(fold(simulationDecider, [completed])).toEqual({ status: 'unknown' });
  });
});
