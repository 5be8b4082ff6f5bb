import { randomUUID } from 'node:crypto';
import type { Position } from '../../src/domain/values.ts';
import type { EventBatch, EventStore, NewEvent, RecordedEvent } from '../../src/event-store/event-store.ts';
import { chainHash, genesisHash } from '../../src/event-store/hash-chain.ts';

/** A stream prefix that no other test uses: a shared log may hold anything else. */
export const newPrefix = (): string => `test${randomUUID().replaceAll('-', '')}-`;

/** Where the log ends at present: what a test wrote stands after it, and others' past need not be searched again. */
export const endOf = async (store: EventStore): Promise<Position | null> => {
  for await (const { position } of store.readAll({ direction: 'backwards', limit: 1 })) return position;
  return null;
};

export type EventExample = Partial<Omit<NewEvent, 'hash'>>;

/** New events of a stream, correctly chained to the hash before them. */
export const chained = (
  stream: string,
  afterVersion: number,
  examples: readonly EventExample[],
  previousHash = genesisHash,
): readonly NewEvent[] => {
  let hash = previousHash;
  return examples.map((example, index) => {
    const version = afterVersion + index + 1;
    const event = {
      id: randomUUID(),
      type: 'StockReceived',
      schemaVersion: 1,
      data: JSON.stringify({ sku: 'mug', quantity: version }),
      metadata: JSON.stringify({ actor: 'test' }),
      ...example,
    };
    hash = chainHash(hash, { ...event, stream, version });
    return { ...event, hash };
  });
};

export const events = (stream: string, afterVersion: number, count: number): readonly NewEvent[] =>
  chained(
    stream,
    afterVersion,
    Array.from({ length: count }, () => ({})),
  );

/** Appends so many events to a stream, a thousand at a time, and answers them as appended. */
export const fill = async (store: EventStore, stream: string, count: number): Promise<readonly NewEvent[]> => {
  const all = events(stream, 0, count);
  for (let start = 0; start < count; start += 1_000) await store.append(stream, start, all.slice(start, start + 1_000));
  return all;
};

export const collect = async <T>(source: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const each of source) all.push(each);
  return all;
};

/** Takes batches until `enough` says so. Leaves the subscription to end by its signal. */
export const takeUntil = async (
  batches: AsyncIterator<EventBatch>,
  enough: (seen: readonly RecordedEvent[], last: EventBatch) => boolean,
): Promise<readonly RecordedEvent[]> => {
  const seen: RecordedEvent[] = [];
  for (;;) {
    const next = await batches.next();
    if (next.done) return seen;
    seen.push(...next.value.events);
    if (enough(seen, next.value)) return seen;
  }
};

export const idsOf = (found: readonly { readonly id: string }[]): readonly string[] => found.map(({ id }) => id);

export const versionsOf = (found: readonly { readonly version: number }[]): readonly number[] =>
  found.map(({ version }) => version);
