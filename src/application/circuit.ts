import { setTimeout } from 'node:timers/promises';

export type CircuitTimes = { readonly everyMs: number; readonly againMs: number; readonly silenceMs: number };

const TIMES: CircuitTimes = { everyMs: 1_000, againMs: 250, silenceMs: 2_000 };
/** A silence may as well be ours: a process that has no time hears no answers. */
const SILENCES = 2;

/** Knows whether a store answers, by asking it now and then; while it does not, nobody need wait for it in vain. */
export type Circuit = {
  /** What is wrong at the moment; null: nothing. */
  readonly trouble: () => string | null;
  /** Something failed: look now. */
  readonly suspect: () => void;
  readonly run: (signal: AbortSignal) => Promise<void>;
};

export const createCircuit = (complaint: string, probe: () => Promise<unknown>, times = TIMES): Circuit => {
  let isAway = false;
  let silences = 0;
  let asked: Promise<boolean> | null = null;
  let wake = new AbortController();

  /** At most one probe is under way: a store that is silent must not be asked ever more. */
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

  const look = async (signal: AbortSignal): Promise<void> => {
    const silence = setTimeout(times.silenceMs, null, { signal }).catch(() => null);
    const answers = await Promise.race([ask(), silence]);
    silences = answers === null ? silences + 1 : 0;
    if (answers !== null || silences >= SILENCES) isAway = answers !== true;
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await look(signal);
      wake = new AbortController();
      const until = AbortSignal.any([signal, wake.signal]);
      await setTimeout(isAway ? times.againMs : times.everyMs, undefined, { signal: until }).catch(() => undefined);
    }
  };

  return { trouble: () => (isAway ? complaint : null), suspect: () => wake.abort(), run };
};
