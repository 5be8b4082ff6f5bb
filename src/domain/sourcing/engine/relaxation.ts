import type { Instance } from './instance.ts';
import { bestChoice, createChoice, type LocationChoice, type OfferLimits } from './tied-location.ts';

export const FREE = 0;
export const OPEN = 1;
export const CLOSED = 2;

/**
 * The demand rows priced out: each location then answers alone what it would ship at these prices, and the sum is a lower
 * bound on every plan. All prices are multiples of the instance's quantum, so the sums are exact and need no tolerance.
 */
export type Relaxation = {
  readonly instance: Instance;
  readonly status: Uint8Array;
  readonly prices: Float64Array;
  /** Fixed cost less what the location's shipment saves at the prices: negative if it is worth opening. */
  readonly reducedCost: Float64Array;
  readonly chosen: Uint8Array;
  /** Demand not met by the chosen locations: the direction in which the prices should move. */
  readonly shortage: Float64Array;
  readonly ranking: Int32Array;
  readonly choice: LocationChoice;
  readonly limits: OfferLimits;
  /** Limits on the number of locations used, as narrowed by the search. */
  fewest: number;
  most: number;
  bound: number;
  /** What fixing may rely on when the number of locations is at a limit: reduced costs of the last chosen and the first left out. */
  lastIn: number;
  firstOut: number;
};

/** Where every location decides by prices alone. */
const NO_LIMITS: OfferLimits = {
  least: new Float64Array(0),
  most: new Float64Array(0),
  leastPostage: new Float64Array(0),
  mostGrams: new Float64Array(0),
};

const limitsOf = ({ units, locations }: Instance): OfferLimits => ({
  least: new Float64Array(units.length),
  most: units.slice(),
  leastPostage: new Float64Array(locations),
  mostGrams: new Float64Array(locations).fill(Number.POSITIVE_INFINITY),
});

export const createRelaxation = (instance: Instance): Relaxation => ({
  instance,
  status: new Uint8Array(instance.locations),
  prices: new Float64Array(instance.lines),
  reducedCost: new Float64Array(instance.locations),
  chosen: new Uint8Array(instance.locations),
  shortage: new Float64Array(instance.lines),
  ranking: new Int32Array(instance.locations + 1),
  choice: createChoice(instance.anyTied ? instance.lines : 0),
  limits: instance.anyTied ? limitsOf(instance) : NO_LIMITS,
  fewest: 0,
  most: instance.maxLocations,
  bound: 0,
  lastIn: 0,
  firstOut: 0,
});

const priceLocations = (relaxation: Relaxation): void => {
  const { instance, status, prices, reducedCost, choice, limits } = relaxation;
  const { start, line, units, unitCost, fixedCost, tied, locations } = instance;
  for (let l = 0; l < locations; l++) {
    if (status[l] === CLOSED) continue;
    let cost = fixedCost[l] ?? 0;
    if (tied[l] === 1) {
      cost -= bestChoice(instance, l, prices, limits, choice);
    } else {
      const end = start[l + 1] ?? 0;
      for (let k = start[l] ?? 0; k < end; k++) {
        const gain = (prices[line[k] ?? 0] ?? 0) - (unitCost[k] ?? 0);
        if (gain > 0) cost -= gain * (units[k] ?? 0);
      }
    }
    reducedCost[l] = cost;
  }
};

/** With too many or too few locations worth opening for the limits on their number, exactly the best `count` free ones are chosen. */
const chooseExactly = (relaxation: Relaxation, count: number): void => {
  const { instance, status, reducedCost, chosen, ranking } = relaxation;
  let ranked = 0;
  // Insertion into the best `count` and one more: there are far fewer of them than of locations.
  for (let l = 0; l < instance.locations; l++) {
    if (status[l] !== FREE) continue;
    chosen[l] = 0;
    const cost = reducedCost[l] ?? 0;
    if (ranked > count && cost >= (reducedCost[ranking[count] ?? 0] ?? 0)) continue;
    let at = Math.min(ranked, count);
    for (; at > 0 && (reducedCost[ranking[at - 1] ?? 0] ?? 0) > cost; at--) ranking[at] = ranking[at - 1] ?? 0;
    ranking[at] = l;
    if (ranked <= count) ranked++;
  }
  for (let rank = 0; rank < Math.min(count, ranked); rank++) chosen[ranking[rank] ?? 0] = 1;
  relaxation.lastIn = count > 0 ? (reducedCost[ranking[count - 1] ?? 0] ?? 0) : Number.NEGATIVE_INFINITY;
  relaxation.firstOut = ranked > count ? (reducedCost[ranking[count] ?? 0] ?? 0) : Number.POSITIVE_INFINITY;
};

/** Marks the locations that the reduced costs choose and returns what they add to the bound. */
export const chooseLocations = (relaxation: Relaxation): number => {
  const { instance, status, reducedCost, chosen, fewest, most } = relaxation;
  let wanted = 0;
  let opened = 0;
  for (let l = 0; l < instance.locations; l++) {
    const state = status[l];
    const worth = state === OPEN || (state === FREE && (reducedCost[l] ?? 0) < 0);
    chosen[l] = worth ? 1 : 0;
    if (state === OPEN) opened++;
    else if (worth) wanted++;
  }
  relaxation.lastIn = 0;
  relaxation.firstOut = 0;
  if (opened + wanted > most) chooseExactly(relaxation, Math.max(0, most - opened));
  else if (opened + wanted < fewest) chooseExactly(relaxation, fewest - opened);
  let sum = 0;
  for (let l = 0; l < instance.locations; l++) if (chosen[l] === 1) sum += reducedCost[l] ?? 0;
  return sum;
};

/** What one location more or less counts where their number is at a limit: above 0 at the most allowed, below 0 at the fewest. */
export const tollOf = ({ lastIn, firstOut }: Relaxation): number => (lastIn > 0 ? -lastIn : Math.max(0, -firstOut));

/** Sets bound, reduced costs, chosen locations and shortage for the present prices. */
export const relax = (relaxation: Relaxation): number => {
  const { instance, prices, chosen, shortage, choice, limits } = relaxation;
  const { demand, lines, locations, start, line, units, unitCost, tied } = instance;
  priceLocations(relaxation);
  let bound = chooseLocations(relaxation);
  for (let j = 0; j < lines; j++) {
    bound += (demand[j] ?? 0) * (prices[j] ?? 0);
    shortage[j] = demand[j] ?? 0;
  }
  for (let l = 0; l < locations; l++) {
    if (chosen[l] === 0) continue;
    if (tied[l] === 1) {
      bestChoice(instance, l, prices, limits, choice);
      for (let k = 0; k < choice.count; k++) {
        const j = choice.line[k] ?? 0;
        shortage[j] = (shortage[j] ?? 0) - (choice.units[k] ?? 0);
      }
      continue;
    }
    const end = start[l + 1] ?? 0;
    for (let k = start[l] ?? 0; k < end; k++) {
      const j = line[k] ?? 0;
      if ((prices[j] ?? 0) > (unitCost[k] ?? 0)) shortage[j] = (shortage[j] ?? 0) - (units[k] ?? 0);
    }
  }
  relaxation.bound = bound;
  return bound;
};
