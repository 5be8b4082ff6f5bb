import type { Instance } from './instance.ts';
import type { Paid } from './staircase.ts';

/** A whole shipment of one location: what it costs, and its pieces by line. */
export type Column = {
  readonly location: number;
  readonly cost: number;
  readonly lines: readonly number[];
  readonly pieces: readonly number[];
  readonly grams: number;
  readonly postage: number;
  /** What it could weigh for that. */
  readonly carries: number;
};

/** The shipment as a column, with what its grams pay for; undefined if it is empty. */
export const columnOf = (
  instance: Instance,
  l: number,
  shipped: Float64Array,
  paidFor: (grams: number) => Paid,
): Column | undefined => {
  const { start, line, unitCost, weight } = instance;
  const lines: number[] = [];
  const pieces: number[] = [];
  let cost = instance.fixedCost[l] ?? 0;
  let grams = 0;
  for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
    const j = line[k] ?? 0;
    const count = shipped[j] ?? 0;
    if (count === 0) continue;
    lines.push(j);
    pieces.push(count);
    cost += count * (unitCost[k] ?? 0);
    grams += count * (weight[j] ?? 0);
  }
  if (lines.length === 0) return undefined;
  const { postage, carries } = paidFor(grams);
  return { location: l, cost: cost + postage, lines, pieces, grams, postage, carries };
};

export const worthAt = (prices: Float64Array, { lines, pieces }: Column): number => {
  let worth = 0;
  for (let at = 0; at < lines.length; at++) worth += (prices[lines[at] ?? 0] ?? 0) * (pieces[at] ?? 0);
  return worth;
};
