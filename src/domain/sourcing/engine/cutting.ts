import { isSpent } from './budget.ts';
import { NO_CUTS, type PricedCuts } from './cut-prices.ts';
import { type Generated, type Generation, generate } from './generate.ts';
import type { Instance } from './instance.ts';
import { limitOf, type Search } from './search.ts';
import { separate } from './separate.ts';

const MOST_CUTS = 40;
/** Cuts are worth looking for while they close so much of the gap. */
const WORTH_CUTTING = 0.03;

/** Prices of 0 and their rows are let go. */
const inForce = ({ cuts, prices }: PricedCuts): PricedCuts => {
  const kept = cuts.filter((_, at) => (prices[at] ?? 0) > 0);
  return kept.length === 0 ? NO_CUTS : { cuts: kept, prices: prices.filter((price) => price > 0) };
};

/** Column generation, with cuts added for so many rounds as long as they raise the bound. */
export const generateWithCuts = (search: Search, generation: Generation, rounds: number): Generated => {
  const { instance, budget } = search;
  let generated = generate(search, generation);
  if (!isByWeight(instance)) return generated;
  for (let round = 0; round < rounds && !isSpent(budget); round++) {
    const gap = limitOf(search) - generated.bound;
    if (gap < 0) break;
    const { cuts, prices } = inForce(search.rows);
    const { cuts: found, steps } = separate(instance, generated.shares, cuts);
    budget.steps += steps;
    if (found.length === 0 || cuts.length + found.length > MOST_CUTS) break;
    const widened = new Float64Array(cuts.length + found.length);
    widened.set(prices);
    search.rows = { cuts: [...cuts, ...found], prices: widened };
    const next = generate(search, generation);
    const raised = next.bound - generated.bound;
    generated = { bound: Math.max(generated.bound, next.bound), shares: next.shares };
    if (raised < WORTH_CUTTING * gap) break;
  }
  search.rows = inForce(search.rows);
  return generated;
};

/** Is something paid by weight, by steps that are all listed, at costs whose sums are exact? */
const isByWeight = ({ staircase, rounding }: Instance): boolean =>
  rounding === 0 &&
  staircase.some((steps) => steps !== undefined) &&
  staircase.every((steps) => steps?.heavy === undefined);
