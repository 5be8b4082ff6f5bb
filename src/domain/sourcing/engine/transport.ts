import type { Assignment } from './assignment.ts';

/**
 * With whole-number stocks, demands and capacities the best sharing is a minimum-cost flow. The assignment comes in with each
 * line filled cheapest first as far as capacities allowed; here every line is first filled as if there were none, and then the
 * excess leaves the overloaded locations along cheapest paths, each step moving one line's units from one location to another or
 * to nobody. Successive shortest paths (Ahuja, Magnanti and Orlin, ch. 9): the start is the optimum without capacities, so
 * no cycle is negative and none becomes so.
 */
export const rebalance = (assignment: Assignment): void => {
  const { count, room, budget } = assignment;
  if (!refillWithoutCapacity(assignment)) return;
  const moves = allMoves(assignment);
  for (let overloaded = 0; overloaded < count; overloaded++) {
    while ((room[overloaded] ?? 0) < 0) {
      const path = cheapestPath(assignment, moves, overloaded);
      pushAlong(assignment, moves, path, overloaded);
      budget.steps += count * count;
    }
  }
};

/** From place to place, slots first and nobody last: the least cost of moving a unit, Infinity if none can move, and the line that does it. */
type Moves = { readonly places: number; readonly cost: Float64Array; readonly line: Int32Array };

type Path = { readonly from: Int32Array; readonly end: number };

/** True if some location then ships more than it may. */
const refillWithoutCapacity = (assignment: Assignment): boolean => {
  const { instance, count, room, slots, units, stock, cost, left } = assignment;
  const { lines } = instance;
  for (let slot = 0; slot < count; slot++) room[slot] = instance.capacity[slots[slot] ?? 0] ?? 0;
  for (let j = 0; j < lines; j++) {
    const offering: number[] = [];
    for (let slot = 0; slot < count; slot++) if ((stock[slot * lines + j] ?? 0) > 0) offering.push(slot);
    offering.sort(
      (a, b) => (cost[a * lines + j] ?? 0) - (cost[b * lines + j] ?? 0) || (slots[a] ?? 0) - (slots[b] ?? 0),
    );
    let wanted = instance.demand[j] ?? 0;
    for (const slot of offering) {
      const taken = Math.min(wanted, stock[slot * lines + j] ?? 0);
      units[slot * lines + j] = taken;
      room[slot] = (room[slot] ?? 0) - taken;
      wanted -= taken;
    }
    left[j] = wanted;
  }
  for (let slot = 0; slot < count; slot++) if ((room[slot] ?? 0) < 0) return true;
  return false;
};

const findMove = (assignment: Assignment, moves: Moves, from: number, to: number): void => {
  const { instance, count, units, stock, cost, left } = assignment;
  const { lines, demand, unfilledCost } = instance;
  let best = Number.POSITIVE_INFINITY;
  let line = -1;
  for (let j = 0; j < lines; j++) {
    const has = from === count ? (left[j] ?? 0) : (units[from * lines + j] ?? 0);
    if (has <= 0) continue;
    const takes = to === count ? (demand[j] ?? 0) : (stock[to * lines + j] ?? 0) - (units[to * lines + j] ?? 0);
    if (takes <= 0) continue;
    const leaving = from === count ? (unfilledCost[j] ?? 0) : (cost[from * lines + j] ?? 0);
    const arriving = to === count ? (unfilledCost[j] ?? 0) : (cost[to * lines + j] ?? 0);
    if (arriving - leaving < best) {
      best = arriving - leaving;
      line = j;
    }
  }
  moves.cost[from * moves.places + to] = best;
  moves.line[from * moves.places + to] = line;
};

const findMovesOf = (assignment: Assignment, moves: Moves, place: number): void => {
  for (let other = 0; other < moves.places; other++) {
    if (other === place) continue;
    findMove(assignment, moves, place, other);
    findMove(assignment, moves, other, place);
  }
  assignment.budget.steps += moves.places * assignment.instance.lines;
};

const allMoves = (assignment: Assignment): Moves => {
  const places = assignment.count + 1;
  const cost = new Float64Array(places * places).fill(Number.POSITIVE_INFINITY);
  const moves: Moves = { places, cost, line: new Int32Array(places * places) };
  for (let from = 0; from < places; from++) {
    for (let to = 0; to < places; to++) if (from !== to) findMove(assignment, moves, from, to);
  }
  assignment.budget.steps += places * places * assignment.instance.lines * 0.5;
  return moves;
};

/** Bellman and Ford over the slots and nobody; ends at the cheapest place with room, and nobody always has room. */
const cheapestPath = ({ room }: Assignment, { places, cost }: Moves, source: number): Path => {
  const distance = new Float64Array(places).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(places).fill(-1);
  distance[source] = 0;
  for (let round = 1, changed = true; changed && round < places; round++) {
    changed = false;
    for (let a = 0; a < places; a++) {
      const here = distance[a] ?? 0;
      if (here === Number.POSITIVE_INFINITY) continue;
      for (let b = 0; b < places; b++) {
        const reached = here + (cost[a * places + b] ?? 0);
        if (reached >= (distance[b] ?? 0)) continue;
        distance[b] = reached;
        from[b] = a;
        changed = true;
      }
    }
  }
  let end = places - 1;
  for (let slot = 0; slot < places - 1; slot++) {
    if ((room[slot] ?? 0) > 0 && (distance[slot] ?? 0) < (distance[end] ?? 0)) end = slot;
  }
  return { from, end };
};

const pushAlong = (assignment: Assignment, moves: Moves, path: Path, source: number): void => {
  const { instance, count, room, units, stock, left } = assignment;
  const { lines } = instance;
  const lineTo = (to: number): number => moves.line[(path.from[to] ?? 0) * moves.places + to] ?? 0;
  let amount = -(room[source] ?? 0);
  if (path.end !== count) amount = Math.min(amount, room[path.end] ?? 0);
  for (let to = path.end; to !== source; to = path.from[to] ?? 0) {
    const j = lineTo(to);
    const from = path.from[to] ?? 0;
    amount = Math.min(amount, from === count ? (left[j] ?? 0) : (units[from * lines + j] ?? 0));
    if (to !== count) amount = Math.min(amount, (stock[to * lines + j] ?? 0) - (units[to * lines + j] ?? 0));
  }
  for (let to = path.end; to !== source; to = path.from[to] ?? 0) {
    const j = lineTo(to);
    const from = path.from[to] ?? 0;
    if (from === count) left[j] = (left[j] ?? 0) - amount;
    else units[from * lines + j] = (units[from * lines + j] ?? 0) - amount;
    if (to === count) left[j] = (left[j] ?? 0) + amount;
    else units[to * lines + j] = (units[to * lines + j] ?? 0) + amount;
  }
  room[source] = (room[source] ?? 0) + amount;
  if (path.end !== count) room[path.end] = (room[path.end] ?? 0) - amount;
  for (let to = path.end; to !== source; to = path.from[to] ?? 0) findMovesOf(assignment, moves, to);
  findMovesOf(assignment, moves, source);
};
