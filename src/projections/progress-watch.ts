import { setTimeout } from 'node:timers/promises';
import type { Position } from '../domain/values.ts';

const POLL_MS = 5;

export type Positions = () => Promise<ReadonlyMap<string, Position | null>>;

type Waiter = {
  readonly names: readonly string[];
  readonly position: Position;
  readonly until: number;
  readonly resolve: (reached: boolean) => void;
  readonly reject: (error: unknown) => void;
};

/** Waits for read models to reach positions: one poll for all who wait, and none when nobody does. */
export const createProgressWatch = ({ names, positions }: { names: readonly string[]; positions: Positions }) => {
  const waiters = new Set<Waiter>();
  let polling = false;

  const settle = (reached: ReadonlyMap<string, Position | null>): void => {
    for (const waiter of waiters) {
      const done = waiter.names.every((name) => (reached.get(name) ?? '') >= waiter.position);
      if (!done && performance.now() < waiter.until) continue;
      waiters.delete(waiter);
      waiter.resolve(done);
    }
  };

  const fail = (error: unknown): void => {
    for (const { reject } of waiters) reject(error);
    waiters.clear();
  };

  const poll = async (): Promise<void> => {
    polling = true;
    while (waiters.size > 0) {
      try {
        settle(await positions());
      } catch (error) {
        fail(error);
      }
      if (waiters.size > 0) await setTimeout(POLL_MS);
    }
    polling = false;
  };

  return (name: string | null, position: Position, timeoutMs: number): Promise<boolean> =>
    new Promise((resolve, reject) => {
      if (name !== null && !names.includes(name)) {
        reject(new RangeError(`there is no read model ${name}`));
        return;
      }
      const until = performance.now() + timeoutMs;
      waiters.add({ names: name === null ? names : [name], position, until, resolve, reject });
      // `poll` hands every failure to those who wait, so this promise always fulfils.
      if (!polling) void poll();
    });
};
