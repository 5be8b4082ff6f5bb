import { setTimeout as delay } from 'node:timers/promises';
import type { Position } from '../domain/values.ts';
import { createBell } from './eventstoredb-bell.ts';
import type { Connection, Node } from './eventstoredb-connection.ts';
import { concernsNode, NodeGone, Silence } from './eventstoredb-failure.ts';
import type { Reader } from './eventstoredb-read.ts';
import { signalRequest } from './eventstoredb-requests.ts';

/** A look at the log's end over one connection. What was seen holds for reads from that node while the watch lasts. */
export type Watch = {
  readonly node: Node;
  /** The position of the last event that was seen, whoever wrote it. */
  readonly end: () => Position | null;
  /** Reads the log's end now, rather than when a signal comes. */
  readonly look: () => Promise<Position | null>;
  readonly isOver: () => boolean;
};

export type Watcher = {
  /** The watch at present. Waits for one; `null` once the signal aborts. */
  readonly current: (signal: AbortSignal) => Promise<Watch | null>;
  /** Waits until the log grew beyond what was seen, or the watch is over, or the signal aborts. */
  readonly news: (watch: Watch, seen: Position | null, signal: AbortSignal) => Promise<void>;
};

export type WatcherOptions = {
  readonly connection: Connection;
  readonly reader: Reader;
  /** How long the log may be quiet before its end is looked at without a signal. */
  readonly silenceMs: number;
  readonly connectTimeoutMs: number;
  readonly onError: (error: unknown) => void;
  readonly closing: AbortSignal;
};

/** Signals that come meanwhile are answered by one look. */
const BETWEEN_LOOKS_MS = 5;
const GRACE_MS = 200;
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** The subscription is open, but did not tell of events that are there. */
class Deaf extends Error {
  constructor() {
    super('the subscription misses events');
    this.name = 'Deaf';
  }
}

/**
 * Watches for the log's growth on behalf of all subscribers. A live subscription to `$all` is the signal to look, and
 * nothing more: whatever it says, leaves out or says twice, what is delivered comes from reads. When it is quiet, the
 * end is looked at now and then, so a subscription that went deaf is found out.
 */
export const createWatcher = (options: WatcherOptions): Watcher => {
  const { connection, reader, silenceMs, connectTimeoutMs, onError, closing } = options;
  const bell = createBell();
  let watch: Watch | null = null;
  let isRunning = false;

  /** Lasts as long as the subscription does. Rejects with what ended it. */
  const watchFrom = (node: Node): Promise<never> =>
    new Promise((_, reject) => {
      const call = node.streams.read(signalRequest(), node.metadata());
      let end: Position | null = null;
      let over = false;
      let signals = 0;
      let lookedAt = -1;

      const finish = (error: unknown): void => {
        if (over) return;
        over = true;
        clearInterval(silence);
        ending.removeEventListener('abort', onEnding);
        call.cancel();
        if (watch === mine) watch = null;
        bell.ring();
        reject(error);
      };
      const ending = AbortSignal.any([closing, node.gone]);
      const onEnding = (): void => finish(new NodeGone(node.endpoint.address));

      const look = async (): Promise<Position | null> => {
        const found = await reader.endAt(node);
        if ((found ?? '') > (end ?? '')) end = found;
        return end;
      };
      const mine: Watch = { node, end: () => end, look, isOver: () => over };

      let isLooking = false;
      const answerSignals = async (): Promise<void> => {
        if (isLooking) return;
        isLooking = true;
        while (!over && lookedAt !== signals) {
          lookedAt = signals;
          await look();
          watch = mine;
          bell.ring();
          await delay(BETWEEN_LOOKS_MS);
        }
        isLooking = false;
      };

      /** Whatever this finds, the subscription should have told of it before. */
      const lookInSilence = async (): Promise<void> => {
        const heard = signals;
        if (heard === 0) return finish(new Silence(silenceMs));
        const before = end;
        await look();
        if (end === before) return;
        bell.ring();
        await delay(GRACE_MS);
        if (signals === heard) finish(new Deaf());
      };

      let heardAtLastTick = 0;
      const silence = setInterval(() => {
        if (signals === heardAtLastTick) lookInSilence().catch(finish);
        heardAtLastTick = signals;
      }, silenceMs);

      call.on('data', () => {
        signals += 1;
        answerSignals().catch(finish);
      });
      call.on('error', finish);
      call.on('end', () => finish(new Error('the server ended the subscription')));
      ending.addEventListener('abort', onEnding);
      if (ending.aborted) onEnding();
      else answerSignals().catch(finish);
    });

  const run = async (): Promise<void> => {
    for (let failures = 0; !closing.aborted; ) {
      let node: Node | null = null;
      const begun = performance.now();
      try {
        node = await connection.node(connectTimeoutMs);
        await watchFrom(node);
      } catch (error) {
        if (closing.aborted) break;
        onError(error);
        if (node !== null && concernsNode(error)) connection.drop(node, error);
      }
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
    while (!signal.aborted && !watched.isOver() && (watched.end() ?? '') <= (seen ?? '')) await bell.wait(signal);
  };

  return Object.freeze({ current, news });
};
