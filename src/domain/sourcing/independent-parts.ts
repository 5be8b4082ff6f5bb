import type { Problem } from './problem.ts';

/** A problem of its own: some lines, and the locations that offer any of them. */
export type Part = {
  readonly problem: Problem;
  /** Where its lines and locations stand in the whole. */
  readonly lines: readonly number[];
  readonly locations: readonly number[];
};

const rootOf = (parent: readonly number[], line: number): number => {
  let root = line;
  while (parent[root] !== root) root = parent[root] ?? root;
  return root;
};

/** By line, the least of the lines that locations join it with, directly or over others; null: they join all that are offered. */
const groupsOf = ({ demand, locations }: Problem): readonly number[] | null => {
  const parent = demand.map((_, line) => line);
  let joined = 1;
  for (const { offers } of locations) {
    let first = -1;
    for (const { line, units } of offers) {
      if (units === 0) continue;
      const root = rootOf(parent, line);
      if (first < 0) first = root;
      else if (root !== first) {
        parent[Math.max(root, first)] = Math.min(root, first);
        first = Math.min(root, first);
        joined += 1;
        if (joined === demand.length) return null;
      }
    }
  }
  return demand.map((_, line) => rootOf(parent, line));
};

const partOf = ({ demand, unfilledCost, weight, ...rest }: Problem, lines: readonly number[]): Part => {
  const places = new Map(lines.map((line, place) => [line, place]));
  const of = (values: readonly number[]): number[] => lines.map((line) => values[line] ?? 0);
  const found = rest.locations.flatMap(({ offers, ...location }, index) => {
    const own = offers.flatMap((offer) => {
      const line = places.get(offer.line);
      return line === undefined ? [] : [{ ...offer, line }];
    });
    return own.length === 0 ? [] : [{ index, location: { ...location, offers: own } }];
  });
  return {
    lines,
    locations: found.map(({ index }) => index),
    problem: {
      ...rest,
      demand: of(demand),
      unfilledCost: of(unfilledCost),
      ...(weight === undefined ? {} : { weight: of(weight) }),
      locations: found.map(({ location }) => location),
    },
  };
};

/**
 * Lines that no location offers together are problems of their own, and much easier so: the whole tells no part that its plan is
 * settled. Fewest lines first. Null where there is but one, or a limit on locations joins them all.
 */
export const independentParts = (problem: Problem): readonly Part[] | null => {
  if (problem.maxLocations > 0 || problem.demand.length < 2) return null;
  const groups = groupsOf(problem);
  if (groups === null) return null;
  const offered = new Set(problem.locations.flatMap(({ offers }) => offers.map(({ line }) => groups[line])));
  if (offered.size < 2) return null;
  const lines = Map.groupBy(groups.keys(), (line) => groups[line]).values();
  return [...lines].toSorted((a, b) => a.length - b.length).map((own) => partOf(problem, own));
};
