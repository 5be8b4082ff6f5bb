import type { Shipment } from '../problem.ts';
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

const MOST_LINES = 10;
/** What one location may ship, as sets of lines, over all locations. */
const MOST_SETS = 150_000;
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

/** Of partitions that cost the same, one into fewest shipments. */
const cheapestPartitions = (lines: number, cost: Float64Array, location: Int32Array): LineSets => {
  const sets = 1 << lines;
  const least = new Float64Array(sets);
  const part = new Int32Array(sets);
  const shipments = new Uint8Array(sets);
  for (let set = 1; set < sets; set++) {
    const first = set & -set;
    const rest = set ^ first;
    let best = Number.POSITIVE_INFINITY;
    let fewest = 0;
    for (let others = rest; ; others = (others - 1) & rest) {
      const own = rest ^ others;
      const total = (cost[own | first] ?? 0) + (least[others] ?? 0);
      if (total <= best) {
        const count = (shipments[others] ?? 0) + ((location[own | first] ?? 0) < 0 ? 0 : 1);
        if (total < best || count < fewest) {
          best = total;
          fewest = count;
          part[set] = own | first;
        }
      }
      if (others === 0) break;
    }
    least[set] = best;
    shipments[set] = fewest;
  }
  return { least, part, location };
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

/** The best plan itself, if the instance has the stocks and capacities for it: then it is a best plan of the instance. */
export const feasiblePlan = (instance: Instance, sets: LineSets): Shipment[] | undefined => {
  const { start, line, units, demand, size, maxLocations } = instance;
  const plan: Shipment[] = [];
  const shipments = shipmentsOf(sets);
  if (shipments.length > maxLocations) return undefined;
  for (const { location, set } of shipments) {
    let room = instance.capacity[location] ?? 0;
    for (let k = start[location] ?? 0; k < (start[location + 1] ?? 0); k++) {
      const j = line[k] ?? 0;
      if ((set & (1 << j)) === 0) continue;
      const wanted = demand[j] ?? 0;
      room -= wanted * (size[j] ?? 0);
      if ((units[k] ?? 0) < wanted || room < 0) return undefined;
      plan.push({
        location: instance.locationOrigin[location] ?? 0,
        line: instance.lineOrigin[j] ?? 0,
        units: wanted,
      });
    }
  }
  return plan;
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
