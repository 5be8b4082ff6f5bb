import type { Items } from './knapsack.ts';

/** Loads around the first one, as the core of a knapsack grows (Pisinger 1997). Buffers are reused from call to call. */
export type Core = {
  /** Single pieces in the order of the items: which item each belongs to. */
  item: Int32Array;
  pieces: number;
  /** Loads, and how each came about: from which other one, by which item more (or less: its complement). */
  grams: Float64Array;
  gain: Float64Array;
  parent: Int32Array;
  change: Int32Array;
  loads: number;
  /** The loads kept, lightest first; a heavier one gains more. */
  list: Int32Array;
  kept: number;
  spare: Int32Array;
  /** Loads looked at. */
  steps: number;
};

const USUAL_LOADS = 512;

export const createCore = (): Core => ({
  item: new Int32Array(64),
  pieces: 0,
  grams: new Float64Array(USUAL_LOADS),
  gain: new Float64Array(USUAL_LOADS),
  parent: new Int32Array(USUAL_LOADS),
  change: new Int32Array(USUAL_LOADS),
  loads: 0,
  list: new Int32Array(USUAL_LOADS),
  kept: 0,
  spare: new Int32Array(USUAL_LOADS),
  steps: 0,
});

const grown = <T extends Float64Array | Int32Array>(values: T, larger: T): T => {
  larger.set(values);
  return larger;
};

/** Makes room for as many loads as one round may add. */
const makeRoom = (core: Core): void => {
  const needed = core.loads + core.kept;
  if (needed <= core.grams.length) return;
  core.grams = grown(core.grams, new Float64Array(2 * needed));
  core.gain = grown(core.gain, new Float64Array(2 * needed));
  core.parent = grown(core.parent, new Int32Array(2 * needed));
  core.change = grown(core.change, new Int32Array(2 * needed));
  core.list = grown(core.list, new Int32Array(2 * needed));
  core.spare = new Int32Array(2 * needed);
};

/** What may still be gained by a gram of room, and is lost by a gram too many. */
export const densityOf = ({ item }: Core, { gain, grams }: Items, piece: number): number =>
  (gain[item[piece] ?? 0] ?? 0) / (grams[item[piece] ?? 0] ?? 1);

/** The best load so far, and what a better one has to gain. */
export type Target = { readonly limit: number; gain: number; load: number };

/** All loads kept with a piece of the item more (or less) or not, but for those that another one outdoes or that cannot reach the target. */
export const extend = (
  core: Core,
  items: Items,
  at: number,
  sign: 1 | -1,
  toAdd: number,
  toRemove: number,
  target: Target,
): void => {
  makeRoom(core);
  const { grams, gain, parent, change, list, spare, kept } = core;
  const { limit } = target;
  const addedGrams = sign * (items.grams[at] ?? 0);
  const addedGain = sign * (items.gain[at] ?? 0);
  core.steps += 2 * kept;
  let count = 0;
  let same = 0;
  let changed = 0;
  let most = Number.NEGATIVE_INFINITY;
  while (same < kept || changed < kept) {
    const a = list[same] ?? 0;
    const b = list[changed] ?? 0;
    const gramsA = same < kept ? (grams[a] ?? 0) : Number.POSITIVE_INFINITY;
    const gramsB = changed < kept ? (grams[b] ?? 0) + addedGrams : Number.POSITIVE_INFINITY;
    const gainB = (gain[b] ?? 0) + addedGain;
    const isSame = gramsA < gramsB || (gramsA === gramsB && (gain[a] ?? 0) >= gainB);
    if (isSame) same++;
    else changed++;
    const weighs = isSame ? gramsA : gramsB;
    const gains = isSame ? (gain[a] ?? 0) : gainB;
    if (gains <= most) continue;
    most = gains;
    const fits = weighs <= limit;
    const reached = fits ? gains + (limit - weighs) * toAdd : gains - (weighs - limit) * toRemove;
    if (reached <= target.gain) continue;
    let load = a;
    if (!isSame) {
      load = core.loads++;
      grams[load] = weighs;
      gain[load] = gains;
      parent[load] = b;
      change[load] = sign > 0 ? at : ~at;
    }
    if (fits && gains > target.gain) {
      target.gain = gains;
      target.load = load;
    }
    spare[count++] = load;
  }
  core.list = spare;
  core.spare = list;
  core.kept = count;
};
