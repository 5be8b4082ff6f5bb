import type { Budget } from './budget.ts';
import type { Instance } from './instance.ts';

/**
 * A relaxation for few lines: every stock suffices for its whole line, and no capacity is short. A line then has one location, since the
 * cheapest per piece of those that ship it could ship all of it, and the best plan is a cheapest partition of the lines, found by
 * dynamic programming over sets of lines. Sets are bits: line j is `1 << j`.
 */
export type LineSets = {
  /** The least that shipping exactly these lines, or leaving them unfilled, costs; the last entry is that of all lines. */
  readonly least: Float64Array;
  /** The part of the cheapest partition that holds the set's first line, and the location that ships it: -1 leaves it unfilled. */
  readonly part: Int32Array;
  readonly location: Int32Array;
};

const MOST_LINES = 9;
/** What one location may ship, as sets of lines, over all locations. */
const MOST_SETS = 150_000;
/** Where all locations cost the same, ties are countless: after so many compared, the first plan found stays. */
const MOST_TIES = 200;
/** What a pair of sets counts. */
const PAIR_STEPS = 0.2;

const countSets = ({ start, locations }: Instance): number => {
  let sets = 0;
  for (let l = 0; l < locations; l++) sets += 1 << ((start[l + 1] ?? 0) - (start[l] ?? 0));
  return sets;
};

/** All sets of lines that a location might ship, the empty one first, with what each costs it. */
type Shippable = { readonly set: Int32Array; readonly cost: Float64Array; count: number };

const createShippable = (lines: number): Shippable => ({
  set: new Int32Array(1 << lines),
  cost: new Float64Array(1 << lines),
  count: 0,
});

const listShippable = (instance: Instance, l: number, shippable: Shippable): void => {
  const { start, line, unitCost, demand } = instance;
  const { set, cost } = shippable;
  let count = 1;
  set[0] = 0;
  cost[0] = instance.fixedCost[l] ?? 0;
  const end = start[l + 1] ?? 0;
  for (let k = start[l] ?? 0; k < end; k++) {
    const j = line[k] ?? 0;
    const whole = (unitCost[k] ?? 0) * (demand[j] ?? 0);
    for (let at = 0; at < count; at++) {
      set[count + at] = (set[at] ?? 0) | (1 << j);
      cost[count + at] = (cost[at] ?? 0) + whole;
    }
    count *= 2;
  }
  shippable.count = count;
};

/** For each set the cheapest location that could ship it, or nobody for a single line. */
const cheapestLocations = (instance: Instance, sets: number): { cost: Float64Array; location: Int32Array } => {
  const cost = new Float64Array(sets).fill(Number.POSITIVE_INFINITY);
  const location = new Int32Array(sets).fill(-1);
  for (let j = 0; j < instance.lines; j++) cost[1 << j] = (instance.demand[j] ?? 0) * (instance.unfilledCost[j] ?? 0);
  const shippable = createShippable(instance.lines);
  for (let l = 0; l < instance.locations; l++) {
    listShippable(instance, l, shippable);
    for (let at = 1; at < shippable.count; at++) {
      const set = shippable.set[at] ?? 0;
      const total = shippable.cost[at] ?? 0;
      if (total >= (cost[set] ?? 0)) continue;
      cost[set] = total;
      location[set] = l;
    }
  }
  return { cost, location };
};

type Partitions = LineSets & {
  /** How many locations the partition uses, and what tells which ones: sets that differ in it are compared one by one. */
  readonly count: Uint8Array;
  readonly trace: Int32Array;
  ties: number;
};

/** Of a location in the trace of a set, by exclusive or. */
const traceOf = (l: number): number => (l < 0 ? 0 : Math.imul(l + 1, 0x9e3779b1));

/** The locations of the partition that starts with this part, in ascending order. */
const locationsOf = ({ part, location }: LineSets, set: number, own: number): number[] => {
  const used: number[] = [];
  for (let left = set, next = own; left > 0; left ^= next, next = part[left] ?? 0) {
    const l = location[next] ?? -1;
    if (l >= 0) used.push(l);
  }
  return used.sort((a, b) => a - b);
};

