import type { Position } from '../domain/values.ts';

/** The position that comes first in the log; null, before its first event, comes before all others. */
export const earliest = (positions: readonly (Position | null)[]): Position | null =>
  positions.reduce((least, position) =>
    least === null || position === null ? null : position < least ? position : least,
  );
