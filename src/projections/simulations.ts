import type { Instant } from '../domain/values.ts';
import type { Projection } from './projection.ts';

/** Who asked for which simulation; its result is kept elsewhere. */
export type SimulationDocument = {
  readonly simulationId: string;
  readonly status: 'running' | 'completed' | 'failed';
  readonly from: Instant;
  readonly to: Instant;
  readonly variants: readonly { readonly name: string; readonly version: number; readonly hash: string }[];
  readonly requestedAt: Instant;
  readonly requestedBy: string;
};

export const simulations: Projection<SimulationDocument> = {
  name: 'simulations',
  version: 1,
  streamPrefixes: ['simulation-'],
  indexes: [['requestedAt']],
  ids: (event) =>
    event.type === 'SimulationRequested' || event.type === 'SimulationCompleted' || event.type === 'SimulationFailed'
      ? [event.data.simulationId]
      : [],
  evolve: (document, event) => {
    switch (event.type) {
      case 'SimulationRequested': {
        const { simulationId, from, to, variants } = event.data;
        return {
          ...{ simulationId, status: 'running', from, to },
          variants: variants.map(({ name, version, hash }) => ({ name, version, hash })),
          requestedAt: event.metadata.recordedAt,
          requestedBy: event.metadata.actor,
        };
      }
      case 'SimulationCompleted':
        return document === null ? null : { ...document, status: 'completed' };
      case 'SimulationFailed':
        return document === null ? null : { ...document, status: 'failed' };
      default:
        return document;
    }
  },
};
