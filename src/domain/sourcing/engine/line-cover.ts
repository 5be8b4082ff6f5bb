import { type Instance, selected } from './instance.ts';
import { CLOSED } from './relaxation.ts';

/** The offers of each line, cheapest piece first: those of line j are at `start[j]` to `start[j + 1]`. */
export type LineOffers = {
  readonly start: Int32Array;
  readonly location: Int32Array;
  readonly units: Float64Array;
  readonly unitCost: Float64Array;
};

export const lineOffersOf = (instance: Instance): LineOffers => {
  const { lines, locations, line, unitCost } = instance;
  const offers = instance.start[locations] ?? 0;
  const start = new Int32Array(lines + 1);
  for (let k = 0; k < offers; k++) {
    const next = (line[k] ?? 0) + 1;
    start[next] = (start[next] ?? 0) + 1;
  }
  for (let j = 0; j < lines; j++) start[j + 1] = (start[j + 1] ?? 0) + (start[j] ?? 0);
  const end = start.slice();
  const order = new Int32Array(offers);
  for (let k = 0; k < offers; k++) {
    const j = line[k] ?? 0;
    const at = end[j] ?? 0;
    order[at] = k;
    end[j] = at + 1;
  }
  for (let j = 0; j < lines; j++) {
    order.subarray(start[j], start[j + 1]).sort((a, b) => (unitCost[a] ?? 0) - (unitCost[b] ?? 0) || a - b);
  }
  const owners = ownersOf(instance);
  const location = new Int32Array(offers);
  for (let at = 0; at < offers; at++) location[at] = owners[order[at] ?? 0] ?? 0;
  return { start, location, units: selected(instance.units, order), unitCost: selected(unitCost, order) };
};

/** The location of each offer. */
const ownersOf = ({ start, locations }: Instance): Int32Array => {
  const owners = new Int32Array(start[locations] ?? 0);
  for (let l = 0; l < locations; l++) owners.fill(l, start[l], start[l + 1]);
  return owners;
};

export type LineCover = {
  readonly offers: LineOffers;
  /** Cost of filling exactly so many pieces with whole stocks of the offers seen so far. */
  readonly cost: Float64Array;
  /** For each offer of the line and each number of pieces: is the offer part of the cheapest way? */
  readonly taken: Uint8Array;
  /** By offer: is it used in the last solution? */
  readonly used: Uint8Array;
};

export const createLineCover = (instance: Instance): LineCover => {
  const offers = lineOffersOf(instance);
  let widest = 0;
  let cells = 0;
  for (let j = 0; j < instance.lines; j++) {
    const width = (instance.demand[j] ?? 0) + 1;
    widest = Math.max(widest, width);
    cells = Math.max(cells, width * ((offers.start[j + 1] ?? 0) - (offers.start[j] ?? 0)));
  }
  return {
    offers,
    cost: new Float64Array(widest),
    taken: new Uint8Array(cells),
    used: new Uint8Array(offers.location.length),
  };
};

/**
 * The cheapest way to serve line j alone, when using an offer costs its toll plus its pieces. In a cheapest way all offers but the
 * dearest per piece are used up, so with offers sorted by piece cost only the last one may be used in part.
 */
export const coverLine = (
  instance: Instance,
  cover: LineCover,
  j: number,
  tolls: Float64Array,
  status: Uint8Array,
): number => {
  const { offers, cost, taken, used } = cover;
  const demand = instance.demand[j] ?? 0;
  const width = demand + 1;
  const first = offers.start[j] ?? 0;
  const end = offers.start[j + 1] ?? 0;
  cost.fill(Number.POSITIVE_INFINITY, 0, width);
  cost[0] = 0;
  let best = Number.POSITIVE_INFINITY;
  let lastOffer = -1;
  let lastFilled = 0;
  for (let k = first; k < end; k++) {
    used[k] = 0;
    const row = (k - first) * width;
    taken.fill(0, row, row + width);
    if (status[offers.location[k] ?? 0] === CLOSED) continue;
    const units = offers.units[k] ?? 0;
    const unitCost = offers.unitCost[k] ?? 0;
    const toll = tolls[k] ?? 0;
    for (let filled = Math.max(0, demand - units); filled < demand; filled++) {
      const total = (cost[filled] ?? 0) + toll + unitCost * (demand - filled);
      if (total < best) {
        best = total;
        lastOffer = k;
        lastFilled = filled;
      }
    }
    const whole = toll + unitCost * units;
    for (let filled = demand; filled >= units; filled--) {
      const total = (cost[filled - units] ?? 0) + whole;
      if (total < (cost[filled] ?? 0)) {
        cost[filled] = total;
        taken[row + filled] = 1;
      }
    }
  }
  for (let filled = 0; filled < demand; filled++) {
    const total = (cost[filled] ?? 0) + (demand - filled) * (instance.unfilledCost[j] ?? 0);
    if (total < best) {
      best = total;
      lastOffer = end;
      lastFilled = filled;
    }
  }
  if (lastOffer < end && lastOffer >= 0) used[lastOffer] = 1;
  for (let k = lastOffer - 1, filled = lastFilled; k >= first; k--) {
    if (taken[(k - first) * width + filled] !== 1) continue;
    used[k] = 1;
    filled -= offers.units[k] ?? 0;
  }
  return best;
};
