import { setTimeout } from 'node:timers/promises';

export type CircuitTimes = { readonly everyMs: number; readonly againMs: number; readonly silenceMs: number };

const TIMES: CircuitTimes = { everyMs: 1_000, againMs: 250, silenceMs: 2_000 };
/** A silence may as well be ours: a process that has no time hears no answers. */
const SILENCES = 2;

export type Asking = {
  /** Something cheap, asked all the time. */
  readonly probe: () => Promise<unknown>;
  /** Asked instead once something has failed, until it succeeds: what only seems to work must not count as mended. */
  readonly proof?: () => Promise<unknown>;
};

/** Knows whether a store answers, by asking it now and then; while it does not, nobody need wait for it in vain. */
export type Circuit = {
  /** What is wrong at the moment; null: nothing. */
  readonly trouble: () => string | null;
  /** Something failed: look now, and closely. */
  readonly suspect: () => void;
  readonly run: (signal: AbortSignal) => Promise<void>;
};

export const createCircuit = (complaint: string, { probe, proof = probe }: Asking, times = TIMES): Circuit => {
  let isAway = false;
  let isSuspected = false;
  let silences = 0;
  let asked: Promise<boolean> | null = null;
  let wake = new AbortController();

  /** At most one probe is under way: a store that is silent must not be asked ever more. */
  const ask = (): Promise<boolean> => {
    const isProof = isSuspected;
    asked ??= (isProof ? proof : probe)()
      .then(
        () => {
          if (isProof) isSuspected = false;
          return true;
        },
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

  const suspect = (): void => {
    isSuspected = true;
    wake.abort();
  };

  return { trouble: () => (isAway ? complaint : null), suspect, run };
};
