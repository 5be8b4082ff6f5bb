import { setTimeout as delay } from 'node:timers/promises';
import type { Position } from '../domain/values.ts';
import { createBell } from './bell.ts';
import type { Connection, Node } from './eventstoredb-connection.ts';
import { concernsNode } from './eventstoredb-failure.ts';
import type { Reader } from './eventstoredb-read.ts';
import { createTail } from './eventstoredb-tail.ts';
import { startWatch, type Watch } from './eventstoredb-watch.ts';

export type Watcher = {
  /** The watch at present. Waits for one; `null` once the signal aborts. */
  readonly current: (signal: AbortSignal) => Promise<Watch | null>;
  /** Waits until the log grew beyond what was seen, or the watch is over, or the signal aborts. */
  readonly news: (watch: Watch, seen: Position | null, signal: AbortSignal) => Promise<void>;
};

export type WatcherOptions = {
  readonly connection: Connection;
  readonly reader: Reader;
  readonly silenceMs: number;
  readonly connectTimeoutMs: number;
  readonly onError: (error: unknown) => void;
  readonly closing: AbortSignal;
};

const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Watches for the log's growth on behalf of all subscribers: begins with the first of them, and again after each end. */
export const createWatcher = (options: WatcherOptions): Watcher => {
  const { connection, reader, silenceMs, connectTimeoutMs, onError, closing } = options;
  const bell = createBell();
  let watch: Watch | null = null;
  let isRunning = false;

  const onSeen = (seen: Watch): void => {
    watch = seen;
    bell.ring();
  };

  const watchOnce = async (): Promise<void> => {
    let node: Node | null = null;
    try {
      node = await connection.node(connectTimeoutMs);
      const tail = createTail(await reader.endAt(node));
      await startWatch(node, tail, { reader, silenceMs, closing, onSeen }).over;
    } catch (error) {
      watch = null;
      bell.ring();
      if (closing.aborted) return;
      onError(error);
      if (node !== null && concernsNode(error)) connection.drop(node, error);
    }
  };

  const run = async (): Promise<void> => {
    for (let failures = 0; !closing.aborted; ) {
      const begun = performance.now();
      await watchOnce();
      failures = performance.now() - begun > LONGEST_PAUSE_MS ? 1 : failures + 1;
      const longest = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** Math.min(failures, 10));
      await delay(longest * (0.5 + Math.random() / 2), undefined, { signal: closing }).catch(() => undefined);
    }
    isRunning = false;
  };

  const current: Watcher['current'] = async (signal) => {
    if (!isRunning) {
      isRunning = true;
      void run();
    }
    while (watch === null && !signal.aborted) await bell.wait(signal);
    return signal.aborted ? null : watch;
  };

  const news: Watcher['news'] = async (watched, seen, signal) => {
    while (!signal.aborted && !watched.isOver() && (watched.tail.end() ?? '') <= (seen ?? '')) await bell.wait(signal);
  };

  return Object.freeze({ current, news });
};
