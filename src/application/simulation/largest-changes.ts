import type { ChangedOrder } from './kpis.ts';
import type { SimulationResult } from './simulation.ts';

export const costChange = ({ before, after }: ChangedOrder): number => after.cost - before.cost;

export const waitingChange = ({ before, after }: ChangedOrder): number => after.unitsWaiting - before.unitsWaiting;

/** The largest difference in cost first, then in units that wait. */
export const byDifference = (one: ChangedOrder, other: ChangedOrder): number =>
  Math.abs(costChange(other)) - Math.abs(costChange(one)) ||
  Math.abs(waitingChange(other)) - Math.abs(waitingChange(one));

const sizeOf = (order: ChangedOrder): number => Buffer.byteLength(JSON.stringify(order)) + 1;

/**
 * The result with as many changed orders as `bytes` hold, shared evenly by the variants: what differs most is kept, and
 * `ordersChanged` still counts all of them.
 */
export const withLargestChanges = (result: SimulationResult, bytes: number): SimulationResult => ({
  ...result,
  variants: result.variants.map((variant) => {
    let left = bytes / result.variants.length;
    const sorted = variant.changed.toSorted(byDifference);
    const end = sorted.findIndex((order) => {
      left -= sizeOf(order);
      return left < 0;
    });
    return { ...variant, changed: end === -1 ? sorted : sorted.slice(0, end) };
  }),
});
