import { LRUCache } from 'lru-cache';

/** For so long after a conflict, a stream counts as one that others write, too. */
const REMEMBERED_MS = 5_000;
const REMEMBERED_STREAMS = 1_000;

/** Which streams others write, too, and states to go back to there when an append of theirs comes first. */
export type Contention<State> = {
  readonly isLikely: (stream: string) => boolean;
  readonly noteConflict: (stream: string) => void;
  /** The same, so that a fold that changes states in place can begin from it again; null where that is not worth it. */
  readonly keep: <Folded extends { readonly state: State }>(stream: string, start: Folded) => Folded | null;
};

/** `copy` is for large states, which take longer to fold again than to copy; without it none is kept. */
export const createContention = <State>(copy?: (state: State) => State): Contention<State> => {
  const conflicts = new LRUCache<string, true>({ max: REMEMBERED_STREAMS, ttl: REMEMBERED_MS });
  const isLikely = (stream: string): boolean => conflicts.has(stream);
  return {
    isLikely,
    noteConflict: (stream) => void conflicts.set(stream, true),
    keep: (stream, start) => (copy === undefined || !isLikely(stream) ? null : { ...start, state: copy(start.state) }),
  };
};
