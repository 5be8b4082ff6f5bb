import { describe, expect, it } from 'vitest';
import { simulations } from '../../src/projections/simulations.ts';
import { bodiesOf } from '../support/fold-documents.ts';
import { asRecorded, type Happening, instant } from '../support/history.ts';
import { examplePolicy } from '../support/policies.ts';

const requested = (simulationId: string): Happening => [
  `simulation-${simulationId}`,
  {
    type: 'SimulationRequested',
    data: {
      ...{ simulationId, from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' },
      variants: [{ name: 'one', version: 3, hash: 'h', policy: examplePolicy('One') }],
    },
  },
];

const history: readonly Happening[] = [
  requested('a'),
  requested('b'),
  ['simulation-b', { type: 'SimulationFailed', data: { simulationId: 'b', reason: 'unreadable' } }],
  requested('c'),
  ['simulation-a', { type: 'SimulationCompleted', data: { simulationId: 'a', digest: 'd' } }],
];

describe('the read model of simulations', () => {
  it('holds who asked for which, when, and how each stands, without the policies', () => {
    const asked = (simulationId: string, status: string, at: number) => ({
      ...{ simulationId, status, from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' },
      variants: [{ name: 'one', version: 3, hash: 'h' }],
      ...{ requestedAt: instant(at), requestedBy: 'tester' },
    });
    expect(bodiesOf(simulations, asRecorded(history))).toEqual({
      a: asked('a', 'completed', 1),
      b: asked('b', 'failed', 2),
      c: asked('c', 'running', 4),
    });
  });
});
