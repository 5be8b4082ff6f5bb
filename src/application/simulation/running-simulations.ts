import { createPulses, finalPlace, type Pulses, type PulsesDependencies } from '../pulses.ts';

/** How simulations stand that run on any node, and when those were completed whose results are kept. */
export const SIMULATION_STATES = { name: 'simulation-states', indexes: [['completedAt']] } as const;

const MOST_FORGOTTEN = 50;

export type RunningSimulations = Pulses & {
  readonly completed: (simulationId: string) => Promise<void>;
  /** Those completed before the newest so many. */
  readonly completedBefore: (newest: number) => Promise<readonly string[]>;
};

export const createRunningSimulations = (dependencies: Omit<PulsesDependencies, 'collection'>): RunningSimulations => {
  const { vault, now } = dependencies;
  return {
    ...createPulses({ ...dependencies, collection: SIMULATION_STATES.name }),
    completed: async (id) => {
      const at = now();
      const body = { progress: 1, at: at.toISOString(), completedAt: at.toISOString() };
      await vault.write(SIMULATION_STATES.name, [{ id, position: finalPlace(at), body }]);
    },
    completedBefore: async (newest) => {
      const kept = await vault.find(SIMULATION_STATES.name, {
        ...{ orderBy: 'completedAt', descending: true, limit: newest + MOST_FORGOTTEN },
      });
      return kept.slice(newest).map(({ id }) => id);
    },
  };
};
