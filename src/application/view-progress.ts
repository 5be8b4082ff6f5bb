import type { Position } from '../domain/values.ts';
import { createBell } from '../event-store/bell.ts';

/** How far this node's own view of the log has come: what it sources by, and whom it lets in. */
export type ViewProgress = {
  readonly advance: (position: Position | null) => void;
  /** Whether the view has come so far, waiting for that so long. */
  readonly reached: (position: Position, timeoutMs: number) => Promise<boolean>;
};

export const createViewProgress = (): ViewProgress => {
  const bell = createBell();
  let newest: Position = '';
  return {
    advance: (position) => {
      if (position === null || position <= newest) return;
      newest = position;
      bell.ring();
    },
    reached: async (position, timeoutMs) => {
      if (newest >= position) return true;
      const timeout = AbortSignal.timeout(timeoutMs);
      while (newest < position && !timeout.aborted) await bell.wait(timeout);
      return newest >= position;
    },
  };
};
