import type { MinorUnits, Quantity } from '../values.ts';
import type { Shipment } from './problem.ts';

/** `available[line][location]`, and what a unit of any line costs from each location. */
export type Stock = {
  readonly demand: readonly Quantity[];
  readonly available: readonly (readonly Quantity[])[];
  readonly unitCost: readonly MinorUnits[];
};

/** Fewer lines at the same least cost; `members` names the lines that went into each. */
export type MergedLines = Pick<Stock, 'demand' | 'available'> & { readonly members: readonly (readonly number[])[] };

/**
 * An order of hundreds of SKUs is seldom hundreds of decisions. Two steps, neither of which changes the least cost:
 *
 * 1. A location is needed if without it fewer units of some line could be filled. Where every fillable unit gets filled
 *    (`fillsAll`: a gap is dearer than any way to close it), every best plan opens it. What it holds of a line in full,
 *    no other location does more cheaply unless its unit cost is lower: the others' stock of that line is left out, as
 *    the same units from the needed location cost no more, and nothing further to open.
 * 2. Lines that exactly the same locations hold in full, and none in part, are one line with the sum of their demands.
 *    A unit costs the same whatever its line, so whichever locations are open, the cheapest of those ships each of the
 *    lines, and hence their sum; and whatever part of the sum a location ships, it has the stock for.
 */
export const mergeLines = (stock: Stock, { fillsAll }: { readonly fillsAll: boolean }): MergedLines => {
  const needed = fillsAll ? neededLocations(stock) : [];
  const groups = new Map<string, { members: number[]; units: Quantity; row: readonly Quantity[] }>();
  for (let line = 0; line < stock.demand.length; line++) {
    const wanted = stock.demand[line] ?? 0;
    const row = worthShipping(stock, line, needed);
    const key = holdersInFull(row, wanted) ?? `line ${line}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { members: [line], units: wanted, row });
      continue;
    }
    group.members.push(line);
    group.units += wanted;
  }
  const merged = [...groups.values()];
  return {
    demand: merged.map(({ units }) => units),
    available: merged.map(({ members, units, row }) =>
      members.length === 1 ? row : row.map((held) => (held > 0 ? units : 0)),
    ),
    members: merged.map(({ members }) => members),
  };
};

/** The shipments of the merged lines as shipments of the lines themselves, by location and line. */
export const shipmentsOfMembers = (
  shipments: readonly Shipment[],
  { members }: MergedLines,
  demand: readonly Quantity[],
): Shipment[] => {
  const open = [...demand];
  const split = shipments.flatMap(({ location, line: merged, units }) => {
    let left = units;
    return (members[merged] ?? []).flatMap((line) => {
      const taken = Math.min(left, open[line] ?? 0);
      if (taken === 0) return [];
      left -= taken;
      open[line] = (open[line] ?? 0) - taken;
      return [{ location, line, units: taken }];
    });
  });
  return split.sort((a, b) => a.location - b.location || a.line - b.line);
};

const neededLocations = ({ demand, available, unitCost }: Stock): number[] => {
  const isNeeded = unitCost.map(() => false);
  for (let line = 0; line < demand.length; line++) {
    const wanted = demand[line] ?? 0;
    const row = available[line] ?? [];
    let held = 0;
    for (const units of row) held += Math.min(units, wanted);
    const fillable = Math.min(held, wanted);
    for (let location = 0; location < row.length; location++) {
      if (held - Math.min(row[location] ?? 0, wanted) < fillable) isNeeded[location] = true;
    }
  }
  return isNeeded.flatMap((needed, location) => (needed ? [location] : []));
};

/** The line's stock that some best plan may ship, no more of it than is wanted. */
const worthShipping = ({ demand, available, unitCost }: Stock, line: number, needed: readonly number[]): Quantity[] => {
  const wanted = demand[line] ?? 0;
  const row = available[line] ?? [];
  let certain = -1;
  let price = Number.POSITIVE_INFINITY;
  for (const location of needed) {
    const cost = unitCost[location] ?? 0;
    if ((row[location] ?? 0) < wanted || cost >= price) continue;
    certain = location;
    price = cost;
  }
  return row.map((held, location) =>
    location === certain || (unitCost[location] ?? 0) < price ? Math.min(held, wanted) : 0,
  );
};

/** The locations that hold the line, as a key; null where one of them holds only a part of what is wanted. */
const holdersInFull = (row: readonly Quantity[], wanted: Quantity): string | null => {
  let key = '';
  for (let location = 0; location < row.length; location++) {
    const held = row[location] ?? 0;
    if (held > 0 && held < wanted) return null;
    if (held > 0) key += `${location},`;
  }
  return key;
};
