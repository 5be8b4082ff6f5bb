import type { Items, Knapsack, Load } from './knapsack.ts';

/**
 * The best load of one location under a tariff, by Pisinger's expanding core (1997): for each step of the tariff that could pay, the pieces
 * of best gain per gram that fit are the first load, and others come from it by adding the next best pieces or taking the worst out. Of
 * two loads the lighter one that gains as much is kept, and none that could not reach the best known. Buffers are reused from call to call.
 */
export type Core = {
  /** Single pieces in the order of the items: which item each belongs to. */
  item: Int32Array;
  pieces: number;
  /** Loads, and how each came about: from which other one, by which item more (or less: its complement). */
  readonly grams: number[];
  readonly gain: number[];
  readonly parent: number[];
  readonly change: number[];
  /** The loads kept, lightest first; a heavier one gains more. */
  list: number[];
  spare: number[];
  /** Loads looked at. */
  steps: number;
};

export const createCore = (): Core => ({
  item: new Int32Array(64),
  pieces: 0,
  grams: [],
  gain: [],
  parent: [],
  change: [],
  list: [],
  spare: [],
  steps: 0,
});

const listPieces = (core: Core, { count, most }: Items): void => {
  core.pieces = 0;
  for (let at = 0; at < count; at++) {
    const end = core.pieces + (most[at] ?? 0);
    if (end > core.item.length) {
      const larger = new Int32Array(2 * end);
      larger.set(core.item);
      core.item = larger;
    }
    core.item.fill(at, core.pieces, end);
    core.pieces = end;
  }
};

/** By how much a step could pay at most, parts of pieces allowed; from `from` on, which is where the step before ended. */
type Filled = { piece: number; grams: number; gain: number };

const fillTo = (core: Core, items: Items, filled: Filled, limit: number): number => {
  for (; filled.piece < core.pieces; filled.piece++) {
    const at = core.item[filled.piece] ?? 0;
    const grams = items.grams[at] ?? 0;
    if (filled.grams + grams > limit) return filled.gain + ((limit - filled.grams) * (items.gain[at] ?? 0)) / grams;
    filled.grams += grams;
    filled.gain += items.gain[at] ?? 0;
  }
  return filled.gain;
};

const addLoad = (core: Core, grams: number, gain: number, parent: number, change: number): number => {
  core.grams.push(grams);
  core.gain.push(gain);
  core.parent.push(parent);
  core.change.push(change);
  return core.grams.length - 1;
};

/** The best load of at most so many grams that gains more than `enough`; -1 if there is none. Stops after so many steps. */
const bestWithin = (
  core: Core,
  items: Items,
  first: Filled,
  limit: number,
  enough: number,
  mostSteps: number,
): number => {
  const { item, grams, gain } = core;
  let last = first.piece - 1;
  let next = first.piece;
  let target = enough;
  let best = -1;
  core.steps = first.piece;
  for (const values of [grams, gain, core.parent, core.change]) values.length = 0;
  core.list.length = 0;
  core.list.push(addLoad(core, first.grams, first.gain, -1, 0));
  if (first.gain > target) {
    target = first.gain;
    best = 0;
  }
  const densityOf = (piece: number): number =>
    (items.gain[item[piece] ?? 0] ?? 0) / (items.grams[item[piece] ?? 0] ?? 1);

  const merge = (at: number, sign: 1 | -1): void => {
    const addedGrams = sign * (items.grams[at] ?? 0);
    const addedGain = sign * (items.gain[at] ?? 0);
    const toAdd = next < core.pieces ? densityOf(next) : 0;
    const toRemove = last >= 0 ? densityOf(last) : Number.POSITIVE_INFINITY;
    const { list, spare } = core;
    spare.length = 0;
    core.steps += 2 * list.length;
    let kept = 0;
    let changed = 0;
    let most = Number.NEGATIVE_INFINITY;
    while (kept < list.length || changed < list.length) {
      const a = list[kept] ?? -1;
      const b = list[changed] ?? -1;
      const gramsA = a < 0 ? Number.POSITIVE_INFINITY : (grams[a] ?? 0);
      const gramsB = b < 0 ? Number.POSITIVE_INFINITY : (grams[b] ?? 0) + addedGrams;
      const gainA = a < 0 ? 0 : (gain[a] ?? 0);
      const gainB = b < 0 ? 0 : (gain[b] ?? 0) + addedGain;
      const isKept = gramsA < gramsB || (gramsA === gramsB && gainA >= gainB);
      if (isKept) kept++;
      else changed++;
      const weighs = isKept ? gramsA : gramsB;
      const gains = isKept ? gainA : gainB;
      if (gains <= most) continue;
      most = gains;
      const fits = weighs <= limit;
      const reached = fits ? gains + (limit - weighs) * toAdd : gains - (weighs - limit) * toRemove;
      if (reached <= target) continue;
      const load = isKept ? a : addLoad(core, weighs, gains, b, sign > 0 ? at : ~at);
      if (fits && gains > target) {
        target = gains;
        best = load;
      }
      spare.push(load);
    }
    core.spare = list;
    core.list = spare;
  };

  while (core.list.length > 0 && (next < core.pieces || last >= 0)) {
    if (next < core.pieces) merge(item[next++] ?? 0, 1);
    if (last >= 0) merge(item[last--] ?? 0, -1);
    if (core.steps > mostSteps) break;
  }
  return best;
};

/** Sets the taken pieces to those of the load. */
const take = (core: Core, items: Items, first: Filled, load: number): void => {
  items.taken.fill(0, 0, items.count);
  for (let piece = 0; piece < first.piece; piece++) {
    const at = core.item[piece] ?? 0;
    items.taken[at] = (items.taken[at] ?? 0) + 1;
  }
  for (let l = load; (core.parent[l] ?? -1) >= 0; l = core.parent[l] ?? -1) {
    const change = core.change[l] ?? 0;
    const at = change >= 0 ? change : ~change;
    items.taken[at] = (items.taken[at] ?? 0) + (change >= 0 ? 1 : -1);
  }
};

/** Is there a tariff whose steps carry every load, and nothing else that limits it? */
export const suitsCore = ({ staircase }: Knapsack, { room }: Load): boolean =>
  staircase !== undefined && staircase.heavy === undefined && room === Number.POSITIVE_INFINITY;

/**
 * Calls `accept` for ever better loads, the best one last, with the gain that is left when its step is paid. Returns the steps left of so
 * many: none if it had to stop. The items are sorted by gain per gram.
 */
export const bestLoad = (
  core: Core,
  items: Items,
  sack: Knapsack,
  start: Load,
  mostSteps: number,
  accept: (net: number) => void,
): number => {
  const { limits, prices } = sack.staircase ?? { limits: [], prices: [] };
  listPieces(core, items);
  const filled: Filled = { piece: 0, grams: start.grams, gain: start.gain };
  let left = mostSteps;
  for (let step = 0; step < limits.length && left > 0; step++) {
    const limit = limits[step] ?? 0;
    if (limit < start.grams || (prices[step + 1] ?? Number.POSITIVE_INFINITY) <= sack.leastPostage) continue;
    if (limit > sack.mostGrams) break;
    const price = Math.max(prices[step] ?? 0, sack.leastPostage);
    if (fillTo(core, items, filled, limit) - price > sack.enough) {
      const load = bestWithin(core, items, filled, limit, sack.enough + price, left);
      left -= core.steps;
      if (load >= 0) {
        take(core, items, filled, load);
        accept((core.gain[load] ?? 0) - price);
      }
    }
    if (filled.piece === core.pieces) break;
  }
  return Math.max(0, left);
};
