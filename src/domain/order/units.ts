import type { LineUnits, PlacedOrder } from './order.ts';

/** `units` with `taken` taken away, line by line; lines that reach zero are dropped. */
export const withoutUnits = (units: readonly LineUnits[], taken: readonly LineUnits[]): LineUnits[] => {
  if (taken.length === 0) return [...units];
  const gone = quantityByLine(taken);
  return units
    .map((line) => ({ ...line, quantity: line.quantity - (gone.get(line.lineId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
};

/** Both lists in one, each line once. */
export const withUnits = (units: readonly LineUnits[], added: readonly LineUnits[]): LineUnits[] => {
  const known = new Set(units.map(({ lineId }) => lineId));
  const more = quantityByLine(added);
  return [
    ...units.map((line) => ({ ...line, quantity: line.quantity + (more.get(line.lineId) ?? 0) })),
    ...mergeByLine(added).filter(({ lineId }) => !known.has(lineId)),
  ];
};

export const quantityByLine = (units: readonly { lineId: string; quantity: number }[]): Map<string, number> => {
  const totals = new Map<string, number>();
  for (const { lineId, quantity } of units) totals.set(lineId, (totals.get(lineId) ?? 0) + quantity);
  return totals;
};

export const covers = (available: readonly LineUnits[], wanted: readonly LineUnits[]): boolean => {
  const units = quantityByLine(available);
  return [...quantityByLine(wanted)].every(([lineId, quantity]) => quantity <= (units.get(lineId) ?? 0));
};

export const sameUnits = (a: readonly LineUnits[], b: readonly LineUnits[]): boolean => covers(a, b) && covers(b, a);

const mergeByLine = (units: readonly LineUnits[]): LineUnits[] => {
  const totals = quantityByLine(units);
  const seen = new Set<string>();
  return units.flatMap(({ lineId, sku }) => {
    if (seen.has(lineId)) return [];
    seen.add(lineId);
    return [{ lineId, sku, quantity: totals.get(lineId) ?? 0 }];
  });
};

const givenUp = new Set(['refused', 'rejected', 'cancelled']);

/** Fulfilments that still stand for units of the order. */
export const liveFulfilments = (order: PlacedOrder) => order.fulfilments.filter(({ status }) => !givenUp.has(status));

/** Units that no fulfilment has, that are not on backorder and not cancelled: what sourcing must find a place for. */
export const unallocatedUnits = (order: PlacedOrder): LineUnits[] => {
  const placed = quantityByLine([...liveFulfilments(order).flatMap(({ lines }) => lines), ...order.backordered]);
  return order.lines
    .map(({ lineId, sku, quantity, cancelled }) => ({
      lineId,
      sku,
      quantity: quantity - cancelled - (placed.get(lineId) ?? 0),
    }))
    .filter(({ quantity }) => quantity > 0);
};

/** Units that nobody ships yet, on backorder or not. */
export const isAnythingWaiting = (order: PlacedOrder): boolean =>
  order.backordered.length > 0 || unallocatedUnits(order).length > 0;

const holding = new Set(['planned', 'reserved', 'picked', 'packed']);

/** The units that a fulfilment needs reserved at its location: none once it is on its way or given up. */
export const reservedUnits = (order: PlacedOrder, fulfilmentId: string): readonly LineUnits[] => {
  const fulfilment = order.fulfilments.find((one) => one.fulfilmentId === fulfilmentId);
  return fulfilment !== undefined && holding.has(fulfilment.status) ? fulfilment.lines : [];
};
