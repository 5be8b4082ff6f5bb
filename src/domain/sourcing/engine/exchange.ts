import { assign, assignAndDrop } from './assignment.ts';
import { isSpent } from './budget.ts';
import { improveWith } from './incumbent.ts';
import { CLOSED } from './relaxation.ts';
import type { Search } from './search.ts';

const MOST_CANDIDATES = 24;

/** The locations most worth opening at the present prices, best first. */
const candidates = (search: Search): number[] => {
  const { instance, relaxation } = search;
  const found: number[] = [];
  for (let l = 0; l < instance.locations; l++) if (relaxation.status[l] !== CLOSED) found.push(l);
  const { reducedCost } = relaxation;
  return found.sort((a, b) => (reducedCost[a] ?? 0) - (reducedCost[b] ?? 0) || a - b).slice(0, MOST_CANDIDATES);
};

/** Puts the candidate in place of each slot's location in turn, or beside them, and keeps the first change that saves. */
const tryCandidate = (search: Search, candidate: number, cost: number): number => {
  const { assignment, instance } = search;
  const { slots } = assignment;
  for (let slot = 0; slot < assignment.count; slot++) if (slots[slot] === candidate) return cost;
  for (let slot = 0; slot < assignment.count; slot++) {
    const replaced = slots[slot] ?? 0;
    slots[slot] = candidate;
    const changed = assign(assignment);
    if (changed < cost) return changed;
    slots[slot] = replaced;
  }
  if (assignment.count >= instance.maxLocations) return cost;
  slots[assignment.count++] = candidate;
  const changed = assign(assignment);
  if (changed < cost) return changed;
  assignment.count--;
  return cost;
};

/** Local search on the assignment's open locations: exchange or add one as long as that saves, then drop what is not needed. */
export const exchange = (search: Search, rounds: number): void => {
  const { assignment } = search;
  let cost = assign(assignment);
  for (let round = 0; round < rounds; round++) {
    const before = cost;
    for (const candidate of candidates(search)) {
      if (isSpent(search.budget)) break;
      cost = tryCandidate(search, candidate, cost);
    }
    cost = assignAndDrop(assignment);
    improveWith(search.incumbent, assignment, cost);
    if (cost >= before) return;
  }
};
