import type { SourcingCandidates } from '../../../src/domain/sourcing/record.ts';

export type Best = { readonly unfilled: number; readonly cost: number };

const better = (a: Best, b: Best): Best =>
  a.unfilled < b.unfilled || (a.unfilled === b.unfilled && a.cost < b.cost) ? a : b;

/** All ways to take so many units of a line, by location. */
const assignments = (wanted: number, held: readonly number[]): readonly (readonly number[])[] => {
  const [here, ...rest] = held;
  if (here === undefined) return [[]];
  return Array.from({ length: Math.min(wanted, here) + 1 }, (_, taken) =>
    assignments(wanted - taken, rest).map((others) => [taken, ...others]),
  ).flat();
};

/** The best of all plans there are, found by trying each of them, line by line. */
export const bestByHand = (
  { parcelCost, unitCost, available }: SourcingCandidates,
  demand: readonly number[],
  mode: 'byUnit' | 'never',
): Best => {
  const tryLine = (line: number, opened: readonly boolean[], sofar: Best): Best => {
    const wanted = demand[line];
    if (wanted === undefined) {
      const used = opened.filter((one) => one).length;
      return mode === 'never' && used > 1 ? { unfilled: Number.POSITIVE_INFINITY, cost: 0 } : sofar;
    }
    return assignments(wanted, available[line] ?? []).reduce<Best>(
      (best, taken) => {
        const units = taken.reduce((sum, one) => sum + one, 0);
        const opening = taken.reduce((sum, one, at) => sum + (one > 0 && !opened[at] ? (parcelCost[at] ?? 0) : 0), 0);
        const picking = taken.reduce((sum, one, at) => sum + one * (unitCost[at] ?? 0), 0);
        const next = { unfilled: sofar.unfilled + wanted - units, cost: sofar.cost + opening + picking };
        return better(
          tryLine(
            line + 1,
            opened.map((one, at) => one || (taken[at] ?? 0) > 0),
            next,
          ),
          best,
        );
      },
      { unfilled: Number.POSITIVE_INFINITY, cost: 0 },
    );
  };
  return tryLine(
    0,
    parcelCost.map(() => false),
    { unfilled: 0, cost: 0 },
  );
};
