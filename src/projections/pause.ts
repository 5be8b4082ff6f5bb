import { setTimeout } from 'node:timers/promises';

const FIRST_MS = 50;
const LONGEST_MS = 2_000;

/** How long to wait before trying again: grows with every failure in a row, and is jittered. */
export const pauseAfter = (failures: number, random: () => number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10)) * (0.5 + random() / 2);

/** Resolves after so long, or at once when the signal aborts. */
export const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  const timeUp = setTimeout(milliseconds, undefined, { signal });
  await Promise.allSettled([timeUp]);
};
