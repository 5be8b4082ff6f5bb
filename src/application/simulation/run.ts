import { setImmediate } from 'node:timers/promises';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/event-store.ts';
import { type Period, type SimulationResult, simulate, type Variant } from './simulation.ts';

/** What of the log a simulation reads. */
const STREAMS = ['order-', 'stockLocation-', 'channel-', 'item-', 'rateCard-', 'sourcingPolicy-'];

const EVENTS_PER_REPORT = 5_000;

/** An event cannot be read by this release: without it, the simulated stock would be wrong. */
export class HistoryUnreadable extends Error {}

export type SimulationWatch = {
  /** 0 to 1: how much of the log's time has been read. */
  readonly onProgress: (progress: number) => void;
  /** Ends it without a result. */
  readonly signal: AbortSignal;
};

/** Runs one simulation, wherever that keeps nobody waiting. */
export type RunSimulation = (
  variants: readonly Variant[],
  period: Period,
  watch: SimulationWatch,
) => Promise<SimulationResult>;

type Log = { readonly eventStore: EventStore; readonly codec: Codec };

/**
 * Simulates from the log alone, which it only reads. `onProgress` tells the events read and how far in time the log
 * was when the last of them was recorded. The thread is given free now and then.
 */
export const runSimulation = async (
  { eventStore, codec }: Log,
  variants: readonly Variant[],
  period: Period,
  onProgress: (events: number, recordedAt: string) => void,
): Promise<SimulationResult> => {
  const simulation = simulate(variants, period);
  let events = 0;
  let recordedAt = period.from;
  for await (const recorded of eventStore.readAll({ streamPrefixes: STREAMS })) {
    const decoded = codec.decode(recorded);
    if (!decoded.ok) {
      throw new HistoryUnreadable(
        `${recorded.stream} cannot be read at version ${recorded.version}: ${decoded.reason}`,
      );
    }
    // Nodes may disagree about the time by a moment: what lies beyond the end is told apart event by event.
    simulation.apply(decoded.event);
    recordedAt = decoded.event.metadata.recordedAt;
    events += 1;
    if (events % EVENTS_PER_REPORT !== 0) continue;
    onProgress(events, recordedAt);
    await setImmediate();
  }
  onProgress(events, recordedAt);
  return simulation.result();
};

/** In the thread that asks. */
export const simulateHere =
  (log: Log): RunSimulation =>
  (variants, period, { onProgress, signal }) => {
    const share = shareOfTime(period);
    return runSimulation(log, variants, period, (_events, recordedAt) => {
      signal.throwIfAborted();
      onProgress(share(recordedAt));
    });
  };

/** Between the first instant that it is asked for and the period's end. */
const shareOfTime = ({ to }: Period): ((instant: string) => number) => {
  let first: number | null = null;
  return (instant) => {
    const at = Date.parse(instant);
    first ??= at;
    const whole = Date.parse(to) - first;
    return whole <= 0 ? 0 : Math.min(1, (at - first) / whole);
  };
};
