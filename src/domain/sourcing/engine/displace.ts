import type { Assignment } from './assignment.ts';
import { changeBy, move } from './loading.ts';

/** Ships so many missing pieces of line j from the slot, with as much of line i left unfilled as that needs, if it saves. */
const displaceBy = (assignment: Assignment, slot: number, j: number, i: number, pieces: number): boolean => {
  const { instance, units, room, left } = assignment;
  const lacking = pieces * (instance.size[j] ?? 1) - (room[slot] ?? 0);
  const displaced = Math.ceil(lacking / (instance.size[i] ?? 1));
  if (pieces <= 0 || displaced <= 0 || displaced > (units[slot * instance.lines + i] ?? 0)) return false;
  let change = displaced * (instance.unfilledCost[i] ?? 0) - pieces * (instance.unfilledCost[j] ?? 0);
  change += changeBy(assignment, slot, i, -displaced);
  move(assignment, slot, i, -displaced);
  change += changeBy(assignment, slot, j, pieces);
  if (change >= 0) {
    move(assignment, slot, i, displaced);
    return false;
  }
  move(assignment, slot, j, pieces);
  left[i] = (left[i] ?? 0) + displaced;
  left[j] = (left[j] ?? 0) - pieces;
  return true;
};

/** Where capacity is too short for every line: lets missing pieces of line j take the place of others that are worth less. */
export const displace = (assignment: Assignment, j: number): boolean => {
  const { instance, units, stock, room, left, budget } = assignment;
  const { lines, size } = instance;
  let changed = false;
  for (let slot = 0; slot < assignment.count; slot++) {
    if ((room[slot] ?? 0) === Number.POSITIVE_INFINITY) continue;
    budget.steps += lines;
    for (let i = 0; i < lines; i++) {
      const wanted = Math.min(left[j] ?? 0, (stock[slot * lines + j] ?? 0) - (units[slot * lines + j] ?? 0));
      if (wanted <= 0) break;
      const shipped = units[slot * lines + i] ?? 0;
      if (i === j || shipped === 0) continue;
      const fits = Math.floor(((room[slot] ?? 0) + shipped * (size[i] ?? 1)) / (size[j] ?? 1));
      const most = Math.min(wanted, fits);
      if (displaceBy(assignment, slot, j, i, most) || displaceBy(assignment, slot, j, i, 1)) changed = true;
    }
  }
  return changed;
};
