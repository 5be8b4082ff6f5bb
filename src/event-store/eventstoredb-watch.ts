import { setTimeout as delay } from 'node:timers/promises';
import type { Node } from './eventstoredb-connection.ts';
import { NodeGone, Silence } from './eventstoredb-failure.ts';
import type { Reader } from './eventstoredb-read.ts';
import { signalRequest } from './eventstoredb-requests.ts';
import type { Tail } from './eventstoredb-tail.ts';

/** A look at the log's growth over one connection. What was seen holds for reads from that node while the watch lasts. */
export type Watch = {
  readonly node: Node;
  /** The newest events, as far as they were seen. */
  readonly tail: Pick<Tail, 'end' | 'take'>;
  /** Reads what is new now, rather than when a signal comes. */
  readonly look: () => Promise<void>;
  readonly isOver: () => boolean;
  /** Rejects with what ended the watch. */
  readonly over: Promise<never>;
};

export type WatchOptions = {
  readonly reader: Reader;
  /** How long the log may be quiet before its end is looked at without a signal. */
  readonly silenceMs: number;
  readonly closing: AbortSignal;
  /** The log's growth was looked at. */
  readonly onSeen: (watch: Watch) => void;
};

/** Signals that come meanwhile are answered by one look. */
const BETWEEN_LOOKS_MS = 10;
/** Less than other reads are given: two silences on end are to be noticed within seconds. */
const PATIENCE_MS = 2_000;
/** A signal is at most so much later than what it is for. */
const GRACE_MS = 200;

/** The subscription is open, but did not tell of events that are there. */
class Deaf extends Error {
  constructor() {
    super('the subscription misses events');
    this.name = 'Deaf';
  }
}

/**
 * A live subscription to `$all` is the signal to look at the log's end, and nothing more: whatever it says, leaves out
 * or says twice, what is delivered comes from reads. When it is quiet, the end is looked at now and then, so that a
 * subscription that went deaf is found out.
 */
export const startWatch = (node: Node, tail: Tail, options: WatchOptions): Watch => {
  const { reader, silenceMs, closing, onSeen } = options;
  const over = Promise.withResolvers<never>();
  const givenUp = AbortSignal.any([closing, node.gone]);
  let isOver = false;
  let signals = 0;
  let signalsAnswered = -1;
  let signalsAtLastTick = 0;
  let isAnswering = false;

  const finish = (error: unknown): void => {
    if (isOver) return;
    isOver = true;
    clearInterval(ticking);
    givenUp.removeEventListener('abort', onGivenUp);
    call.cancel();
    over.reject(error);
  };
  const onGivenUp = (): void => finish(new NodeGone(node.endpoint.address));

  const look = async (): Promise<void> => {
    for (let isShort = false; !isShort && !isOver; ) {
      const end = tail.end();
      const page = await reader.newsAt(node, end);
      // Several may look at a time: only who reads on from the end adds to it.
      if (tail.end() === end) tail.push(page.events);
      isShort = page.isShort;
    }
  };

  const answerSignals = async (): Promise<void> => {
    if (isAnswering) return;
    isAnswering = true;
    while (!isOver && signalsAnswered !== signals) {
      signalsAnswered = signals;
      await look();
      if (!isOver) onSeen(watch);
      await delay(BETWEEN_LOOKS_MS);
    }
    isAnswering = false;
  };

  /** Whatever this finds, the subscription should have told of it before. */
  const lookInSilence = async (): Promise<void> => {
    const heard = signals;
    if (heard === 0) return finish(new Silence(silenceMs));
    const end = tail.end();
    const timer = setTimeout(() => finish(new Silence(PATIENCE_MS)), PATIENCE_MS);
    await look().finally(() => clearTimeout(timer));
    if (isOver || tail.end() === end) return;
    onSeen(watch);
    await delay(GRACE_MS);
    if (signals === heard) finish(new Deaf());
  };

  const tick = (): void => {
    const isQuiet = signals === signalsAtLastTick;
    signalsAtLastTick = signals;
    if (isQuiet) lookInSilence().catch(finish);
  };

  const watch: Watch = { node, tail, look, isOver: () => isOver, over: over.promise };
  const call = node.streams.read(signalRequest(), node.metadata());
  const ticking = setInterval(tick, silenceMs);
  call.on('data', () => {
    signals += 1;
    answerSignals().catch(finish);
  });
  call.on('error', finish);
  call.on('end', () => finish(new Error('the server ended the subscription')));
  givenUp.addEventListener('abort', onGivenUp);
  answerSignals().catch(finish);
  return watch;
};
