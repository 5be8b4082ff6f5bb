import { orderStream } from '../domain/order/order.ts';
import {
  type JointDecision,
  type JointOutcome,
  type JointResult,
  sourceTogether,
} from '../domain/sourcing/joint/joint.ts';
import type { Worth } from '../domain/sourcing/joint/worth.ts';
import type { RunOrder, RunOutcome, SourcingRunReport, SourcingRunRequest } from '../domain/sourcing-run.ts';
import { VersionMismatch } from './execute-errors.ts';
import type { FulfilmentProcess, StepContext } from './fulfilment-process.ts';
import { recordCommand } from './record-sourcing.ts';
import type { Service } from './service.ts';
import { createSlices } from './slices.ts';
import { isStoreAway } from './store-away.ts';
import { type WaitingOrder, waitingOrders } from './waiting-orders.ts';

export type JointSourcing = Pick<Service, 'readModels' | 'orders' | 'sourcing' | 'now' | 'newId' | 'onError'> & {
  readonly process: Pick<FulfilmentProcess, 'advance'>;
  readonly signal: AbortSignal;
};

/** Searches for each order of a run, and for all: a minute for 1,000 orders over 60 locations. */
const SEARCHES_PER_ORDER = 250;
const MOST_SEARCHES = 250_000;

/**
 * Sources the waiting orders of a queue together and records what each gets. Throws once the signal aborts: what was
 * recorded until then stands.
 */
export const sourceQueue = async (
  { queue, limit, dryRun }: SourcingRunRequest,
  cause: StepContext,
  dependencies: JointSourcing,
): Promise<SourcingRunReport> => {
  const { signal } = dependencies;
  const waiting = await waitingOrders(queue, limit, dependencies);
  signal.throwIfAborted();
  const result = await searchTogether(waiting, dependencies);
  const byId = new Map(waiting.map((one) => [one.order.orderId, one]));
  const orders: RunOrder[] = [];
  for (const decision of result.decisions) {
    signal.throwIfAborted();
    const { orderId, before, after } = decision;
    const found = byId.get(orderId);
    const outcome = found === undefined ? 'superseded' : await recorded(found, decision, dryRun, cause, dependencies);
    orders.push({ orderId, result: outcome, before: outcomeOf(before), after: outcomeOf(after) });
  }
  const { before, after, bound, searches } = result;
  return {
    before: totalOf(
      orders.map((one) => one.before),
      before,
    ),
    after: totalOf(
      orders.map((one) => one.after),
      after,
    ),
    bound,
    searches,
    orders,
  };
};

const searchTogether = async (
  waiting: readonly WaitingOrder[],
  { sourcing, now, signal }: JointSourcing,
): Promise<JointResult> => {
  // One moment for all: what may be dispatched today, and so whose capacity counts, must not differ.
  const instant = now().toISOString();
  const orders = waiting.map(({ order, demand }) => ({
    orderId: order.orderId,
    request: { ...sourcing.requestFor(order, demand), now: instant },
    rules: sourcing.rulesUnder(sourcing.policyFor(order.orderId)),
  }));
  const network = sourcing.networkFor(
    waiting.flatMap(({ demand }) => demand),
    ...new Set(orders.map(({ rules }) => rules.policy)),
  );
  const searches = Math.min(MOST_SEARCHES, SEARCHES_PER_ORDER * orders.length);
  const searching = sourceTogether(orders, network, { seed: 1, searches });
  const { breathe } = createSlices();
  for (;;) {
    const step = searching.next();
    if (step.done) return step.value;
    signal.throwIfAborted();
    await breathe();
  }
};

/** Records what the order got. An order that changed meanwhile drops it, and is sourced again by itself. */
const recorded = async (
  { order, version, fromBackorder }: WaitingOrder,
  { decision }: JointDecision,
  dryRun: boolean,
  cause: StepContext,
  { orders, process, newId, onError }: JointSourcing,
): Promise<RunOrder['result']> => {
  const command = recordCommand(order, decision, { fromBackorder, isRetry: true });
  if (command === null) return 'waits';
  if (dryRun) return 'planned';
  const { orderId, channelId, parked } = order;
  const own = { ...cause, channel: channelId };
  const context = () => ({ ...own, commandId: newId() });
  // Somebody may have parked it for another reason meanwhile: only what was looked at may be taken out of its queue.
  const recording =
    parked === null
      ? orders.execute(orderStream(orderId), command, context())
      : orders.execute(orderStream(orderId), { type: 'UnparkOrder', data: { orderId } }, context(), {
          expectedVersions: [version],
          andThen: () => ({ command, context: context() }),
        });
  try {
    const { events } = await recording;
    // It is recorded: what keeps this order from going on is no reason to leave the others where they are.
    await process.advance(orderId, own).catch(unlessAway(onError));
    return events.some(({ type }) => type === 'SourcingDecided') ? 'sourced' : 'superseded';
  } catch (error) {
    if (error instanceof VersionMismatch) return 'superseded';
    throw error;
  }
};

const unlessAway = (onError: (error: unknown) => void) => (error: unknown) => {
  if (isStoreAway(error)) throw error;
  onError(error);
};

const objectiveOf = (worth: Worth): readonly number[] => worth.slice(1);

const outcomeOf = ({ worth, unfilled, fulfilments }: JointOutcome): RunOutcome => ({
  unfilled,
  fulfilments,
  objective: objectiveOf(worth),
});

const totalOf = (all: readonly RunOutcome[], worth: Worth): RunOutcome => ({
  unfilled: all.reduce((sum, { unfilled }) => sum + unfilled, 0),
  fulfilments: all.reduce((sum, { fulfilments }) => sum + fulfilments, 0),
  objective: objectiveOf(worth),
});
