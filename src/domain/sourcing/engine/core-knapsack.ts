import { type Core, densityOf, extend, type Target } from './core-loads.ts';
import type { Items, Knapsack, Load } from './knapsack.ts';

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

/** The best pieces that fit, as whole ones: how many, and what they weigh and gain. */
type Filled = { piece: number; grams: number; gain: number };

/** Fills on up to this limit; returns what could be gained at most, with a part of the next piece. */
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

/** The best load of at most so many grams that gains more than `enough`; -1 if there is none. Stops after so many steps. */
const bestWithin = (
  core: Core,
  items: Items,
  first: Filled,
  limit: number,
  enough: number,
  mostSteps: number,
): number => {
  let last = first.piece - 1;
  let next = first.piece;
  const target: Target = { limit, gain: Math.max(enough, first.gain), load: first.gain > enough ? 0 : -1 };
  core.steps = first.piece;
  core.loads = 1;
  core.kept = 1;
  core.grams[0] = first.grams;
  core.gain[0] = first.gain;
  core.parent[0] = -1;
  core.list[0] = 0;
  const toAdd = (): number => (next < core.pieces ? densityOf(core, items, next) : 0);
  const toRemove = (): number => (last >= 0 ? densityOf(core, items, last) : Number.POSITIVE_INFINITY);
  while (core.kept > 0 && (next < core.pieces || last >= 0) && core.steps <= mostSteps) {
    if (next < core.pieces) {
      const at = core.item[next++] ?? 0;
      extend(core, items, at, 1, toAdd(), toRemove(), target);
    }
    if (last >= 0) {
      const at = core.item[last--] ?? 0;
      extend(core, items, at, -1, toAdd(), toRemove(), target);
    }
  }
  return target.load;
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
 * The best load of one location under a tariff, by Pisinger's expanding core (1997): for each step of the tariff that could pay, the pieces
 * of best gain per gram that fit are the first load, and others come from it by adding the next best pieces or taking the worst out. Of
 * two loads the lighter one that gains as much is kept, and none that could not reach the best known. Buffers are reused from call to call.
 *
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
