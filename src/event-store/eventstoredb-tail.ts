import type { Position } from '../domain/values.ts';
import type { RecordedEvent } from './event-store.ts';

const CAPACITY = 4_096;
const CAPACITY_CHARACTERS = 8_388_608;

/** The wanted events after a position, and how far the log was searched for them. */
export type Taken = { readonly events: readonly RecordedEvent[]; readonly position: Position | null };

/**
 * The newest events of the log as one reader read them, without a gap: read once for all subscribers who keep up.
 * Bounded: who falls behind it reads for himself.
 */
export type Tail = {
  readonly end: () => Position | null;
  /** The events that follow the end. */
  readonly push: (events: readonly RecordedEvent[]) => void;
  /** At most `limit` events of streams with these prefixes; `null` when the tail begins only later. */
  readonly take: (after: Position | null, limit: number, streamPrefixes: readonly string[] | undefined) => Taken | null;
};

/** Streams whose names begin with `$` are the server's own. */
const wants = (streamPrefixes: readonly string[] | undefined, { stream }: RecordedEvent): boolean =>
  streamPrefixes === undefined ? !stream.startsWith('$') : streamPrefixes.some((prefix) => stream.startsWith(prefix));

const sizeOf = ({ data, metadata }: RecordedEvent): number => data.length + metadata.length;

/** A tail of a log that ends at this position so far. */
export const createTail = (
  start: Position | null,
  capacity = CAPACITY,
  capacityCharacters = CAPACITY_CHARACTERS,
): Tail => {
  let events: readonly RecordedEvent[] = [];
  let from = start;
  let end = start;
  let characters = 0;

  const push: Tail['push'] = (news) => {
    if (news.length === 0) return;
    events = [...events, ...news];
    end = news.at(-1)?.position ?? end;
    characters += news.reduce((sum, event) => sum + sizeOf(event), 0);
    let excess = 0;
    for (const event of events) {
      if (events.length - excess <= capacity && characters <= capacityCharacters) break;
      excess += 1;
      characters -= sizeOf(event);
      from = event.position;
    }
    events = events.slice(excess);
  };

  const take: Tail['take'] = (after, limit, streamPrefixes) => {
    if ((after ?? '') < (from ?? '')) return null;
    if ((after ?? '') >= (end ?? '')) return { events: [], position: after };
    const first = events.findLastIndex(({ position }) => position <= (after ?? '')) + 1;
    const wanted = events.slice(first).filter((event) => wants(streamPrefixes, event));
    const taken = wanted.slice(0, limit);
    return { events: taken, position: taken.length < wanted.length ? (taken.at(-1)?.position ?? after) : end };
  };

  return Object.freeze({ end: () => end, push, take });
};
