import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import type { DomainEvent } from '../domain/event.ts';
import type { Position } from '../domain/values.ts';
import { createBell } from '../event-store/bell.ts';
import type { Codec } from '../event-store/codec.ts';
import { type EventBatch, type EventStore, StoreUnavailable } from '../event-store/event-store.ts';
import { pause, pauseAfter } from '../projections/pause.ts';
import type { ReadModels } from '../projections/read-models.ts';
import { type ReadStore, ReadStoreUnavailable } from '../projections/read-store.ts';
import { causedBy, causedByNewest, type DueWork, dueWorkOf, freedSkus } from './due-work.ts';
import type { FulfilmentProcess } from './fulfilment-process.ts';
import { followLog } from './subscription.ts';

const PROCESS_CHECKPOINTS = { name: 'process-checkpoints', indexes: [] } as const;
const PROCESS = 'fulfilment';

const BATCH_SIZE = 1_000;
const HEAD_START_MS = 100;
/** Orders; while so many wait for their turn, the log is followed no further. */
const MOST_WAITING = 5_000;
const ATTEMPTS_IN_A_TURN = 10;
/** After a restart, at most so much is looked at once more. */
const CHECKPOINT_EVERY_MS = 500;

const SWEEP_EVERY_MS = 15_000;
const STANDING_STILL_MS = 10_000;
const SWEEP_LIMIT = 500;
const BACKORDERS_PER_SKU = 200;
const READ_MODEL_WAIT_MS = 2_000;
/** An order that has been sourced so often in vain is left to people. */
const MOST_AUTOMATIC_ATTEMPTS = 1_000;

export type ProcessRunnerDependencies = {
  readonly eventStore: EventStore;
  readonly vault: ReadStore;
  readonly readModels: ReadModels;
  readonly codec: Codec;
  readonly process: FulfilmentProcess;
  readonly isAvailable: (sku: string) => boolean;
  readonly skusAt: (locationId: string) => readonly string[];
  readonly now: () => Date;
  readonly newId: () => string;
  /** An order could not be advanced: it is tried again by the sweep. */
  readonly onStuck: (orderId: string, error: unknown) => void;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
};

type Waiting = DueWork & { readonly position: Position | null; readonly startsAt: number };

/**
 * Runs the fulfilment process from the log, for safety: whatever a request left half done (a crash, a lost race) is
 * taken up here. The checkpoint moves past an event only when its order has come to rest.
 */
