import { orderStream } from '../domain/order/order.ts';
import { everyDocument } from './every-document.ts';
import type { StepContext } from './fulfilment-process.ts';
import type { Service } from './service.ts';

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
  for (const name of LISTS) {
    let last = '';
    // Longest overdue first. What one order waits for became overdue at one moment, so it mostly stands together.
    for await (const { body } of everyDocument(dependencies.readModels, name, { orderBy: 'cancelAt', to: now })) {
      const orderId = String(body.orderId);
      if (dependencies.signal.aborted) return;
      if (orderId === last) continue;
      last = orderId;
      await cancelIfOverdue(orderId, now, dependencies).catch((error: unknown) => {
        dependencies.onStuck(orderId, error);
      });
    }
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
