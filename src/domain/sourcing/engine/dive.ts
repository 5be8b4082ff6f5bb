import { assignAndDrop, assignAs } from './assignment.ts';
import { isSpent } from './budget.ts';
import type { Column } from './column-pool.ts';
import { type Generation, generate } from './generate.ts';
import { improveWith } from './incumbent.ts';
import { CLOSED, OPEN } from './relaxation.ts';
import { limitOf, type Search } from './search.ts';

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

/** The location ships this and nothing else; of these lines others ship no more than what is still wanted. */
const decide = (search: Search, { location, lines, pieces }: Column, demand: Float64Array): void => {
  const { instance, relaxation } = search;
  const { start, line } = instance;
  const { least, most } = relaxation.limits;
  if (relaxation.status[location] !== OPEN) search.opened++;
  relaxation.status[location] = OPEN;
  for (const [at, j] of lines.entries()) demand[j] = (demand[j] ?? 0) - (pieces[at] ?? 0);
  for (let k = 0; k < line.length; k++)
    most[k] = Math.max(least[k] ?? 0, Math.min(most[k] ?? 0, demand[line[k] ?? 0] ?? 0));
  let at = 0;
  for (let k = start[location] ?? 0; k < (start[location + 1] ?? 0); k++) {
    const ships = lines[at] === line[k] ? (pieces[at++] ?? 0) : 0;
    least[k] = ships;
    most[k] = ships;
  }
};

/**
 * A plan by diving: the shipment that the master problem uses most becomes certain, and the rest is priced anew, until all is or no better
 * plan is left (Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa 2019). The search is not left where it was.
 */
export const dive = (search: Search, generation: Generation): void => {
  const { relaxation, instance, assignment, incumbent, budget } = search;
  const demand = instance.demand.slice();
  const certain = new Set<number>();
  const plan: Column[] = [];
  while (!isSpent(budget)) {
    const { shares, bound } = generate(search, generation, ROUNDS);
    if (bound > limitOf(search)) break;
    const free = shares.filter(({ column }) => !certain.has(column.location));
    free.sort((a, b) => b.share - a.share || a.column.location - b.column.location);
    const before = plan.length;
    for (const { column } of free.filter(({ share }, rank) => rank === 0 || share >= NEARLY_WHOLE)) {
      const status = relaxation.status[column.location];
      const wanted = stillWanted(column, demand);
      if (wanted === undefined || status === CLOSED || (status !== OPEN && search.opened >= relaxation.most)) continue;
      certain.add(column.location);
      plan.push(wanted);
      decide(search, wanted, demand);
    }
    if (plan.length === before) break;
  }
  if (plan.length === 0) return;
  const cost = assignAs(assignment, plan);
  improveWith(incumbent, assignment, instance.hardLeaves ? cost : assignAndDrop(assignment));
};
