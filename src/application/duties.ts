import { setTimeout } from 'node:timers/promises';

export type Duty = {
  readonly everyMs: number;
  readonly run: () => Promise<void>;
};

/** What is done again and again wherever the lease is held. A duty that fails is reported and done the next time. */
export const runDuties = async (
  duties: readonly Duty[],
  { onError, signal }: { readonly onError: (error: unknown) => void; readonly signal: AbortSignal },
): Promise<void> => {
  await Promise.all(
    duties.map(async ({ everyMs, run }) => {
      while (!signal.aborted) {
        await setTimeout(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
        if (!signal.aborted) await run().catch(onError);
      }
    }),
  );
};
