import type { Position } from '../../src/domain/values.ts';
import {
  type AppendResult,
  type EventStore,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
  VersionConflict,
} from '../../src/event-store/event-store.ts';

const positionOf = (index: number): Position => String(index + 1).padStart(16, '0');

const startsWithOne = (stream: string, prefixes: readonly string[] | undefined): boolean =>
  prefixes === undefined || prefixes.some((prefix) => stream.startsWith(prefix));

/** The event log port over an array, for tests of what reads and writes a log. */
export const createMemoryEventStore = (): EventStore => {
  const log: RecordedEvent[] = [];
  const streams = new Map<string, RecordedEvent[]>();
  const waiting = new Set<() => void>();

  const wakeAll = (): void => {
    for (const wake of waiting) wake();
    waiting.clear();
  };

  const repeated = (present: readonly RecordedEvent[], expected: number, events: readonly NewEvent[]) => {
    const written = present.slice(expected, expected + events.length);
    const same = written.length === events.length && written.every(({ id }, index) => id === events[index]?.id);
    return same ? written.at(-1) : undefined;
  };

  const append = async (stream: string, expected: number, events: readonly NewEvent[]): Promise<AppendResult> => {
    const present = streams.get(stream) ?? [];
    if (expected !== present.length) {
      const last = repeated(present, expected, events);
      if (last === undefined) throw new VersionConflict(stream, expected, present.length);
      return { version: last.version, position: last.position };
    }
    for (const event of events) {
      const recorded = { ...event, stream, version: present.length + 1, position: positionOf(log.length) };
      present.push(recorded);
      log.push(recorded);
    }
    streams.set(stream, present);
    wakeAll();
    return { version: present.length, position: present.at(-1)?.position ?? positionOf(-1) };
  };

  async function* readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent, void> {
    const { direction = 'forwards', limit } = options;
    const all = streams.get(stream) ?? [];
    const from = options.from ?? (direction === 'forwards' ? 0 : all.length);
    yield* (direction === 'forwards' ? all.slice(from) : all.slice(0, from).reverse()).slice(0, limit);
  }

  async function* readAll(options: ReadAllOptions = {}): AsyncGenerator<RecordedEvent, void> {
    const { direction = 'forwards', after = null, streamPrefixes, limit } = options;
    const forwards = direction === 'forwards';
    const within = log.filter(({ position }) => after === null || (forwards ? position > after : position < after));
    const wanted = within.filter(({ stream }) => startsWithOne(stream, streamPrefixes));
    yield* (forwards ? wanted : wanted.reverse()).slice(0, limit);
  }

  async function* subscribe({ after, streamPrefixes, batchSize = 1_000, signal }: SubscribeOptions) {
    let next = after === null ? 0 : Number(after);
    let first = true;
    signal.addEventListener('abort', wakeAll);
    while (!signal.aborted) {
      if (!first && next >= log.length) await new Promise<void>((resolve) => waiting.add(resolve));
      if (signal.aborted) break;
      const page = log.slice(next, next + batchSize);
      next += page.length;
      first = false;
      const events = page.filter(({ stream }) => startsWithOne(stream, streamPrefixes));
      yield { events, position: next === 0 ? null : positionOf(next - 1), caughtUp: next >= log.length };
    }
    signal.removeEventListener('abort', wakeAll);
  }

  return Object.freeze({ append, readStream, readAll, subscribe, close: async () => wakeAll() });
};
