import { FREE, OPEN } from './relaxation.ts';
import { limitOf, type Search } from './search.ts';

/** The free location that the relaxation can decide least; -1 if all are decided. */
export const undecidedLocation = (search: Search): number => {
  const { liking, relaxation, instance } = search;
  let best = -1;
  let nearest = Number.POSITIVE_INFINITY;
  for (let l = 0; l < instance.locations; l++) {
    if (relaxation.status[l] !== FREE) continue;
    const distance = Math.abs((liking[l] ?? 0) - 0.5);
    if (distance < nearest) {
      nearest = distance;
      best = l;
    }
  }
  return best;
};

const cheapestFree = (search: Search): number => {
  const { relaxation, instance } = search;
  let cheapest = Number.POSITIVE_INFINITY;
  for (let l = 0; l < instance.locations; l++) {
    if (relaxation.status[l] === FREE) cheapest = Math.min(cheapest, instance.fixedCost[l] ?? 0);
  }
  return cheapest;
};

/** Is the gap so wide that a location more or less decides? Then their number has to be decided first. */
export const countMatters = (search: Search): boolean =>
  2 * (limitOf(search) - search.relaxation.bound) > cheapestFree(search) &&
  undecidedCount(search, search.relaxation.bound) > 0;

/**
 * The k for which "at most k locations" and "more than k" should be searched apart; 0 if there is none. Where fixed costs weigh most,
 * deciding this first lifts the bound far more than deciding on any one location. So it is done where the gap leaves room for about one
 * location more or less, at the number of the best plan and one below it, and where the relaxation lies clearly between two numbers.
 */
export const undecidedCount = (search: Search, bound: number): number => {
  const { liking, relaxation, incumbent } = search;
  const isOpen = (count: number): boolean => count > 0 && count >= relaxation.fewest && count < relaxation.most;
  if (2 * (incumbent.cost - bound) > cheapestFree(search)) {
    const used = new Set(incumbent.shipments.map(({ location }) => location)).size;
    if (isOpen(used - 1)) return used - 1;
    if (isOpen(used)) return used;
  }
  let sum = 0;
  for (const often of liking) sum += often;
  const whole = Math.floor(sum);
  const between = sum - whole;
  return between >= 0.1 && between <= 0.9 && isOpen(whole) ? whole : 0;
};

/** An open location's offer whose units are not decided, of the line furthest from being met; -1 if there is none. */
export const undecidedOffer = (search: Search): number => {
  const { relaxation, instance } = search;
  const { limits, status, shortage, prices } = relaxation;
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let l = 0; l < instance.locations; l++) {
    if (status[l] !== OPEN) continue;
    for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) {
      const range = (limits.most[k] ?? 0) - (limits.least[k] ?? 0);
      if (range <= 0) continue;
      const j = instance.line[k] ?? 0;
      const score = Math.abs(shortage[j] ?? 0) * (prices[j] ?? 0) + range / ((instance.demand[j] ?? 0) + 1);
      if (score > most) {
        most = score;
        best = k;
      }
    }
  }
  return best;
};
