import { orderStream } from '../domain/order/order.ts';
import type { Query } from '../projections/read-store.ts';
import type { StepContext } from './fulfilment-process.ts';
import type { Service } from './service.ts';

const PAGE = 500;
const LISTS = ['backorders', 'parked-orders'] as const;

export type OverdueDependencies = Pick<Service, 'readModels' | 'orders' | 'process' | 'now' | 'newId'> & {
  /** An order could not be cancelled: it is tried again the next time. */
  readonly onStuck: (orderId: string, error: unknown) => void;
  readonly signal: AbortSignal;
};

/**
 * Cancels what has waited longer than its policy lets it. The lists say which orders to look at; whether one is overdue it
 * says itself.
 */
export const cancelOverdueOrders = async (dependencies: OverdueDependencies): Promise<void> => {
  const now = dependencies.now().toISOString();
  for (const name of LISTS)
    for await (const orderId of overdueIn(name, now, dependencies)) {
      if (dependencies.signal.aborted) return;
      await cancelIfOverdue(orderId, now, dependencies).catch((error: unknown) => {
        dependencies.onStuck(orderId, error);
      });
    }
};

const cancelIfOverdue = async (orderId: string, now: string, { orders, process, newId }: OverdueDependencies) => {
  const correlationId = newId();
  const cause: StepContext = { actor: 'system:overdue', channel: null, correlationId, causationId: correlationId };
  const { state } = await process.advance(orderId, cause);
  const channel = state.status === 'unplaced' ? null : state.channelId;
  const context = { ...cause, channel, commandId: newId() };
  const command = { type: 'CancelOverdue', data: { orderId, now } } as const;
  const { events } = await orders.execute(orderStream(orderId), command, context);
  if (events.length > 0) await process.advance(orderId, { ...cause, channel });
};

/** Each order once a page, longest overdue first. */
async function* overdueIn(name: (typeof LISTS)[number], now: string, { readModels }: OverdueDependencies) {
  let after: Query['after'];
  do {
    const query = { orderBy: 'cancelAt', to: now, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const { items } = await readModels.find(name, query);
    yield* new Set(items.map(({ body }) => String(body.orderId)));
    const last = items.at(-1);
    after = last === undefined ? undefined : { id: last.id, value: String(last.body.cancelAt) };
  } while (after !== undefined);
}
