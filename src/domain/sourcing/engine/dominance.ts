import type { Instance } from './instance.ts';

/** Extra unit cost if `better` shipped all that `other` offers; Infinity if its stock does not always suffice. */
const extraCost = (instance: Instance, better: number, other: number): number => {
  const { start, line, units, unitCost, demand } = instance;
  const betterEnd = start[better + 1] ?? 0;
  const end = start[other + 1] ?? 0;
  let at = start[better] ?? 0;
  let extra = 0;
  for (let k = start[other] ?? 0; k < end; k++) {
    const j = line[k] ?? 0;
    while (at < betterEnd && (line[at] ?? 0) < j) at++;
    if (at === betterEnd || line[at] !== j || (units[at] ?? 0) < (demand[j] ?? 0)) return Number.POSITIVE_INFINITY;
    extra += Math.max(0, (unitCost[at] ?? 0) - (unitCost[k] ?? 0)) * (units[k] ?? 0);
  }
  return extra;
};

type LineSets = { readonly offered: Int32Array; readonly full: Int32Array };

/** Sets of lines as 32 bits, line modulo 32: offered at all, and with stock for all that is asked. Rules out most pairs at once. */
const lineSetsOf = (instance: Instance): LineSets => {
  const { start, line, units, demand, locations } = instance;
  const offered = new Int32Array(locations);
  const full = new Int32Array(locations);
  for (let l = 0; l < locations; l++) {
    for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
      const j = line[k] ?? 0;
      const bit = 1 << (j & 31);
      offered[l] = (offered[l] ?? 0) | bit;
      if ((units[k] ?? 0) >= (demand[j] ?? 0)) full[l] = (full[l] ?? 0) | bit;
    }
  }
  return { offered, full };
};

/**
 * The locations that are left when those are removed that another can always stand in for at no more cost: it has all that is
 * asked of every line the other offers. Of two that can stand in for each other the first in the problem stays.
 */
export const undominated = (instance: Instance): number[] => {
  const { locations, fixedCost, tied } = instance;
  const removed = new Uint8Array(locations);
  const { offered, full } = lineSetsOf(instance);
  for (let other = 0; other < locations; other++) {
    if (tied[other] === 1) continue;
    for (let better = 0; better < locations && removed[other] === 0; better++) {
      if (((offered[other] ?? 0) & ~(full[better] ?? 0)) !== 0) continue;
      if (better === other || removed[better] === 1 || tied[better] === 1) continue;
      const spare = (fixedCost[other] ?? 0) - (fixedCost[better] ?? 0);
      if (spare < 0 || extraCost(instance, better, other) > spare) continue;
      removed[other] = 1;
    }
  }
  const kept: number[] = [];
  for (let l = 0; l < locations; l++) if (removed[l] === 0) kept.push(l);
  return kept;
};
