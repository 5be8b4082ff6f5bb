import { assignAndDrop, assignAs } from './assignment.ts';
import { isSpent } from './budget.ts';
import type { Column } from './column-pool.ts';
import { type Generation, generate } from './generate.ts';
import { improveWith } from './incumbent.ts';
import { CLOSED, OPEN } from './relaxation.ts';
import type { Search } from './search.ts';

const ROUNDS = 6;
/** Shipments used to this share are taken together with the first. */
const NEARLY_WHOLE = 0.95;

/** What of the column is still wanted; undefined if nothing is. */
const stillWanted = (column: Column, demand: Float64Array): Column | undefined => {
  const lines: number[] = [];
  const pieces: number[] = [];
  column.lines.forEach((j, at) => {
    const wanted = Math.min(column.pieces[at] ?? 0, demand[j] ?? 0);
    if (wanted === 0) return;
    lines.push(j);
    pieces.push(wanted);
  });
  return lines.length === 0 ? undefined : { ...column, lines, pieces };
};

/**
 * A plan by diving: the shipment that the master problem uses most becomes certain, and the rest of the demand is priced anew, until none
 * is left (Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa 2019).
 */
export const dive = (search: Search, generation: Generation): void => {
  const { relaxation, instance, assignment, incumbent, budget } = search;
  const { limits } = relaxation;
  const { trailLength, opened } = search;
  const status = relaxation.status.slice();
  const { most } = relaxation;
  const mostUnits = limits.most.slice();
  const prices = relaxation.prices.slice();
  const demand = instance.demand.slice();
  const plan: Column[] = [];
  while (relaxation.most > 0 && !isSpent(budget)) {
    const { shares } = generate(search, generation, demand, ROUNDS);
    shares.sort((a, b) => b.share - a.share || a.column.location - b.column.location);
    const chosen = shares.filter(({ share }, rank) => rank === 0 || share >= NEARLY_WHOLE);
    const before = plan.length;
    for (const { column } of chosen) {
      const wanted = stillWanted(column, demand);
      if (wanted === undefined || relaxation.status[column.location] === CLOSED || relaxation.most === 0) continue;
      plan.push(wanted);
      if (relaxation.status[column.location] === OPEN) search.opened--;
      relaxation.status[column.location] = CLOSED;
      relaxation.most--;
      wanted.lines.forEach((j, at) => {
        demand[j] = (demand[j] ?? 0) - (wanted.pieces[at] ?? 0);
      });
    }
    if (plan.length === before) break;
    for (let k = 0; k < limits.most.length; k++) {
      limits.most[k] = Math.max(
        limits.least[k] ?? 0,
        Math.min(limits.most[k] ?? 0, demand[instance.line[k] ?? 0] ?? 0),
      );
    }
  }
  relaxation.most = most;
  limits.most.set(mostUnits);
  relaxation.prices.set(prices);
  relaxation.status.set(status);
  Object.assign(search, { trailLength, opened });
  if (plan.length === 0) return;
  const cost = assignAs(assignment, plan);
  improveWith(incumbent, assignment, instance.hardLeaves ? cost : assignAndDrop(assignment));
};
