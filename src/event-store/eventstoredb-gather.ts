import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Position } from '../domain/values.ts';
import { type RecordedEvent, StoreUnavailable } from './event-store.ts';
import type { Node } from './eventstoredb-connection.ts';
import { NodeGone, Silence } from './eventstoredb-failure.ts';
import { toRecorded } from './eventstoredb-records.ts';
import { endRequest } from './eventstoredb-requests.ts';

/** Events in the order of reading, and whether the server ended the read before it had brought as many as were asked for. */
export type Page = { readonly events: readonly RecordedEvent[]; readonly isShort: boolean };

export type Question = {
  readonly request: ReadReq;
  /** So many events are enough. */
  readonly count: number;
  /** The event that stands here does not count: the page before ended with it. */
  readonly apartFrom?: Position | null;
  /** Only some events are wanted: the server passes over all others in silence, however many there are. */
  readonly isSearch?: boolean;
  readonly signal: AbortSignal;
};

export type GatherOptions = {
  /** So long a node may be silent. */
  readonly timeoutMs: number;
  /** So long a search may find nothing, while the node answers other questions. */
  readonly searchMs: number;
};

/** What one read answers, until it ends, falls silent, is given up, or has brought enough for one page. */
export type Gather = (node: Node, question: Question) => Promise<Page>;

/** When nothing came for so long: resolves if there is reason to go on waiting, else rejects. */
type Quiet = { readonly afterMs: number; readonly look: (quietMs: number) => Promise<void> };

const MOST_CHARACTERS = 8_388_608;
/** Where enough has come, a server that is about to end the read by itself need not see it broken off. */
const LEAVE_MS = 100;

const sizeOf = ({ data, metadata }: RecordedEvent): number => data.length + metadata.length;

const gatherWhile = (node: Node, question: Question, quiet: Quiet): Promise<Page> =>
  new Promise((resolve, reject) => {
    if (node.gone.aborted) return reject(new NodeGone(node.endpoint.address));
    const { request, count, apartFrom = null, signal } = question;
    const events: RecordedEvent[] = [];
    let characters = 0;
    let heardAt = performance.now();
    let isSettled = false;
    const call = node.streams.read(request, node.metadata());
    const settle = (act: () => void): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (error: unknown): void => {
      call.cancel();
      settle(() => reject(error));
    };
    const onAbort = (): void => fail(new StoreUnavailable('the read was given up', 'none'));
    const goOn = (): void => {
      if (!isSettled) timer.refresh();
    };
    const timer = setTimeout(() => void quiet.look(performance.now() - heardAt).then(goOn, fail), quiet.afterMs);
    const isEnough = (): boolean => events.length === count || (characters >= MOST_CHARACTERS && events.length > 1);

    call.on('data', (answer: ReadResp) => {
      if (isSettled) return;
      heardAt = performance.now();
      timer.refresh();
      const event = answer.getEvent()?.getEvent();
      if (event === undefined) return;
      const recorded = toRecorded(event);
      if (recorded.position === apartFrom) return;
      events.push(recorded);
      characters += sizeOf(recorded);
      if (!isEnough()) return;
      settle(() => resolve({ events, isShort: false }));
      // The server goes on to look for one event more than was asked for, if need be to the end of the log.
      const leaving = setTimeout(() => call.cancel(), LEAVE_MS).unref();
      call.once('end', () => clearTimeout(leaving));
    });
    call.on('error', (error) => settle(() => reject(error)));
    call.on('end', () => settle(() => resolve({ events, isShort: true })));
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });

export const createGather = ({ timeoutMs, searchMs }: GatherOptions): Gather => {
  const silentFor = (afterMs: number): Quiet => ({
    afterMs,
    look: async () => {
      throw new Silence(timeoutMs);
    },
  });
  /** A node that searches is told from one that has fallen silent by something that it answers at once. */
  const searching = (node: Node, signal: AbortSignal): Quiet => ({
    afterMs: timeoutMs / 2,
    look: async (quietMs) => {
      await gatherWhile(node, { request: endRequest(), count: 1, signal }, silentFor(timeoutMs / 2));
      if (quietMs > searchMs) throw new Silence(searchMs);
    },
  });
  return (node, question) =>
    gatherWhile(node, question, question.isSearch === true ? searching(node, question.signal) : silentFor(timeoutMs));
};
