import type { Column } from './column-pool.ts';
import type { Instance } from './instance.ts';
import { CLOSED, FREE, OPEN } from './relaxation.ts';
import type { Search } from './search.ts';
import { undecidedCount, undecidedLocation, undecidedOffer } from './undecided.ts';

/** How much of a shipment the master problem uses. */
export type Share = { readonly column: Column; readonly share: number };

/** Two decisions, one of which every plan of the subtree keeps; the second one is the more likely. */
export type Split = readonly [() => void, () => void];

/** A location used less than this, or more than one less it, is not broken. */
const BROKEN = 0.01;

/** By offer: the pieces that the master problem ships. */
const shippedBy = ({ start, line, units }: Instance, shares: readonly Share[]): Float64Array => {
  const shipped = new Float64Array(units.length);
  for (const { column, share } of shares) {
    const l = column.location;
    let at = 0;
    for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
      if (column.lines[at] === line[k]) shipped[k] = (shipped[k] ?? 0) + share * (column.pieces[at++] ?? 0);
    }
  }
  return shipped;
};

const splitAtCount = ({ relaxation }: Search, count: number): Split => [
  () => {
    relaxation.fewest = count + 1;
  },
  () => {
    relaxation.most = count;
  },
];

const splitAtLocation = ({ relaxation }: Search, l: number): Split => [
  () => {
    relaxation.status[l] = CLOSED;
  },
  () => {
    relaxation.status[l] = OPEN;
  },
];

/** The location whose shipments pay most unlike postage: some weigh no more than a step of its tariff, the others pay for the next one. */
const splitAtStep = ({ instance, relaxation }: Search, shares: readonly Share[]): Split | undefined => {
  const used = new Float64Array(instance.locations);
  const paid = new Float64Array(instance.locations);
  const spread = new Float64Array(instance.locations);
  for (const { column, share } of shares) {
    used[column.location] = (used[column.location] ?? 0) + share;
    paid[column.location] = (paid[column.location] ?? 0) + share * column.postage;
  }
  const meanOf = (l: number): number => (paid[l] ?? 0) / (used[l] ?? 1);
  for (const { column, share } of shares) {
    const l = column.location;
    spread[l] = (spread[l] ?? 0) + share * Math.abs(column.postage - meanOf(l));
  }
  let split: Split | undefined;
  let widest = BROKEN;
  for (let l = 0; l < instance.locations; l++) {
    const { limits, prices } = instance.staircase[l] ?? { limits: [], prices: [] };
    const above = prices.findIndex((price) => price > meanOf(l));
    if ((spread[l] ?? 0) <= widest || above <= 0) continue;
    widest = spread[l] ?? 0;
    split = [
      () => {
        relaxation.limits.leastPostage[l] = prices[above] ?? 0;
      },
      () => {
        relaxation.limits.mostGrams[l] = limits[above - 1] ?? 0;
      },
    ];
  }
  return split;
};

/** The offer of which the most broken number of pieces is shipped; -1 if all are whole. */
const brokenOffer = (shipped: Float64Array): number => {
  let best = -1;
  let most = BROKEN;
  for (let k = 0; k < shipped.length; k++) {
    const part = (shipped[k] ?? 0) - Math.floor(shipped[k] ?? 0);
    const broken = Math.min(part, 1 - part);
    if (broken <= most) continue;
    most = broken;
    best = k;
  }
  return best;
};

const ownerOf = ({ start, locations }: Instance, k: number): number => {
  let l = 0;
  while (l + 1 < locations && (start[l + 1] ?? 0) <= k) l++;
  return l;
};

/** So many pieces of the offer at most, or more: which only an open location ships. */
const splitAtOffer = ({ instance, relaxation }: Search, k: number, pieces: number): Split => {
  const { limits, status } = relaxation;
  const whole = Math.min((limits.most[k] ?? 0) - 1, Math.max(limits.least[k] ?? 0, Math.floor(pieces)));
  const l = ownerOf(instance, k);
  return [
    () => {
      limits.most[k] = whole;
    },
    () => {
      limits.least[k] = whole + 1;
      if (status[l] === FREE) status[l] = OPEN;
    },
  ];
};

/**
 * On the number of locations while it lies between two numbers, then on single locations, on steps of their tariffs, and, where the
 * shipments of open locations are hard to choose, on single offers. Undefined if all is decided.
 */
export const splitOf = (search: Search, shares: readonly Share[], bound: number): Split | undefined => {
  const { instance, liking, relaxation } = search;
  const count = undecidedCount(search, bound);
  if (count > 0) return splitAtCount(search, count);
  const l = undecidedLocation(search);
  const isBroken = l >= 0 && Math.abs((liking[l] ?? 0) - 0.5) < 0.5 - BROKEN;
  if (isBroken || (l >= 0 && !instance.hardLeaves)) return splitAtLocation(search, l);
  if (!instance.hardLeaves) return undefined;
  const atStep = splitAtStep(search, shares);
  if (atStep !== undefined) return atStep;
  const shipped = shippedBy(instance, shares);
  const broken = brokenOffer(shipped);
  if (broken >= 0) return splitAtOffer(search, broken, shipped[broken] ?? 0);
  if (l >= 0) return splitAtLocation(search, l);
  const k = undecidedOffer(search);
  const { least, most } = relaxation.limits;
  return k < 0 ? undefined : splitAtOffer(search, k, ((least[k] ?? 0) + (most[k] ?? 0)) / 2);
};
