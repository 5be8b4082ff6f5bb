import { isSpent } from './budget.ts';
import { finishWithin } from './finish.ts';
import { type Generation, generate } from './generate.ts';
import type { Instance } from './instance.ts';
import { CLOSED, OPEN } from './relaxation.ts';
import { limitOf, type Search } from './search.ts';
import { enter, type Subtree } from './subtree.ts';

const ROUNDS = 12;
/** So many trials in a row without a better plan are enough. */
const PATIENCE = 30;
const FEWEST_FREE = 2;
const MOST_UNUSED = 24;

/** A linear congruential generator (Numerical Recipes): the same trials for the same problem on every machine. */
const nextSeed = (seed: number): number => (Math.imul(seed, 1664525) + 1013904223) >>> 0;

/** By offer: what the incumbent ships. */
const shippedBy = ({ instance, incumbent }: Search): Float64Array => {
  const { start, line, locationOrigin, lineOrigin } = instance;
  const pieces = new Map<number, number>();
  const width = lineOrigin.length === 0 ? 1 : (lineOrigin.at(-1) ?? 0) + 1;
  for (const { location, line: j, units } of incumbent.shipments) pieces.set(location * width + j, units);
  const shipped = new Float64Array(line.length);
  for (let l = 0; l < instance.locations; l++) {
    for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
      shipped[k] = pieces.get((locationOrigin[l] ?? 0) * width + (lineOrigin[line[k] ?? 0] ?? 0)) ?? 0;
    }
  }
  return shipped;
};

/** Lines to free: those that one or two locations of the plan ship, and others at random, as many as may be. */
const linesToFree = (
  instance: Instance,
  shipped: Float64Array,
  count: number,
  random: (below: number) => number,
): Uint8Array => {
  const free = new Uint8Array(instance.lines);
  const order = Array.from({ length: instance.lines }, (_, j) => j);
  const used: number[] = [];
  for (let l = 0; l < instance.locations; l++) {
    for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) {
      if ((shipped[k] ?? 0) === 0) continue;
      used.push(l);
      break;
    }
  }
  const near = new Set<number>();
  for (let pick = 0; pick < 2 && used.length > 0; pick++) near.add(used[random(used.length)] ?? 0);
  const weight = new Float64Array(instance.lines);
  for (const l of near) {
    for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) {
      if ((shipped[k] ?? 0) > 0) weight[instance.line[k] ?? 0] = 1;
    }
  }
  const key = order.map((j) => random(1000) + 1000 * (weight[j] ?? 0));
  order.sort((a, b) => (key[b] ?? 0) - (key[a] ?? 0) || a - b);
  for (const j of order.slice(0, count)) free[j] = 1;
  return free;
};

/** Of the locations that the plan does not use, only those stay that are most worth opening at the root's prices. */
const closeFarOff = ({ instance, relaxation }: Search, shipped: Float64Array): void => {
  const { status, reducedCost } = relaxation;
  const unused: number[] = [];
  for (let l = 0; l < instance.locations; l++) {
    let ships = false;
    for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) if ((shipped[k] ?? 0) > 0) ships = true;
    if (!ships && status[l] !== CLOSED) unused.push(l);
  }
  unused.sort((a, b) => (reducedCost[a] ?? 0) - (reducedCost[b] ?? 0) || a - b);
  for (const l of unused.slice(MOST_UNUSED)) status[l] = CLOSED;
};

/** What the plan ships of lines that are not free is decided. */
const keepOthers = ({ instance, relaxation }: Search, shipped: Float64Array, free: Uint8Array): void => {
  const { least, most } = relaxation.limits;
  for (let l = 0; l < instance.locations; l++) {
    let ships = false;
    for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) {
      if (free[instance.line[k] ?? 0] === 1) continue;
      least[k] = shipped[k] ?? 0;
      most[k] = shipped[k] ?? 0;
      if ((shipped[k] ?? 0) > 0) ships = true;
    }
    if (ships) relaxation.status[l] = OPEN;
  }
};

/**
 * Large neighbourhood search (Shaw 1998): a few lines of the best plan are shared anew, exactly, while the others stay; more of them at a
 * time as long as that can be done.
 */
export const improveNearby = (search: Search, generation: Generation, root: Subtree): void => {
  const { incumbent, instance, relaxation } = search;
  const random = (below: number): number => {
    generation.seed = nextSeed(generation.seed);
    return Math.floor((generation.seed / 2 ** 32) * below);
  };
  let freed = Math.min(instance.lines, 4);
  for (let failed = 0; failed < PATIENCE && !isSpent(search.budget); failed++) {
    const shipped = shippedBy(search);
    const before = incumbent.cost;
    enter(search, root);
    closeFarOff(search, shipped);
    keepOthers(search, shipped, linesToFree(instance, shipped, freed, random));
    search.opened = relaxation.status.reduce((count, status) => count + (status === OPEN ? 1 : 0), 0);
    const { bound } = generate(search, generation, ROUNDS);
    const complete = bound > limitOf(search) || finishWithin(search, limitOf(search));
    if (incumbent.cost < before) failed = -1;
    freed = complete ? Math.min(instance.lines, freed + 1) : Math.max(FEWEST_FREE, freed - 1);
    if (complete && freed === instance.lines) return;
  }
};
