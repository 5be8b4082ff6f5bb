import { pause, pauseAfter } from '../projections/pause.ts';

type Dependencies = { readonly onError: (error: unknown) => void; readonly signal: AbortSignal };

/** Does something until it is done, with growing pauses while it fails; null once the signal aborts. */
export const createInsisting =
  ({ onError, signal }: Dependencies) =>
  async <Result>(work: () => Promise<Result>): Promise<Result | null> => {
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        return await work();
      } catch (error) {
        onError(error);
        await pause(pauseAfter(failures, Math.random), signal);
      }
    }
    return null;
  };
