import { groupsOf } from '../domain/groups.ts';
import type { Position } from '../domain/values.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { type ReadStore, ReadStoreUnavailable } from '../projections/read-store.ts';

type Folded<State> = {
  readonly state: State;
  readonly version: number;
  readonly position: Position | null;
  readonly hash: string;
};

/** Folded states kept beside the log, so that a long stream need not be read from its first event. */
export type Snapshots<State> = {
  /** The newest snapshot that the log vouches for, or null. */
  readonly read: (stream: string) => Promise<Folded<State> | null>;
  /** Keeps the state when enough has happened since the last snapshot. Returns at once. */
  readonly consider: (stream: string, folded: Folded<State>) => void;
};

/** Writing a large state takes long and holds up others: it is spread over more events, which a cold start then reads. */
const ENTRIES_PER_EVENT = 30;
/** Written in one commit: few, so that nothing else waits long, but not so few that the writing waits for many commits. */
const CHARACTERS_AT_ONCE = 400_000;

export const SNAPSHOTS = { name: 'snapshots', indexes: [] } as const;

type Taken = {
  readonly position: Position;
  readonly version: number;
  readonly hash: string;
  readonly parts: Iterable<unknown>;
};

type Slot = 'a' | 'b';

type Head = {
  readonly format: string;
  readonly version: number;
  readonly hash: string;
  readonly slot: Slot;
  readonly parts: number;
};

const partId = (stream: string, slot: Slot, part: number): string => `${stream}@${slot}/${part}`;

/**
 * A snapshot is a cache: it is used only where the log still has the event it was taken at, hash and all. A large state is
 * kept in parts, of which none takes long to copy or exceeds what a document may have. Two snapshots take turns: the head,
 * written last, says which of the two is whole, and each part says of which version it is.
 */
export const createSnapshots = <State>(dependencies: {
  readonly store: ReadStore;
  readonly eventStore: EventStore;
  /** Raise it when the state's shape or the fold changes meaning: older snapshots are then ignored. */
  readonly format: string;
  /** Events from one snapshot to the next: at least so many, and more where the state is large. */
  readonly every: number;
  /** Entries that a snapshot of the state writes. */
  readonly sizeOf: (state: State) => number;
  /** Takes hold of the state at once: it goes on changing while its parts are asked for. */
  readonly toParts: (state: State) => Iterable<unknown>;
  readonly fromParts: (parts: Iterable<unknown>) => State;
  readonly onError: (error: unknown) => void;
}): Snapshots<State> => {
  const { store, eventStore, format, every, toParts, fromParts, onError } = dependencies;
  const newest = new Map<string, number>();
  /** Streams whose snapshot is on its way: a second one would go by the same head, into the same slot. */
  const writing = new Set<string>();

  const headOf = async (stream: string): Promise<Head | null> => {
    const body = (await store.get(SNAPSHOTS.name, [stream])).get(stream)?.body;
    return body === undefined || body.format !== format ? null : (body as Head);
  };

  /** Null: some belong to another snapshot, which two nodes wrote at once. */
  const partsOf = async (stream: string, { version, slot, parts }: Head): Promise<readonly string[] | null> => {
    const ids = Array.from({ length: parts }, (_, part) => partId(stream, slot, part));
    const stored = await store.get(SNAPSHOTS.name, ids);
    const texts = ids.flatMap((id) => {
      const body = stored.get(id)?.body;
      return body?.version === version ? [String(body.text)] : [];
    });
    return texts.length === parts ? texts : null;
  };

  /** While the store is away, the log alone tells the state: only later. */
  const kept = async (stream: string): Promise<{ head: Head; texts: readonly string[] } | null> => {
    try {
      const head = await headOf(stream);
      const texts = head === null ? null : await partsOf(stream, head);
      return head === null || texts === null ? null : { head, texts };
    } catch (error) {
      if (error instanceof ReadStoreUnavailable) return null;
      throw error;
    }
  };

  const read = async (stream: string): Promise<Folded<State> | null> => {
    const found = await kept(stream);
    if (found === null) return null;
    const { version, hash } = found.head;
    for await (const event of eventStore.readStream(stream, { from: version - 1, limit: 1 })) {
      if (event.hash !== hash) return null;
      newest.set(stream, version);
      const state = fromParts(found.texts.map((text) => JSON.parse(text)));
      return { state, version, position: event.position, hash };
    }
    return null;
  };

  const write = async (stream: string, { position, version, hash, parts: all }: Taken): Promise<void> => {
    const slot = (await headOf(stream))?.slot === 'a' ? 'b' : 'a';
    let parts = 0;
    // As text: objects would be copied piece by piece on their way to the thread that writes.
    const asText = Iterator.from(all).map((part) => JSON.stringify(part));
    for (const texts of groupsOf(asText, (text) => text.length, CHARACTERS_AT_ONCE)) {
      const from = parts;
      parts += texts.length;
      const writes = texts.map((text, index) => ({
        id: partId(stream, slot, from + index),
        position,
        body: { version, text },
      }));
      // Another node is writing a newer one.
      if ((await store.write(SNAPSHOTS.name, writes)).length > 0) return;
    }
    const head: Head = { format, version, hash, slot, parts };
    await store.write(SNAPSHOTS.name, [{ id: stream, position, body: head }]);
  };

  const consider = (stream: string, { state, version, position, hash }: Folded<State>): void => {
    const due = Math.max(every, dependencies.sizeOf(state) / ENTRIES_PER_EVENT);
    if (position === null || version - (newest.get(stream) ?? 0) < due || writing.has(stream)) return;
    newest.set(stream, version);
    writing.add(stream);
    write(stream, { position, version, hash, parts: toParts(state) })
      .catch(onError)
      .finally(() => writing.delete(stream));
  };

  return { read, consider };
};
