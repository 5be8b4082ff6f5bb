import { setImmediate as nextTurn } from 'node:timers/promises';

/** Others get the thread after so long. */
const SLICE_MS = 5;

/** Work that would keep the thread to itself goes in slices: `breathe` lets others have their turn when one is used up. */
export const createSlices = () => {
  let until = performance.now() + SLICE_MS;
  return {
    breathe: async (): Promise<void> => {
      if (performance.now() < until) return;
      await nextTurn();
      until = performance.now() + SLICE_MS;
    },
  };
};
