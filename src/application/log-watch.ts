import { setTimeout } from 'node:timers/promises';
import { type EventStore, type RecordedEvent, StoreUnavailable } from '../event-store/event-store.ts';

const PROBE_EVERY_MS = 1_000;
const PROBE_AGAIN_MS = 250;
const LONGEST_PROBE_MS = 3_000;
/** No aggregate has this stream, and appending nothing to it writes nothing. */
const NO_STREAM = 'probe';

export type LogWatch = {
  /** The log; while it is away, what is asked of it fails at once instead of after a time limit. */
  readonly eventStore: EventStore;
  /** What the log cannot do at the moment; null: nothing is wrong. */
  readonly trouble: () => string | null;
  /** Asks the log how it is, until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

/**
 * Knows whether the log answers, by asking it now and then. Appends and reads fail apart: a cluster without a majority, or a
 * full disk, still reads.
 */
export const watchLog = (log: EventStore): LogWatch => {
  const appends = createCircuit('the event log takes no appends', () => log.append(NO_STREAM, 0, []));
  const reads = createCircuit('the event log does not answer', () =>
    Array.fromAsync(log.readAll({ direction: 'backwards', limit: 1 })),
  );
  const reading = (read: () => AsyncIterable<RecordedEvent>): AsyncIterable<RecordedEvent> =>
    reads.trouble() === null ? read() : failing(reads);
  return {
    eventStore: {
      ...log,
      append: async (...append) => {
        appends.assertClosed();
        try {
          return await log.append(...append);
        } catch (error) {
          if (error instanceof StoreUnavailable) appends.suspect();
          throw error;
        }
      },
      readStream: (...asked) => reading(() => log.readStream(...asked)),
      readAll: (...asked) => reading(() => log.readAll(...asked)),
    },
    trouble: () => reads.trouble() ?? appends.trouble(),
    run: async (signal) => {
      await Promise.all([appends.run(signal), reads.run(signal)]);
    },
  };
};

// biome-ignore lint/correctness/useYield: it only fails, and does so when it is read.
async function* failing({ assertClosed }: Circuit): AsyncGenerator<RecordedEvent, void> {
  assertClosed();
}

type Circuit = {
  readonly trouble: () => string | null;
  readonly assertClosed: () => void;
  /** Something failed: look now. */
  readonly suspect: () => void;
  readonly run: (signal: AbortSignal) => Promise<void>;
};

const createCircuit = (complaint: string, probe: () => Promise<unknown>): Circuit => {
  let isAway = false;
  let asked: Promise<boolean> | null = null;
  let wake = new AbortController();

  /** At most one probe is under way: a log that is silent must not be asked ever more. */
  const ask = (): Promise<boolean> => {
    asked ??= probe()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        asked = null;
      });
    return asked;
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      isAway = !(await Promise.race([ask(), setTimeout(LONGEST_PROBE_MS, false, { signal }).catch(() => false)]));
      wake = new AbortController();
      const until = AbortSignal.any([signal, wake.signal]);
      await setTimeout(isAway ? PROBE_AGAIN_MS : PROBE_EVERY_MS, undefined, { signal: until }).catch(() => undefined);
    }
  };

  return {
    trouble: () => (isAway ? complaint : null),
    assertClosed: () => {
      if (isAway) throw new StoreUnavailable(complaint, 'none');
    },
    suspect: () => wake.abort(),
    run,
  };
};
