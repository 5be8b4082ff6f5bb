import { setTimeout } from 'node:timers/promises';
import { type AppendResult, type EventStore, type NewEvent, StoreUnavailable } from '../event-store/event-store.ts';
import type { DependentAppend, Grounds } from './dependent-append.ts';

const MAX_UNKNOWN_OUTCOMES = 5;

export type SettledAppend = (
  stream: string,
  expectedVersion: number,
  events: readonly NewEvent[],
  grounds: Grounds,
) => Promise<AppendResult>;

/** Repeats an append whose outcome is unknown, with the same ids and expected version, until the log says which it was. */
export const createSettledAppend =
  (eventStore: EventStore, appendOn: DependentAppend | undefined): SettledAppend =>
  async (stream, expectedVersion, events, grounds) => {
    if (appendOn === undefined && (grounds.after.length > 0 || grounds.documents.length > 0))
      throw new TypeError('this store cannot see to the grounds of an append');
    let doubt: StoreUnavailable | null = null;
    for (let tries = 1; ; tries++) {
      try {
        return await (appendOn?.(stream, expectedVersion, events, grounds) ??
          eventStore.append(stream, expectedVersion, events));
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        // A repetition that was certainly not written says nothing about the first try.
        if (error.outcome === 'unknown') doubt ??= error;
        if (doubt === null || tries >= MAX_UNKNOWN_OUTCOMES) throw doubt ?? error;
        await setTimeout(50 * 2 ** tries);
      }
    }
  };
