import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { ProjectedEvent } from '../domain/event.ts';
import type { Position } from '../domain/values.ts';
import type { AnyProjection, Document } from './projection.ts';
import type { ReadStore, Stored, Write } from './read-store.ts';
import { isTombstone, TOMBSTONE } from './tombstone.ts';

/** More than a busy service changes between an order's first event and its last; older ones come back from the store. */
const CACHED_DOCUMENTS = 400;

/** An event that a read model cannot take. */
export type PoisonEvent = { readonly event: ProjectedEvent; readonly reason: string };

export type Folded = {
  readonly writes: readonly Write[];
  /** How often an event met a document that had it, or a newer one, already. */
  readonly alreadyIn: number;
  /** The writes are worth nothing while there is any. */
  readonly poison: readonly PoisonEvent[];
};

export type Documents = {
  /** What the documents become with these events, in the order of the log. */
  readonly fold: (events: readonly ProjectedEvent[]) => Promise<Folded>;
  /** Writes what `fold` made of the same events, and answers how many documents were written. */
  readonly store: (folded: Folded, events: readonly ProjectedEvent[]) => Promise<number>;
};

export type DocumentsOptions = {
  readonly projection: AnyProjection;
  readonly collection: string;
  /** Many are fast, few let others have the thread and the store sooner. */
  readonly writesAtOnce: number;
};

/**
 * The documents of one collection, with the newest kept at hand. That is right only as long as nobody else writes
 * them: the position guard tells when somebody did, and then they are loaded and folded again.
 */
export const createDocuments = (
  readStore: ReadStore,
  { projection, collection, writesAtOnce }: DocumentsOptions,
): Documents => {
  const { name, ids, evolve, writeOnce = false } = projection;
  const cache = new LRUCache<string, Stored>({ max: CACHED_DOCUMENTS });

  const poisonOf = (event: ProjectedEvent, error: unknown): PoisonEvent => {
    const reason = error instanceof Error ? error.message : String(error);
    return { event, reason: `${name} cannot take ${event.type}: ${reason}` };
  };

  const byDocument = (events: readonly ProjectedEvent[], poison: PoisonEvent[]): Map<string, ProjectedEvent[]> => {
    const touching = new Map<string, ProjectedEvent[]>();
    for (const event of events) {
      try {
        for (const id of ids(event)) {
          const known = touching.get(id);
          if (known === undefined) touching.set(id, [event]);
          else known.push(event);
        }
      } catch (error) {
        poison.push(poisonOf(event, error));
      }
    }
    return touching;
  };

  const load = async (wanted: readonly string[]): Promise<ReadonlyMap<string, Stored>> => {
    const missing = wanted.filter((id) => !cache.has(id));
    const loaded = missing.length === 0 ? new Map<string, Stored>() : await readStore.get(collection, missing);
    return new Map(
      wanted.flatMap((id) => {
        const stored = loaded.get(id) ?? cache.get(id);
        return stored === undefined ? [] : [[id, stored] as const];
      }),
    );
  };

  const fold = async (events: readonly ProjectedEvent[]): Promise<Folded> => {
    const poison: PoisonEvent[] = [];
    const touching = byDocument(events, poison);
    const known = writeOnce ? new Map<string, Stored>() : await load([...touching.keys()]);
    const writes: Write[] = [];
    let alreadyIn = 0;
    for (const [id, itsEvents] of touching) {
      const before = known.get(id);
      let body: Document | null = before === undefined || isTombstone(before) ? null : before.body;
      let position: Position | null = before?.position ?? null;
      for (const event of itsEvents) {
        if (position !== null && event.position <= position) {
          alreadyIn += 1;
          continue;
        }
        try {
          const next = evolve(body, event, id);
          if (next === body) continue;
          body = next;
          position = event.position;
        } catch (error) {
          poison.push(poisonOf(event, error));
          break;
        }
      }
      if (position === null || position === before?.position) continue;
      writes.push({ id, position, body: body ?? TOMBSTONE, before: before ?? null });
    }
    return { writes, alreadyIn, poison };
  };

  const remember = ({ id, position, body }: Write): void => {
    if (body === null) cache.delete(id);
    else cache.set(id, { id, position, body });
  };

  /** Answers the ids that somebody else had written. */
  const writeSlice = async (slice: readonly Write[]): Promise<readonly string[]> => {
    const left = await readStore.write(collection, slice);
    if (writeOnce) return [];
    for (const write of slice) remember(write);
    for (const id of left) cache.delete(id);
    return left;
  };

  const refold = async (events: readonly ProjectedEvent[], changed: readonly string[]): Promise<readonly Write[]> => {
    const { writes, poison } = await fold(events);
    if (poison[0] !== undefined) throw new Error(poison[0].reason);
    const wanted = new Set(changed);
    return writes.filter(({ id }) => wanted.has(id));
  };

  const store = async ({ writes }: Folded, events: readonly ProjectedEvent[]): Promise<number> => {
    let pending = writes;
    let written = 0;
    while (pending.length > 0) {
      const left: string[] = [];
      for (let start = 0; start < pending.length; start += writesAtOnce) {
        left.push(...(await writeSlice(pending.slice(start, start + writesAtOnce))));
        // Embedded stores answer without giving up the thread: a long batch must not hold up every request.
        await nextTurn();
      }
      written += pending.length - left.length;
      pending = left.length === 0 ? [] : await refold(events, left);
    }
    return written;
  };

  return Object.freeze({ fold, store });
};
