import { setTimeout as delay } from 'node:timers/promises';
import type { Position } from '../domain/values.ts';
import type { Node } from './eventstoredb-connection.ts';
import { NodeGone, Silence } from './eventstoredb-failure.ts';
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
  /** Rejects with what ended the watch. */
  readonly over: Promise<never>;
};

export type WatchOptions = {
  readonly reader: Reader;
  /** How long the log may be quiet before its end is looked at without a signal. */
  readonly silenceMs: number;
  readonly closing: AbortSignal;
  /** The end was seen for the first time, or has moved. */
  readonly onSeen: (watch: Watch) => void;
};

/** Signals that come meanwhile are answered by one look. */
const BETWEEN_LOOKS_MS = 5;
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
export const startWatch = (node: Node, { reader, silenceMs, closing, onSeen }: WatchOptions): Watch => {
  const over = Promise.withResolvers<never>();
  const givenUp = AbortSignal.any([closing, node.gone]);
  let isOver = false;
  let end: Position | null = null;
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

  const look = async (): Promise<Position | null> => {
    const found = await reader.endAt(node);
    if ((found ?? '') > (end ?? '')) end = found;
    return end;
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
    const before = end;
    await look();
    if (isOver || end === before) return;
    onSeen(watch);
    await delay(GRACE_MS);
    if (signals === heard) finish(new Deaf());
  };

  const tick = (): void => {
    const isQuiet = signals === signalsAtLastTick;
    signalsAtLastTick = signals;
    if (isQuiet) lookInSilence().catch(finish);
  };

  const watch: Watch = { node, end: () => end, look, isOver: () => isOver, over: over.promise };
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
