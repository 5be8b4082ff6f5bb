import type { ParcelPrice } from '../problem.ts';
import type { Instance } from './instance.ts';
import { CLOSED, type Relaxation } from './relaxation.ts';
import type { Paid, Staircase } from './staircase.ts';
import type { OfferLimits } from './tied-location.ts';
import { countOfPiece, countOfStep, type WeightCut } from './weight-cuts.ts';

/** Rows in force, and what a unit of each is worth. */
export type PricedCuts = { readonly cuts: readonly WeightCut[]; readonly prices: Float64Array };

export const NO_CUTS: PricedCuts = { cuts: [], prices: new Float64Array(0) };

/** The same problem with the rows priced out: each step of a tariff costs less by what it counts for. */
export type Tilted = {
  readonly instance: Instance;
  readonly limits: OfferLimits;
  /** By location and step: what a load is to pay for that fits in it, since a wider one may cost less now. */
  readonly steps: readonly (readonly Paid[])[];
  /** What the rows add to every bound, pieces apart. */
  readonly constant: number;
  /** By line: what is left of the cost of an unfilled piece. */
  readonly unfilledCost: Float64Array;
};

/** Everything is rounded to the quantum so that the bound stays one and its sums exact. */
const up = (value: number, { quantum }: Instance): number => Math.ceil(value / quantum) * quantum;

const rewardOf = ({ cuts, prices }: PricedCuts, count: (cut: WeightCut) => number): number => {
  let reward = 0;
  for (const [at, cut] of cuts.entries()) reward += (prices[at] ?? 0) * count(cut);
  return reward;
};

/** Not a parcel any more, but what no load pays less than by the gram. */
const cheapestPerGram = (limits: readonly number[], prices: readonly number[]): ParcelPrice => {
  let least: ParcelPrice = { upTo: Math.max(1, limits.at(-1) ?? 0), price: prices.at(-1) ?? 0 };
  for (const [step, upTo] of limits.entries()) {
    const price = prices[step] ?? 0;
    if (upTo > 0 && price * least.upTo < least.price * upTo) least = { upTo, price };
  }
  return least;
};

type TiltedLocation = { readonly staircase: Staircase; readonly steps: readonly Paid[]; readonly base: number };

/** Of every step the cheapest one that carries as much: prices rise with the steps again. Those that the search forbids stay as they are. */
const tiltedStaircase = (
  instance: Instance,
  l: number,
  { limits, prices }: Staircase,
  mostGrams: number,
  rows: PricedCuts,
): TiltedLocation => {
  const tilted = prices.slice();
  const steps: Paid[] = prices.map((postage, step) => ({ postage, carries: limits[step] ?? 0 }));
  let cheapest = -1;
  for (let step = limits.length - 1; step >= 0; step--) {
    const carries = limits[step] ?? 0;
    if (carries > mostGrams && step > 0) continue;
    tilted[step] =
      (prices[step] ?? 0) -
      up(
        rewardOf(rows, (cut) => countOfStep(cut, l, carries)),
        instance,
      );
    if (cheapest >= 0 && (tilted[cheapest] ?? 0) <= (tilted[step] ?? 0)) {
      tilted[step] = tilted[cheapest] ?? 0;
      steps[step] = steps[cheapest] ?? { postage: 0, carries };
    } else cheapest = step;
  }
  // Step 0 is free again: what it costs is paid by every shipment.
  const base = tilted[0] ?? 0;
  let least = 0;
  for (const [step, price] of tilted.entries()) {
    least = Math.max(least, price - base);
    tilted[step] = least;
  }
  return {
    staircase: { limits, prices: tilted, parcels: [cheapestPerGram(limits, tilted)], heavy: undefined },
    steps,
    base,
  };
};

export const tilt = ({ instance, limits, status }: Relaxation, rows: PricedCuts): Tilted => {
  const fixedCost = instance.fixedCost.slice();
  const leastPostage = limits.leastPostage.slice();
  const staircase = [...instance.staircase];
  const steps: (readonly Paid[])[] = [];
  for (let l = 0; l < instance.locations; l++) {
    const own = instance.staircase[l];
    if (status[l] === CLOSED) continue;
    if (own === undefined) {
      const reward = rewardOf(rows, (cut) => countOfStep(cut, l, Number.POSITIVE_INFINITY));
      fixedCost[l] = (fixedCost[l] ?? 0) - up(reward, instance);
      continue;
    }
    const tilted = tiltedStaircase(instance, l, own, limits.mostGrams[l] ?? 0, rows);
    staircase[l] = tilted.staircase;
    fixedCost[l] = (fixedCost[l] ?? 0) + tilted.base;
    const first = own.prices.findIndex((price) => price >= (limits.leastPostage[l] ?? 0));
    leastPostage[l] = tilted.staircase.prices[Math.max(0, first)] ?? 0;
    steps[l] = tilted.steps.map((step, at) => (at < first ? (tilted.steps[first] ?? step) : step));
  }
  const unfilledCost = instance.unfilledCost.slice();
  for (let j = 0; j < instance.lines; j++) {
    const reward = rewardOf(rows, (cut) => countOfPiece(cut, instance, j));
    unfilledCost[j] = (unfilledCost[j] ?? 0) - up(reward, instance);
  }
  const constant = -up(-rewardOf(rows, ({ right }) => right), instance);
  return {
    instance: { ...instance, fixedCost, staircase },
    limits: { ...limits, leastPostage },
    steps,
    constant,
    unfilledCost,
  };
};

/** What a load of so many grams pays for. */
export const stepFor = ({ instance, steps }: Tilted, l: number, grams: number): Paid => {
  const limits = instance.staircase[l]?.limits;
  if (limits === undefined) return { postage: 0, carries: Number.POSITIVE_INFINITY };
  let step = 0;
  while (step + 1 < limits.length && (limits[step] ?? 0) < grams) step++;
  return steps[l]?.[step] ?? { postage: 0, carries: grams };
};
