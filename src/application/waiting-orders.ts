import { nextStep } from '../domain/order/next-step.ts';
import { type LineUnits, orderStream, type PlacedOrder } from '../domain/order/order.ts';
import { unallocatedUnits } from '../domain/order/units.ts';
import { BACKORDERS } from '../domain/sourcing/policy.ts';
import { everyDocument } from './every-document.ts';
import { StreamUnreadable } from './execute-errors.ts';
import type { Service } from './service.ts';

/** An order that waits for nothing but stock, or for somebody to decide. */
export type WaitingOrder = {
  readonly order: PlacedOrder;
  readonly version: number;
  readonly demand: readonly LineUnits[];
  /** Those of the units that are on backorder; the others are parked. */
  readonly fromBackorder: readonly LineUnits[];
};

/** The orders of a queue, longest wait first. The list says where to look, and the order itself what it waits for. */
export const waitingOrders = async (
  queue: string,
  limit: number,
  { readModels, orders, onError }: Pick<Service, 'readModels' | 'orders' | 'onError'>,
): Promise<readonly WaitingOrder[]> => {
  const found: WaitingOrder[] = [];
  for await (const orderId of idsIn(queue, readModels)) {
    if (found.length >= limit) break;
    const loaded = await orders.load(orderStream(orderId)).catch((error: unknown) => {
      // One that this release cannot read keeps no other from its turn.
      if (!(error instanceof StreamUnreadable)) throw error;
      onError(error);
      return null;
    });
    const waiting = loaded === null || loaded.state.status === 'unplaced' ? null : waitingIn(queue, loaded.state);
    if (loaded !== null && waiting !== null) found.push({ ...waiting, version: loaded.version });
  }
  return found;
};

const waitingIn = (queue: string, order: PlacedOrder): Omit<WaitingOrder, 'version'> | null => {
  if (order.status !== 'open' || order.held || nextStep(order) !== null) return null;
  const isParkedThere = order.parked?.queue === queue;
  if (queue === BACKORDERS ? order.parked !== null : !isParkedThere) return null;
  const demand = queue === BACKORDERS ? order.backordered : unallocatedUnits(order);
  return demand.length === 0 ? null : { order, demand, fromBackorder: queue === BACKORDERS ? demand : [] };
};

async function* idsIn(queue: string, readModels: Service['readModels']) {
  const list = queue === BACKORDERS ? { name: 'backorders' } : { name: 'parked-orders', equals: { queue } };
  const seen = new Set<string>();
  const { name, ...equals } = list;
  for await (const { body } of everyDocument(readModels, name, { ...equals, orderBy: 'since' })) {
    const orderId = String(body.orderId);
    if (seen.has(orderId)) continue;
    seen.add(orderId);
    yield orderId;
  }
}
