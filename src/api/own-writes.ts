import { LRUCache } from 'lru-cache';
import type { Role } from '../domain/api-key.ts';
import type { Position } from '../domain/values.ts';
import { type EventStore, StoreUnavailable } from '../event-store/event-store.ts';
import { allProjections } from '../projections/all.ts';
import type { Caller } from './auth.ts';

const REMEMBERED_KEYS = 10_000;

/** What an API key wrote itself: what the key reads afterwards holds at least that. */
export type OwnWrites = {
  readonly note: (keyId: string, position: Position) => void;
  readonly newest: (caller: Pick<Caller, 'keyId' | 'role'>) => Promise<Position | undefined>;
};

/** Where this process is the only one that takes requests: the newest position that it told each key. */
export const createOwnWrites = (): OwnWrites => {
  const newest = new LRUCache<string, Position>({ max: REMEMBERED_KEYS });
  return {
    note: (keyId, position) => {
      if (position > (newest.peek(keyId) ?? '')) newest.set(keyId, position);
    },
    newest: async ({ keyId }) => newest.get(keyId),
  };
};

const onlyRead: ReadonlySet<Role> = new Set<Role>(['auditor', 'reporting']);

/**
 * Where a key may have written through another node, which tells nobody: the log's end as it is now, which is not older. Keys
 * that cannot write need not wait for anything.
 */
export const createOwnWritesAnywhere = ({ readAll }: Pick<EventStore, 'readAll'>): OwnWrites => {
  const streamPrefixes = [...new Set(allProjections.flatMap((projection) => projection.streamPrefixes))];
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Promise<Position | undefined> | null = null;

  const readEnd = async (): Promise<Position | undefined> => {
    try {
      const [last] = await Array.fromAsync(readAll({ direction: 'backwards', limit: 1, streamPrefixes }));
      return last?.position;
    } catch (error) {
      // Nobody writes while the log is away, and reading goes on.
      if (error instanceof StoreUnavailable) return undefined;
      throw error;
    }
  };

  /** One look for all who ask meanwhile, but never one that began before they asked. */
  const end = (): Promise<Position | undefined> => {
    next ??= underWay.then(() => {
      next = null;
      const reading = readEnd();
      underWay = reading.catch(() => undefined);
      return reading;
    });
    return next;
  };

  return { note: () => undefined, newest: async ({ role }) => (onlyRead.has(role) ? undefined : end()) };
};
