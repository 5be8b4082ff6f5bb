import type { Shipment } from '../problem.ts';
import type { Budget } from './budget.ts';
import type { Instance } from './instance.ts';
import { piecesOf, type Quantities, shipmentsOf } from './quantities.ts';
import { type Rest, restOf } from './quantity-parts.ts';

/** A shipment, with the least that a plan costs that it is part of. */
export type Candidate = {
  readonly location: number;
  readonly state: number;
  readonly cost: number;
  readonly least: number;
  /** By line. */
  readonly pieces: Int32Array;
};

/** Part of a plan: what it leaves of the demand, and the shipments that led there, the last one first. */
type Label = {
  readonly left: number;
  readonly cost: number;
  readonly shipments: number;
  readonly before: Label | undefined;
  readonly last: Candidate | undefined;
};

export type Combined = { readonly cost: number; readonly shipments: readonly Shipment[] };

const MOST_LOOKS = 30_000;
const LOOK_STEPS = 5;

const fits = ({ pieces }: Candidate, left: Int32Array): boolean => {
  for (let j = 0; j < pieces.length; j++) if ((pieces[j] ?? 0) > (left[j] ?? 0)) return false;
  return true;
};

const planOf = (instance: Instance, quantities: Quantities, end: Label): Shipment[] => {
  const plan: Shipment[] = [];
  for (let label: Label | undefined = end; label?.last !== undefined; label = label.before) {
    plan.push(...shipmentsOf(instance, quantities, label.last.location, label.last.state));
  }
  return plan;
};

const byLocation = (candidates: readonly Candidate[], limit: number): Candidate[][] => {
  const groups: Candidate[][] = [];
  for (const candidate of candidates) {
    if (candidate.least > limit) continue;
    const group = groups.at(-1);
    if (group?.[0]?.location === candidate.location) group.push(candidate);
    else groups.push([candidate]);
  }
  return groups;
};

/**
 * The best plan that costs `limit` at most, each location in it once: null if there is none, undefined if too many partial
 * plans would have to be looked at. Of equally cheap ones, one with fewest locations.
 */
export const combineWithin = (
  instance: Instance,
  quantities: Quantities,
  rest: Rest,
  candidates: readonly Candidate[],
  limit: number,
  budget: Budget,
): Combined | null | undefined => {
  const { maxLocations, lines, locations } = instance;
  const counted = maxLocations < locations ? maxLocations + 1 : 1;
  const keyOf = (left: number, used: number): number => left * counted + (used % counted);
  const none: Label = { left: quantities.states - 1, cost: 0, shipments: 0, before: undefined, last: undefined };
  const labels = new Map([[keyOf(none.left, 0), none]]);
  const pieces = new Int32Array(lines);
  let looks = 0;
  for (const group of byLocation(candidates, limit)) {
    for (const label of [...labels.values()]) {
      if (label.shipments === maxLocations) continue;
      looks += 1 + group.length;
      for (let j = 0; j < lines; j++) pieces[j] = piecesOf(instance, quantities, label.left, j);
      for (const candidate of group) {
        const cost = label.cost + candidate.cost;
        const left = label.left - candidate.state;
        const used = label.shipments + 1;
        if (left < 0 || cost + restOf(rest, maxLocations - used, left) > limit || !fits(candidate, pieces)) continue;
        const known = labels.get(keyOf(left, used));
        if (known !== undefined && (known.cost < cost || (known.cost === cost && known.shipments <= used))) continue;
        labels.set(keyOf(left, used), { left, cost, shipments: used, before: label, last: candidate });
      }
    }
    if (looks > MOST_LOOKS) break;
  }
  budget.steps += LOOK_STEPS * looks;
  if (looks > MOST_LOOKS) return undefined;
  let best: Label | undefined;
  let least = limit;
  for (const label of labels.values()) {
    const cost = label.cost + (rest.unfilled[label.left] ?? 0);
    if (cost > least || (best !== undefined && cost === least && label.shipments >= best.shipments)) continue;
    best = label;
    least = cost;
  }
  return best === undefined ? null : { cost: least, shipments: planOf(instance, quantities, best) };
};
