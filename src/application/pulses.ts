import type { ReadStore } from '../projections/read-store.ts';

const BEAT_MS = 2_000;
/** A node that has not been heard for so long has ended. */
const SILENT_MS = 30_000;

/** A work that is under way on this node. */
export type Pulse = {
  /** 0 to 1. */
  readonly set: (progress: number) => void;
  readonly stop: () => void;
};

/** Tells every node what is under way on any of them. Waiting counts: the node is alive and will come to it. */
export type Pulses = {
  readonly begin: (id: string) => Promise<Pulse>;
  /** 0 to 1; null where no node has it under way. */
  readonly progress: (id: string) => Promise<number | null>;
  readonly forget: (ids: readonly string[]) => Promise<void>;
};

export type PulsesDependencies = {
  readonly vault: ReadStore;
  readonly collection: string;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
};

/** Where a document of that time stands among its versions. */
const placeIn = (time: Date): string => String(time.getTime()).padStart(16, '0');

/** What is final stands behind any beat, also one that is still on its way. */
export const finalPlace = (time: Date): string => `${placeIn(time)}~`;

/** One document for each work, written anew every other second for as long as it is under way. */
export const createPulses = ({ vault, collection, now, onError }: PulsesDependencies): Pulses => {
  const beat = async (id: string, progress: number): Promise<void> => {
    const at = now();
    await vault.write(collection, [{ id, position: placeIn(at), body: { progress, at: at.toISOString() } }]);
  };

  return {
    begin: async (id) => {
      await beat(id, 0);
      let progress = 0;
      const timer = setInterval(() => void beat(id, progress).catch(onError), BEAT_MS).unref();
      return {
        set: (done) => {
          progress = done;
        },
        stop: () => clearInterval(timer),
      };
    },
    progress: async (id) => {
      const stored = (await vault.get(collection, [id])).get(id)?.body;
      const isFresh = now().getTime() - Date.parse(String(stored?.at)) < SILENT_MS;
      return stored !== undefined && isFresh ? Number(stored.progress) : null;
    },
    forget: async (ids) => {
      const position = finalPlace(now());
      await vault.write(
        collection,
        ids.map((id) => ({ id, position, body: null })),
      );
    },
  };
};