export const runFulfilmentProcess = async (dependencies: ProcessRunnerDependencies): Promise<void> => {
  const { eventStore, vault, readModels, codec, process, signal } = dependencies;
  await vault.ensure(PROCESS_CHECKPOINTS);
  const stored = (await vault.get(PROCESS_CHECKPOINTS.name, [PROCESS])).get(PROCESS);
  let savedAt = 0;
  /** SKUs that came free, by the newest event that freed them, until those who wait for them have surely been asked. */
  const freed = new Map<string, DomainEvent>();
  let handledUpTo: Position | null = null;
  let attempts = 0;
  const waiting: Waiting[] = [];
  const changed = createBell();

  const attempt = async (orderId: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      // A store that is away concerns the whole batch: it is done again. Anything else concerns this order only.
      if (error instanceof StoreUnavailable || error instanceof ReadStoreUnavailable) throw error;
      dependencies.onStuck(orderId, error);
    }
    attempts += 1;
    // Reads from a log in the same process never give up the thread: a long way to catch up would hold up every request.
    if (attempts % ATTEMPTS_IN_A_TURN === 0) await nextTurn();
  };

  const perform = async ({ orders, inDoubt, freeing, position }: Waiting): Promise<void> => {
    for (const { orderId, ...newest } of orders) {
      if (process.isAtRest(orderId, newest.version)) continue;
      await attempt(orderId, () => process.advance(orderId, causedByNewest(newest)));
    }
    for (const { reservation, reserved, cause } of inDoubt)
      await attempt(reservation.orderId, () => process.reconcile(reservation, reserved, cause));
    for (const event of freeing) for (const sku of freedSkus(event, dependencies.skusAt)) freed.set(sku, event);
    handledUpTo = position;
    await retryBackorders();
    if (position !== null && freed.size === 0) await saveCheckpoint(position);
  };

  const ordersWaiting = (): number => waiting.reduce((sum, { orders }) => sum + orders.length, 0);

  /** The request that caused the events is most likely at work on their orders: it is let come to its end. */
  const handle = async ({ events, position, caughtUp }: EventBatch): Promise<void> => {
    const startsAt = performance.now() + (events.length > 0 && caughtUp ? HEAD_START_MS : 0);
    waiting.push({ ...dueWorkOf(events, codec.decode), position, startsAt });
    changed.ring();
    while (ordersWaiting() > MOST_WAITING && !signal.aborted) await changed.wait(signal);
  };

  /** Batch after batch; one that a store stands in the way of is done again. */
  const work = async (): Promise<void> => {
    for (let failures = 0; !signal.aborted; ) {
      const [next] = waiting;
      if (next === undefined) {
        await changed.wait(signal);
        continue;
      }
      const early = next.startsAt - performance.now();
      if (early > 0) await pause(early, signal);
      if (signal.aborted) return;
      try {
        await perform(next);
        waiting.shift();
        changed.ring();
        failures = 0;
      } catch (error) {
        dependencies.onError(error);
        failures += 1;
        await pause(pauseAfter(failures, Math.random), signal);
      }
    }
  };

  const saveCheckpoint = async (position: Position): Promise<void> => {
    if (dependencies.now().getTime() - savedAt < CHECKPOINT_EVERY_MS) return;
    await vault.write(PROCESS_CHECKPOINTS.name, [{ id: PROCESS, position, body: {} }]);
    savedAt = dependencies.now().getTime();
  };

  /**
   * Stock that came free goes to those who wait for it, longest wait first, as long as there is any. While the read
   * model is behind, somebody may be missing there: the SKU stays on the list.
   */
  const retryBackorders = async (): Promise<void> => {
    for (const sku of freed.keys()) if (!dependencies.isAvailable(sku)) freed.delete(sku);
    if (freed.size === 0 || handledUpTo === null) return;
    const isComplete = await readModels.reached('backorders', handledUpTo, READ_MODEL_WAIT_MS);
    for (const [sku, event] of [...freed]) {
      const waiting = await readModels.find('backorders', {
        equals: { sku },
        orderBy: 'since',
        limit: BACKORDERS_PER_SKU,
      });
      for (const { body } of waiting.items) {
        if (!dependencies.isAvailable(sku)) break;
        const orderId = String(body.orderId);
        await attempt(orderId, () =>
          process.retryBackorder(orderId, causedBy(event), { mostAttempts: MOST_AUTOMATIC_ATTEMPTS }),
        );
      }
      if (isComplete && freed.get(sku) === event) freed.delete(sku);
    }
  };

  const sweep = async (): Promise<void> => {
    while (!signal.aborted) {
      await setTimeout(SWEEP_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await sweepOnce().catch(dependencies.onError);
    }
  };

  /** Finds orders that have something to do but did not move for a while, whatever the reason. */
  const sweepOnce = async (): Promise<void> => {
    await retryBackorders();
    const to = new Date(dependencies.now().getTime() - STANDING_STILL_MS).toISOString();
    const found = await readModels.find('orders', { orderBy: 'waitingSince', to, limit: SWEEP_LIMIT });
    for (const { id: orderId } of found.items) {
      const correlationId = dependencies.newId();
      const cause = { actor: 'system:sweep', channel: null, correlationId, causationId: correlationId };
      await attempt(orderId, () => process.advance(orderId, cause));
    }
  };

  await Promise.all([
    followLog({
      eventStore,
      streamPrefixes: ['order-', 'stockLocation-'],
      after: stored?.position ?? null,
      batchSize: BATCH_SIZE,
      handle,
      onError: dependencies.onError,
      signal,
    }),
    work(),
    sweep(),
  ]);
};
