import { setTimeout } from 'node:timers/promises';
import type { Position } from '../domain/values.ts';
import { createBell } from '../event-store/bell.ts';
import type { Codec } from '../event-store/codec.ts';
import { type EventBatch, type EventStore, VersionConflict } from '../event-store/event-store.ts';
import { pause, pauseAfter } from '../projections/pause.ts';
import type { ReadModels } from '../projections/read-models.ts';
import type { ReadStore } from '../projections/read-store.ts';
import type { AvailabilityIndex } from './availability.ts';
import { createBackorderOffers } from './backorder-offers.ts';
import { createCapacityWatch } from './capacity-watch.ts';
import { causedByNewest, type DueWork, dueWorkOf } from './due-work.ts';
import type { FulfilmentProcess, StepContext } from './fulfilment-process.ts';
import { createInsisting } from './insisting.ts';
import { createLostRaces } from './lost-races.ts';
import { openProcessCheckpoint } from './process-checkpoint.ts';
import { createSlices } from './slices.ts';
import { standingOrders } from './standing-orders.ts';
import { isStoreAway } from './store-away.ts';
import { followLog } from './subscription.ts';
import type { ViewProgress } from './view-progress.ts';

const BATCH_SIZE = 1_000;
const HEAD_START_MS = 100;
/** While there is so much to do, the log is followed no further. */
const MOST_WAITING = 5_000;

const SWEEP_EVERY_MS = 15_000;
/** So soon after a location's next day has begun, its places are offered. */
const LOOK_EVERY_MS = 1_000;
const RACE_AGAIN_MS = 1_000;
const VIEW_WAIT_MS = 2_000;
/** An order that has been sourced so often in vain is left to people. */
const MOST_AUTOMATIC_ATTEMPTS = 1_000;

export type ProcessRunnerDependencies = {
  readonly eventStore: EventStore;
  readonly vault: ReadStore;
  readonly readModels: ReadModels;
  readonly codec: Codec;
  readonly process: FulfilmentProcess;
  readonly availability: Pick<AvailabilityIndex, 'holdersOf' | 'location' | 'locations'>;
  readonly viewProgress: Pick<ViewProgress, 'reached'>;
  readonly now: () => Date;
  readonly newId: () => string;
  /** An order could not be advanced. It is tried again: by the sweep, or soon where it lost every race for a stream. */
  readonly onStuck: (orderId: string, error: unknown) => void;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
};

type Waiting = DueWork & { readonly position: Position | null; readonly startsAt: number };

/**
 * Runs the fulfilment process from the log, for safety: whatever a request left half done (a crash, a lost race) is
 * taken up here. The checkpoint moves past an event only when its order has come to rest, or when the sweep will find it.
 */
