import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/event-store.ts';
import { type Period, type SimulationResult, simulate, type Variant } from './simulation.ts';

/** What of the log a simulation reads. */
const STREAMS = ['order-', 'stockLocation-', 'channel-', 'item-', 'rateCard-', 'sourcingPolicy-'];

const EVENTS_PER_REPORT = 5_000;

/** An event cannot be read by this release: without it, the simulated stock would be wrong. */
export class HistoryUnreadable extends Error {}

/**
 * Simulates from the log alone, which it only reads. `onProgress` tells the events read and how far in time the log
 * was when the last of them was recorded. The thread is given free now and then.
 */
export const runSimulation = async (
  { eventStore, codec }: { readonly eventStore: EventStore; readonly codec: Codec },
  variants: readonly Variant[],
  period: Period,
  onProgress: (events: number, recordedAt: string) => void,
): Promise<SimulationResult> => {
  const simulation = simulate(variants, period);
  let events = 0;
  for await (const recorded of eventStore.readAll({ streamPrefixes: STREAMS })) {
    const decoded = codec.decode(recorded);
    if (!decoded.ok) {
      throw new HistoryUnreadable(
        `${recorded.stream} cannot be read at version ${recorded.version}: ${decoded.reason}`,
      );
    }
    const { recordedAt } = decoded.event.metadata;
    // Nodes may disagree about the time by a moment: what lies beyond the end is told apart event by event.
    simulation.apply(decoded.event);
    events += 1;
    if (events % EVENTS_PER_REPORT === 0) onProgress(events, recordedAt);
  }
  return simulation.result();
};
