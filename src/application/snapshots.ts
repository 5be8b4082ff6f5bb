import type { Position } from '../domain/values.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { type ReadStore, ReadStoreUnavailable, type Stored } from '../projections/read-store.ts';

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
const ENTRIES_PER_EVENT = 10;

export const SNAPSHOTS = { name: 'snapshots', indexes: [] } as const;

/** A snapshot is a cache: it is used only where the log still has the event it was taken at, hash and all. */
export const createSnapshots = <State>(dependencies: {
  readonly store: ReadStore;
  readonly eventStore: EventStore;
  /** Raise it when the state's shape or the fold changes meaning: older snapshots are then ignored. */
  readonly format: string;
  /** Events from one snapshot to the next: at least so many, and more where the state is large. */
  readonly every: number;
  /** Entries that a snapshot of the state writes. */
  readonly sizeOf: (state: State) => number;
  readonly toJson: (state: State) => unknown;
  readonly fromJson: (json: unknown) => State;
  readonly onError: (error: unknown) => void;
}): Snapshots<State> => {
  const { store, eventStore, format, every } = dependencies;
  const newest = new Map<string, number>();

  /** While the store is away, the log alone tells the state: only later. */
  const kept = async (stream: string): Promise<Stored | undefined> => {
    try {
      return (await store.get(SNAPSHOTS.name, [stream])).get(stream);
    } catch (error) {
      if (error instanceof ReadStoreUnavailable) return undefined;
      throw error;
    }
  };

  const read = async (stream: string): Promise<Folded<State> | null> => {
    const stored = await kept(stream);
    if (stored === undefined || stored.body.format !== format) return null;
    const { version, hash, state } = stored.body as { version: number; hash: string; state: string };
    for await (const event of eventStore.readStream(stream, { from: version - 1, limit: 1 })) {
      if (event.hash !== hash) return null;
      newest.set(stream, version);
      return { state: dependencies.fromJson(JSON.parse(state)), version, position: event.position, hash };
    }
    return null;
  };

  const consider = (stream: string, { state, version, position, hash }: Folded<State>): void => {
    const due = Math.max(every, dependencies.sizeOf(state) / ENTRIES_PER_EVENT);
    if (position === null || version - (newest.get(stream) ?? 0) < due) return;
    newest.set(stream, version);
    // As one text: a large state must not be copied piece by piece on its way to the thread that writes it.
    const body = { format, version, hash, state: JSON.stringify(dependencies.toJson(state)) };
    store.write(SNAPSHOTS.name, [{ id: stream, position, body }]).catch(dependencies.onError);
  };

  return { read, consider };
};
