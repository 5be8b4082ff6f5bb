import type { ReadStore } from '../../projections/read-store.ts';

/** How simulations stand that run on any node, and when those were completed whose results are kept. */
export const SIMULATION_STATES = { name: 'simulation-states', indexes: [['completedAt']] } as const;

const BEAT_MS = 2_000;
/** A node that has not been heard for so long has ended. */
const SILENT_MS = 30_000;
const MOST_FORGOTTEN = 50;

export type Pulse = { readonly set: (progress: number) => void; readonly stop: () => void };

export type RunningSimulations = {
  /** From now on other nodes can see that it is under way here. Waiting counts: the node is alive and will come to it. */
  readonly begin: (simulationId: string) => Promise<Pulse>;
  /** 0 to 1; null where no node has it under way. */
  readonly progress: (simulationId: string) => Promise<number | null>;
  readonly completed: (simulationId: string) => Promise<void>;
  /** Those completed before the newest so many. */
  readonly completedBefore: (newest: number) => Promise<readonly string[]>;
  readonly forget: (simulationIds: readonly string[]) => Promise<void>;
};

export type RunningSimulationsDependencies = {
  readonly vault: ReadStore;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
};

export const createRunningSimulations = (dependencies: RunningSimulationsDependencies): RunningSimulations => {
  const { vault, now, onError } = dependencies;

  const placeIn = (time: Date): string => String(time.getTime()).padStart(16, '0');

  /** What is final stands behind any beat, also one that is still on its way. */
  const final = (): string => `${placeIn(now())}~`;

  const beat = async (id: string, progress: number): Promise<void> => {
    const at = now();
    await vault.write(SIMULATION_STATES.name, [
      { id, position: placeIn(at), body: { progress, at: at.toISOString() } },
    ]);
  };

  return {
    begin: async (simulationId) => {
      await beat(simulationId, 0);
      let progress = 0;
      const timer = setInterval(() => void beat(simulationId, progress).catch(onError), BEAT_MS).unref();
      return {
        set: (done) => {
          progress = done;
        },
        stop: () => clearInterval(timer),
      };
    },
    progress: async (simulationId) => {
      const stored = (await vault.get(SIMULATION_STATES.name, [simulationId])).get(simulationId)?.body;
      const isFresh = now().getTime() - Date.parse(String(stored?.at)) < SILENT_MS;
      return stored !== undefined && isFresh ? Number(stored.progress) : null;
    },
    completed: async (id) => {
      const at = now().toISOString();
      await vault.write(SIMULATION_STATES.name, [
        { id, position: final(), body: { progress: 1, at, completedAt: at } },
      ]);
    },
    completedBefore: async (newest) => {
      const kept = await vault.find(SIMULATION_STATES.name, {
        ...{ orderBy: 'completedAt', descending: true, limit: newest + MOST_FORGOTTEN },
      });
      return kept.slice(newest).map(({ id }) => id);
    },
    forget: async (simulationIds) => {
      const position = final();
      await vault.write(
        SIMULATION_STATES.name,
        simulationIds.map((id) => ({ id, position, body: null })),
      );
    },
  };
};