/** The tie rule for partitions that cost the same: fewer locations, then earlier ones. Is that which starts with `own` preferred? */
const isPreferred = (partitions: Partitions, set: number, own: number): boolean => {
  const { part, location, count, trace } = partitions;
  const others = set ^ own;
  const l = location[own] ?? -1;
  const fewer = (count[set] ?? 0) - (count[others] ?? 0) - (l < 0 ? 0 : 1);
  if (fewer !== 0) return fewer > 0;
  // Mostly the same locations share the lines in another way.
  if (((trace[others] ?? 0) ^ traceOf(l)) === trace[set] || partitions.ties++ >= MOST_TIES) return false;
  const mine = locationsOf(partitions, set, own);
  const theirs = locationsOf(partitions, set, part[set] ?? 0);
  const differing = mine.findIndex((one, index) => one !== theirs[index]);
  return differing >= 0 && (mine[differing] ?? 0) < (theirs[differing] ?? 0);
};

const cheapestPartitions = (lines: number, cost: Float64Array, location: Int32Array): LineSets => {
  const sets = 1 << lines;
  const least = new Float64Array(sets);
  const part = new Int32Array(sets);
  const count = new Uint8Array(sets);
  const trace = new Int32Array(sets);
  const partitions: Partitions = { least, part, location, count, trace, ties: 0 };
  for (let set = 1; set < sets; set++) {
    const first = set & -set;
    const rest = set ^ first;
    let best = Number.MAX_VALUE;
    for (let others = rest; ; others = (others - 1) & rest) {
      const own = (rest ^ others) | first;
      const total = (cost[own] ?? 0) + (least[others] ?? 0);
      if (total < best || (total === best && isPreferred(partitions, set, own))) {
        const l = location[own] ?? -1;
        best = total;
        part[set] = own;
        count[set] = (count[others] ?? 0) + (l < 0 ? 0 : 1);
        trace[set] = (trace[others] ?? 0) ^ traceOf(l);
      }
      if (others === 0) break;
    }
    least[set] = best;
  }
  return partitions;
};

/** Undefined where there are too many sets, or where tariffs make it worth splitting a line that one location could ship. */
export const lineSetsOf = (instance: Instance, budget: Budget): LineSets | undefined => {
  const { lines } = instance;
  if (lines > MOST_LINES || instance.staircase.length > 0) return undefined;
  const shippable = countSets(instance);
  if (shippable > MOST_SETS) return undefined;
  const sets = 1 << lines;
  // Locations list their sets once for the plan, and perhaps again to be left out.
  budget.steps += 2 * shippable + PAIR_STEPS * 3 ** lines;
  const { cost, location } = cheapestLocations(instance, sets);
  return cheapestPartitions(lines, cost, location);
};

export const leastOf = ({ least }: LineSets): number => least[least.length - 1] ?? 0;

/** The locations of the best plan, each with the lines that it ships. */
export const shipmentsOf = ({
  least,
  part,
  location,
}: LineSets): { readonly location: number; readonly set: number }[] => {
  const shipments: { location: number; set: number }[] = [];
  for (let left = least.length - 1; left > 0; ) {
    const set = part[left] ?? 0;
    const l = location[set] ?? -1;
    if (l >= 0) shipments.push({ location: l, set });
    left ^= set;
  }
  return shipments;
};

/**
 * Has the instance the stocks and capacities for these shipments? Then they are a best plan, but lines may yet be shared otherwise at
 * the same cost.
 */
export const areFeasible = (instance: Instance, shipments: readonly { location: number; set: number }[]): boolean => {
  const { start, line, units, demand, size, capacity, maxLocations } = instance;
  for (const { location, set } of shipments) {
    let room = capacity[location] ?? 0;
    for (let k = start[location] ?? 0; k < (start[location + 1] ?? 0); k++) {
      const j = line[k] ?? 0;
      if ((set & (1 << j)) === 0) continue;
      room -= (demand[j] ?? 0) * (size[j] ?? 0);
      if ((units[k] ?? 0) < (demand[j] ?? 0) || room < 0) return false;
    }
  }
  return shipments.length <= maxLocations;
};

/** The locations that a plan of the instance may use that costs so much at most. */
export const usableWithin = (instance: Instance, { least }: LineSets, limit: number): number[] => {
  const all = least.length - 1;
  const shippable = createShippable(instance.lines);
  const usable: number[] = [];
  for (let l = 0; l < instance.locations; l++) {
    listShippable(instance, l, shippable);
    for (let at = 0; at < shippable.count; at++) {
      if ((shippable.cost[at] ?? 0) + (least[all ^ (shippable.set[at] ?? 0)] ?? 0) > limit) continue;
      usable.push(l);
      break;
    }
  }
  return usable;
};
