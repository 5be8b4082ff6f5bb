/** Wakes all who wait. Who waits looks for himself whether it is time. */
export type Bell = {
  readonly ring: () => void;
  /** Resolves at the next ring, or when the signal aborts. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
};

export const createBell = (): Bell => {
  const waiting = new Set<() => void>();

  const ring = (): void => {
    for (const wake of [...waiting]) wake();
  };

  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      if (signal.aborted) return resolve();
      waiting.add(wake);
      signal.addEventListener('abort', wake);
    });

  return Object.freeze({ ring, wait });
};
