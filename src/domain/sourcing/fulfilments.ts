import type { LineUnits, PlannedFulfilment } from '../order/order.ts';
import type { MinorUnits, Quantity } from '../values.ts';
import { civilDay, utcDayNumber } from './civil-day.ts';
import { priceOf, staircaseOf } from './engine/staircase.ts';
import type { Policy } from './policy.ts';
import type { Shipment } from './problem.ts';
import { candidatesOfRoute } from './promised-columns.ts';
import type { SourcingCandidates, SourcingPass, SourcingRecord, WantedSku } from './record.ts';

type Planned = Omit<PlannedFulfilment, 'fulfilmentId'>;

/** What a candidate's part of a plan costs in money: handling and carriage, whatever the objective was. */
export const partCost = (
  { parcelCost, unitCost, tariff = [], tariffs = [] }: SourcingCandidates,
  demand: readonly WantedSku[],
  candidate: number,
  shipments: readonly Shipment[],
): MinorUnits => {
  let units = 0;
  let grams = 0;
  for (const shipment of shipments) {
    units += shipment.units;
    grams += shipment.units * (demand[shipment.line]?.weight ?? 0);
  }
  const steps = tariffs[tariff[candidate] ?? -1];
  const parcels = steps === undefined ? 0 : priceOf(staircaseOf(steps, grams), grams);
  return (parcelCost[candidate] ?? 0) + units * (unitCost[candidate] ?? 0) + parcels;
};

/** The plan of all passes together: one fulfilment for each location, the lines of the order shared out. */
export const fulfilmentsOf = (record: SourcingRecord, policy: Policy, lines: readonly LineUnits[]): Planned[] => {
  const { demand, passes, at } = record;
  const open = lines.map(({ quantity }) => quantity);
  const linesOfSku = new Map<string, number[]>();
  lines.forEach(({ sku }, index) => {
    linesOfSku.set(sku, [...(linesOfSku.get(sku) ?? []), index]);
  });
  const shipments = passes.flatMap(({ plan }) => plan).toSorted((a, b) => a.location - b.location || a.line - b.line);
  const opens = passes.map(({ plan }) => new Set(plan.map(({ location }) => location)));
  const today = utcDayNumber(at ?? '1970-01-01');
  return [...Map.groupBy(shipments, ({ location }) => location)].map(([candidate, parts]): Planned => {
    const taken = parts.flatMap(({ line, units }) =>
      takeUnits(lines, open, linesOfSku.get(demand[line]?.sku ?? '') ?? [], units),
    );
    // The route that opened the location chose how its parcels travel.
    const own = passes.filter((_, index) => opens[index]?.has(candidate));
    const candidates = candidatesOfRoute(record, policy, own[0]?.route ?? '');
    return {
      locationId: candidates.locationId[candidate] ?? '',
      lines: mergedByLine(taken),
      cost: partCost(candidates, demand, candidate, parts),
      dispatchDay: civilDay(today + (candidates.dispatchDay?.[candidate] ?? 0)),
      deliveryDay: civilDay(today + (candidates.deliveryDay?.[candidate] ?? 0)),
      ...((candidates.capacityLeft?.[candidate] ?? null) !== null &&
        isWithinCapacity(own, policy) && { withinCapacity: true }),
    };
  });
};

/** True when a fence that held keeps the location within its capacity: the location then sees to it itself. */
const isWithinCapacity = (passes: readonly SourcingPass[], { routes }: Policy): boolean =>
  passes.some(
    ({ route, softFencesDropped }) =>
      routes
        .find(({ name }) => name === route)
        ?.fences?.some(({ type, soft }) => type === 'capacity' && !(soft === true && softFencesDropped)) === true,
  );

/** Gives units of a SKU to the order's lines of that SKU, first line first. Takes them off `open`. */
const takeUnits = (
  lines: readonly LineUnits[],
  open: number[],
  ofSku: readonly number[],
  wanted: Quantity,
): LineUnits[] => {
  let left = wanted;
  return ofSku.flatMap((index) => {
    const line = lines[index];
    const quantity = Math.min(left, open[index] ?? 0);
    if (line === undefined || quantity === 0) return [];
    left -= quantity;
    open[index] = (open[index] ?? 0) - quantity;
    return [{ lineId: line.lineId, sku: line.sku, quantity }];
  });
};

/** Two passes may take units of one line from one location. */
const mergedByLine = (taken: readonly LineUnits[]): LineUnits[] => {
  const byLine = new Map<string, LineUnits>();
  for (const units of taken) {
    byLine.set(units.lineId, { ...units, quantity: units.quantity + (byLine.get(units.lineId)?.quantity ?? 0) });
  }
  return [...byLine.values()];
};

export const unfilledOf = (
  demand: readonly LineUnits[],
  fulfilments: readonly { readonly lines: readonly LineUnits[] }[],
): LineUnits[] => {
  const filled = new Map<string, number>();
  for (const { lines } of fulfilments) {
    for (const { lineId, quantity } of lines) filled.set(lineId, (filled.get(lineId) ?? 0) + quantity);
  }
  return demand
    .map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity: quantity - (filled.get(lineId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
};