export const runFulfilmentProcess = async (dependencies: ProcessRunnerDependencies): Promise<void> => {
  const { eventStore, vault, readModels, codec, process, availability, viewProgress, signal } = dependencies;
  const checkpoint = await openProcessCheckpoint(vault, eventStore, dependencies.now);
  let handledUpTo = checkpoint.startsAfter;
  let failedTurns = 0;
  let restsUntil = 0;
  const waiting: Waiting[] = [];
  const changed = createBell();
  const { breathe } = createSlices();
  const insisting = createInsisting(dependencies);
  const lost = createLostRaces();

  const byItself = (actor: string): StepContext => {
    const correlationId = dependencies.newId();
    return { actor, channel: null, correlationId, causationId: correlationId };
  };

  /** `key`: of what the sweep does not find. False: it lost every race for a stream, and is kept to be tried again. */
  const attempt = async (orderId: string, work: () => Promise<unknown>, key?: string): Promise<boolean> => {
    let isLost = false;
    try {
      await work();
    } catch (error) {
      // A store that is away concerns the whole batch: it is done again. Anything else concerns this order only.
      if (isStoreAway(error)) throw error;
      dependencies.onStuck(orderId, error);
      isLost = key !== undefined && error instanceof VersionConflict;
      if (key !== undefined && isLost) lost.keep(key, () => attempt(orderId, work, key));
    }
    // Reads from a log in the same process never give up the thread: a long way to catch up would hold up every request.
    await breathe();
    return !isLost;
  };

  const retry = async (orderId: string, cause: StepContext): Promise<void> => {
    if (signal.aborted) return;
    const options = { mostAttempts: MOST_AUTOMATIC_ATTEMPTS };
    await attempt(orderId, () => process.retryBackorder(orderId, cause, options), `retry ${orderId}`);
  };

  const capacity = createCapacityWatch(dependencies);
  const offers = createBackorderOffers({
    readModels,
    availability,
    capacity,
    startsAfter: checkpoint.startsAfter,
    startedBy: byItself('system:fulfilment'),
    ask: retry,
  });

  const perform = async ({ orders, inDoubt, reconsidered, freed, position }: Waiting): Promise<void> => {
    for (const { orderId, ...newest } of orders) {
      if (process.isAtRest(orderId, newest.version)) continue;
      await attempt(orderId, () => process.advance(orderId, causedByNewest(newest)));
    }
    for (const { reservation, reserved, cause } of inDoubt) {
      const { orderId, fulfilmentId } = reservation;
      await attempt(orderId, () => process.reconcile(reservation, reserved, cause), `reconcile ${fulfilmentId}`);
    }
    // Availability follows the log by itself: what came free is offered once it is in there, however late that is.
    while (!(await viewProgress.reached(freed.at(-1)?.position ?? '', VIEW_WAIT_MS))) if (signal.aborted) return;
    for (const { orderId, skus, cause } of reconsidered) {
      offers.waitsFor(skus ?? []);
      if (skus === null || skus.some((sku) => availability.holdersOf(sku).length > 0)) await retry(orderId, cause);
    }
    offers.offer(freed);
    handledUpTo = position;
    if (position !== null && !lost.isAnyLeft()) await checkpoint.save(position);
  };

  const thingsToDo = (): number =>
    waiting.reduce((sum, { orders, inDoubt, freed }) => sum + orders.length + inDoubt.length + freed.length, 0);

  /** The request that caused the events is most likely at work on their orders: it is let come to its end. */
  const handle = async ({ events, position, caughtUp }: EventBatch): Promise<void> => {
    const startsAt = performance.now() + (events.length > 0 && caughtUp ? HEAD_START_MS : 0);
    waiting.push({ ...dueWorkOf(events, codec.decode), position, startsAt });
    changed.ring();
    while (thingsToDo() > MOST_WAITING && !signal.aborted) await changed.wait(signal);
  };

  /** Batch after batch, and in between some of those who wait are offered what came free. */
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      const isMore = await offerSome();
      const [next] = waiting;
      const early = next === undefined ? 0 : next.startsAt - performance.now();
      if (next !== undefined && early <= 0) {
        if ((await insisting(() => perform(next))) === null) return;
        waiting.shift();
        changed.ring();
      } else if (!isMore) {
        await (next === undefined ? changed.wait(signal) : pause(early, signal));
      }
    }
  };

  /** Between batches, so that whatever the log says of who waits is known. A store that is away holds up no batch. */
  const offerSome = async (): Promise<boolean> => {
    if (performance.now() < restsUntil) return false;
    try {
      const isMore = await offers.turn(handledUpTo);
      failedTurns = 0;
      return isMore;
    } catch (error) {
      dependencies.onError(error);
      failedTurns += 1;
      restsUntil = performance.now() + pauseAfter(failedTurns, Math.random);
      return false;
    }
  };

  const learnWhoWaits = async (): Promise<void> => {
    while ((await insisting(offers.readOn)) === false) await breathe();
    changed.ring();
  };

  const watchCapacity = async (): Promise<void> => {
    while (!signal.aborted) {
      await insisting(async () => offers.offerPlacesAt(capacity.daysBegun(), byItself('system:fulfilment')));
      changed.ring();
      await pause(LOOK_EVERY_MS, signal);
    }
  };

  const raceAgain = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(RACE_AGAIN_MS, signal);
      if (!signal.aborted) await lost.tryAgain().catch(dependencies.onError);
    }
  };

  const sweep = async (): Promise<void> => {
    while (!signal.aborted) {
      await setTimeout(SWEEP_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await sweepOnce().catch(dependencies.onError);
    }
  };

  const sweepOnce = async (): Promise<void> => {
    for await (const orderId of standingOrders(readModels, dependencies.now())) {
      if (signal.aborted) return;
      await attempt(orderId, () => process.advance(orderId, byItself('system:sweep')));
    }
  };

  await Promise.all([
    followLog({
      eventStore,
      streamPrefixes: ['order-', 'stockLocation-'],
      after: checkpoint.startsAfter,
      batchSize: BATCH_SIZE,
      handle,
      onError: dependencies.onError,
      signal,
    }),
    work(),
    learnWhoWaits(),
    watchCapacity(),
    raceAgain(),
    sweep(),
  ]);
};
