/** Work that lost every race for its stream. No list tells of it, so it is kept until it is done. */
export type LostRaces = {
  /** `again` answers false where it lost once more. The newest under a key stands for those before. */
  readonly keep: (key: string, again: () => Promise<boolean>) => void;
  readonly tryAgain: () => Promise<void>;
  readonly isAnyLeft: () => boolean;
};

export const createLostRaces = (): LostRaces => {
  const left = new Map<string, () => Promise<boolean>>();
  return {
    keep: (key, again) => void left.set(key, again),
    tryAgain: async () => {
      // It is kept while it is being done: whoever asks meanwhile must not take it for done.
      for (const [key, again] of [...left]) if ((await again()) && left.get(key) === again) left.delete(key);
    },
    isAnyLeft: () => left.size > 0,
  };
};
