import type { Shipment } from '../problem.ts';
import type { Assignment } from './assignment.ts';
import { polish } from './polish.ts';

/** The best plan found so far. Locations and lines are numbered as in the problem; units are pieces. */
export type Incumbent = { cost: number; shipments: readonly Shipment[] };

const shipmentsOf = (assignment: Assignment): Shipment[] => {
  const { instance, slots, units } = assignment;
  const shipments: Shipment[] = [];
  for (let slot = 0; slot < assignment.count; slot++) {
    const location = instance.locationOrigin[slots[slot] ?? 0] ?? 0;
    for (let j = 0; j < instance.lines; j++) {
      const shipped = units[slot * instance.lines + j] ?? 0;
      if (shipped > 0) shipments.push({ location, line: instance.lineOrigin[j] ?? 0, units: shipped });
    }
  }
  return shipments;
};

const locationsOf = (shipments: readonly Shipment[]): number[] =>
  [...new Set(shipments.map(({ location }) => location))].sort((a, b) => a - b);

/** The tie rule: of two plans that cost the same, the one with fewer locations, then with the earlier ones. */
const isPreferred = (shipments: readonly Shipment[], others: readonly Shipment[]): boolean => {
  const mine = locationsOf(shipments);
  const theirs = locationsOf(others);
  if (mine.length !== theirs.length) return mine.length < theirs.length;
  const differing = mine.findIndex((location, index) => location !== theirs[index]);
  return differing >= 0 && (mine[differing] ?? 0) < (theirs[differing] ?? 0);
};

/** Plans this near to the best are worth polishing, where sharing the demand is hard. */
const NEAR = 1.03;

export const improveWith = (incumbent: Incumbent, assignment: Assignment, assigned: number): void => {
  const isNear = assignment.instance.hardLeaves && assigned < NEAR * incumbent.cost;
  const cost = isNear ? polish(assignment) : assigned;
  if (cost > incumbent.cost) return;
  const shipments = shipmentsOf(assignment);
  if (cost === incumbent.cost && !isPreferred(shipments, incumbent.shipments)) return;
  incumbent.cost = cost;
  incumbent.shipments = shipments;
};
