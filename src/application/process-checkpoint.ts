import type { Position } from '../domain/values.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { ReadStore } from '../projections/read-store.ts';
import { isBeyondEnd } from './beyond-end.ts';

const PROCESS_CHECKPOINTS = { name: 'process-checkpoints', indexes: [] } as const;
const PROCESS = 'fulfilment';

/** After a restart, at most so much is looked at once more. */
const CHECKPOINT_EVERY_MS = 500;

export type ProcessCheckpoint = {
  /** Where the process had come to before; null: nowhere. */
  readonly startsAfter: Position | null;
  /** Not every time: it costs a write. */
  readonly save: (position: Position) => Promise<void>;
};

/** How far in the log the fulfilment process has come. */
export const openProcessCheckpoint = async (
  vault: ReadStore,
  log: Pick<EventStore, 'subscribe'>,
  now: () => Date,
): Promise<ProcessCheckpoint> => {
  await vault.ensure(PROCESS_CHECKPOINTS);
  const stored = (await vault.get(PROCESS_CHECKPOINTS.name, [PROCESS])).get(PROCESS);
  // After a restore the vault is newer than the log: all of it is looked at once more, and what is at rest costs a look.
  const isAhead = stored !== undefined && (await isBeyondEnd(log, stored.position));
  if (isAhead)
    await vault.write(PROCESS_CHECKPOINTS.name, [{ id: PROCESS, position: `${stored.position}~`, body: null }]);
  let savedAt = 0;
  return {
    startsAfter: isAhead ? null : (stored?.position ?? null),
    save: async (position) => {
      if (now().getTime() - savedAt < CHECKPOINT_EVERY_MS) return;
      await vault.write(PROCESS_CHECKPOINTS.name, [{ id: PROCESS, position, body: {} }]);
      savedAt = now().getTime();
    },
  };
};
