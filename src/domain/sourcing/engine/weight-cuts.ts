import type { Column } from './column-pool.ts';
import type { Instance } from './instance.ts';

/**
 * A row that whole shipments keep and parts of them may break: what the steps paid for can carry is no less than what is shipped, rounded
 * up (mixed-integer rounding; Nemhauser and Wolsey 1990, Marchand and Wolsey 2001). It counts only the grams of some lines, and how much
 * more or less than its base each location carries. The left side sums a number for the step of each shipment and one for each unfilled
 * piece. Since it asks only for the step, the price of a step may carry it: shipments are found as before.
 */
export type WeightCut = {
  /** By line: 1 if its grams count. */
  readonly member: Uint8Array;
  /** Grams that are rounded to a whole. */
  readonly scale: number;
  /** What the row asks for beyond a multiple of the scale. */
  readonly remainder: number;
  /** By location: the grams of members that it has, and those that it is taken to carry. */
  readonly stock: Float64Array;
  readonly base: Float64Array;
  /** By location: what shipping nothing counts, taken off all its shipments. */
  readonly idle: Float64Array;
  /** The least sum. */
  readonly right: number;
};

/** Wholes of the scale, and a part of one up to the remainder: subadditive, and 1 for the remainder itself. */
export const roundUp = (scale: number, remainder: number, grams: number): number => {
  const whole = Math.floor(grams / scale);
  return whole + Math.min(1, (grams - whole * scale) / remainder);
};

/** What a shipment counts that pays for so many grams. */
export const countOfStep = (cut: WeightCut, l: number, carries: number): number =>
  roundUp(cut.scale, cut.remainder, Math.min(carries, cut.stock[l] ?? 0) - (cut.base[l] ?? 0)) - (cut.idle[l] ?? 0);

export const countOf = (cut: WeightCut, { location, carries }: Column): number => countOfStep(cut, location, carries);

/** What an unfilled piece of line j counts. */
export const countOfPiece = (cut: WeightCut, { weight }: Instance, j: number): number =>
  cut.member[j] === 1 ? roundUp(cut.scale, cut.remainder, weight[j] ?? 0) : 0;

/** Where the remainder is nearly nothing or nearly all, rounding gains nothing. */
export const LEAST_PART = 0.01;

/** The row for these lines, bases and scale; undefined where it is no stronger than the sum of grams. */
export const weightCut = (
  { member, stock, base }: Pick<WeightCut, 'member' | 'stock' | 'base'>,
  grams: number,
  scale: number,
): WeightCut | undefined => {
  let asked = grams;
  for (const carried of base) asked -= carried;
  const whole = Math.floor(asked / scale);
  const remainder = asked - whole * scale;
  if (remainder < LEAST_PART * scale || remainder > (1 - LEAST_PART) * scale) return undefined;
  const idle = new Float64Array(base.length);
  let right = whole + 1;
  for (let l = 0; l < base.length; l++) {
    if (base[l] === 0) continue;
    idle[l] = roundUp(scale, remainder, -(base[l] ?? 0));
    right -= idle[l] ?? 0;
  }
  return { member, scale, remainder, stock, base, idle, right };
};
