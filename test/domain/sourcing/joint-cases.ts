import type { LineUnits } from '../../../src/domain/order/order.ts';
import { type JointOrder, type JointResult, sourceTogether } from '../../../src/domain/sourcing/joint/joint.ts';
import type { Network } from '../../../src/domain/sourcing/network.ts';
import type { Policy } from '../../../src/domain/sourcing/policy.ts';
import { sourcedOrder } from '../../support/examples.ts';
import { leeds, NOW, rulesOf } from './sourcing-cases.ts';

export type Wanting = { readonly lines: readonly LineUnits[]; readonly priority?: number };

export const jointOrders = (wanting: readonly Wanting[], policy?: Policy): readonly JointOrder[] => {
  const rules = rulesOf(policy === undefined ? {} : { policy });
  return wanting.map(({ lines, priority = null }, index) => ({
    orderId: `o${index}`,
    rules,
    request: { demand: lines, destination: leeds, excluded: [], now: NOW, order: sourcedOrder({ priority }) },
  }));
};

/** The whole run in one go. */
export const together = (orders: readonly JointOrder[], network: Network, searches = 2_000): JointResult => {
  const run = sourceTogether(orders, network, { seed: 1, searches });
  let step = run.next();
  while (!step.done) step = run.next();
  return step.value;
};

/** Units of each SKU that the decisions take from each location, and fulfilments there. */
export const takenBy = ({ decisions }: JointResult) => {
  const units = new Map<string, number>();
  const fulfilments = new Map<string, number>();
  const add = (totals: Map<string, number>, key: string, count: number) =>
    totals.set(key, (totals.get(key) ?? 0) + count);
  for (const { decision } of decisions) {
    if (decision.outcome === 'parked') continue;
    for (const { locationId, lines } of decision.fulfilments) {
      add(fulfilments, locationId, 1);
      for (const { sku, quantity } of lines) add(units, `${sku} at ${locationId}`, quantity);
    }
  }
  return { units, fulfilments };
};
