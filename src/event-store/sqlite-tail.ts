import { BriefMap } from './brief-map.ts';
import type { RecordedEvent } from './event-store.ts';
import type { Page, StreamFilter } from './sqlite-read.ts';

const CAPACITY = 3_072;
const CAPACITY_CHARACTERS = 6_291_456;

/**
 * The newest events that this store object wrote, kept so that subscribers who keep up get them without a read and get
 * the very same objects. Bounded: who falls behind it reads from disk. What all have taken is forgotten at once, while
 * it is young and costs the garbage collector nothing.
 */
export type Tail = {
  /** The newest row held; 0 when there is none. */
  readonly last: () => number;
  readonly push: (firstRow: number, events: readonly RecordedEvent[]) => void;
  /** The wanted events after a row, at most `limit` of them; `null` when the tail does not hold the one next to it. */
  readonly take: (after: number, limit: number, wanted: StreamFilter) => Page | null;
  /** Nobody needs the events up to this row any more. */
  readonly release: (upTo: number) => void;
};

const sizeOf = (event: RecordedEvent): number => event.data.length + event.metadata.length;

export const createTail = (capacity = CAPACITY, capacityCharacters = CAPACITY_CHARACTERS): Tail => {
  const slots = new BriefMap<number, RecordedEvent>();
  let first = 1;
  let last = 0;
  let characters = 0;

  const dropFirst = (): void => {
    const dropped = slots.get(first);
    slots.delete(first);
    first += 1;
    if (dropped !== undefined) characters -= sizeOf(dropped);
  };

  const push = (firstRow: number, events: readonly RecordedEvent[]): void => {
    if (firstRow !== last + 1) {
      // Another process wrote in between: what was held no longer joins what comes.
      slots.clear();
      characters = 0;
      first = firstRow;
      last = firstRow - 1;
    }
    for (const event of events) {
      last += 1;
      slots.set(last, event);
      characters += sizeOf(event);
    }
    while (slots.size > capacity || characters > capacityCharacters) dropFirst();
  };

  const take = (after: number, limit: number, wanted: StreamFilter): Page | null => {
    if (after + 1 < first || after >= last) return null;
    const events: RecordedEvent[] = [];
    let end = after;
    while (end < last && events.length < limit) {
      end += 1;
      const event = slots.get(end);
      if (event !== undefined && wanted(event.stream)) events.push(event);
    }
    return { events, end };
  };

  const release = (upTo: number): void => {
    while (first <= Math.min(upTo, last)) dropFirst();
  };

  return Object.freeze({ last: () => last, push, take, release });
};
