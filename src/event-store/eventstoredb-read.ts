import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Position } from '../domain/values.ts';
import { type ReadAllOptions, type ReadStreamOptions, type RecordedEvent, StoreUnavailable } from './event-store.ts';
import type { Connection, Node } from './eventstoredb-connection.ts';
import { concernsNode, isForeignPosition, messageOf, NodeGone, Silence } from './eventstoredb-failure.ts';
import { toRecorded } from './eventstoredb-records.ts';
import { allRequest, endRequest, newsRequest, streamRequest } from './eventstoredb-requests.ts';

const PAGE_SIZE = 1_000;
const MOST_CHARACTERS = 8_388_608;

/** Events in the order of reading, and whether the server ended the read before it had brought as many as were asked for. */
export type Page = { readonly events: readonly RecordedEvent[]; readonly isShort: boolean };

export type PageOptions = {
  /** Exclusive, in either direction. */
  readonly after: Position | null;
  readonly backwards: boolean;
  readonly limit: number;
  readonly streamPrefixes: readonly string[] | undefined;
};

export type Reader = {
  readonly readStream: (stream: string, options?: ReadStreamOptions) => AsyncIterable<RecordedEvent>;
  readonly readAll: (options?: ReadAllOptions) => AsyncIterable<RecordedEvent>;
  /** One page of the log, from this node and no other. Rejects with whatever went wrong. The signal aborts at closing, too. */
  readonly pageFrom: (node: Node, options: PageOptions, signal?: AbortSignal) => Promise<Page>;
  /** The position of the log's last event, the server's own included. */
  readonly endAt: (node: Node) => Promise<Position | null>;
  /** What follows a position, without a gap: every event, the server's own as well. */
  readonly newsAt: (node: Node, after: Position | null) => Promise<Page>;
};

export type ReaderOptions = {
  readonly connection: Connection;
  readonly timeoutMs: number;
  /** Aborts when the store closes. */
  readonly closing: AbortSignal;
};

const unavailable = (cause: unknown): StoreUnavailable =>
  new StoreUnavailable(`the event log could not be read: ${messageOf(cause)}`, 'none', { cause });

const sizeOf = ({ data, metadata }: RecordedEvent): number => data.length + metadata.length;

export const createReader = ({ connection, timeoutMs, closing }: ReaderOptions): Reader => {
  /** Gathers what one read answers, until it ends, falls silent, is given up, or has brought enough for one page. */
  const gather = (node: Node, request: ReadReq, count: number, signal: AbortSignal): Promise<Page> =>
    new Promise((resolve, reject) => {
      if (node.gone.aborted) return reject(new NodeGone(node.endpoint.address));
      const events: RecordedEvent[] = [];
      let characters = 0;
      const call = node.streams.read(request, node.metadata());
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        act();
      };
      const fail = (error: unknown): void => {
        call.cancel();
        settle(() => reject(error));
      };
      const onAbort = (): void => fail(new StoreUnavailable('the read was given up', 'none'));
      const timer = setTimeout(() => fail(new Silence(timeoutMs)), timeoutMs);
      signal.addEventListener('abort', onAbort);
      call.on('data', (answer: ReadResp) => {
        timer.refresh();
        const event = answer.getEvent()?.getEvent();
        if (event === undefined) return;
        const recorded = toRecorded(event);
        events.push(recorded);
        characters += sizeOf(recorded);
        if (characters < MOST_CHARACTERS || events.length < 2) return;
        call.cancel();
        settle(() => resolve({ events, isShort: false }));
      });
      call.on('error', (error) => settle(() => reject(error)));
      call.on('end', () => settle(() => resolve({ events, isShort: events.length < count })));
      if (signal.aborted) onAbort();
    });

  const pageFrom: Reader['pageFrom'] = async (node, { after, backwards, limit, streamPrefixes }, signal = closing) => {
    if (streamPrefixes?.length === 0) return { events: [], isShort: true };
    // The event at the position itself may come first, and is one too many.
    const count = after === null ? limit : limit + 1;
    const request = allRequest({ from: after, backwards, count, streamPrefixes });
    const { events, isShort } = await gather(node, request, count, signal);
    const news = events.filter(({ position }) => position !== after);
    return { events: news.slice(0, limit), isShort };
  };

  const endAt: Reader['endAt'] = async (node) =>
    (await gather(node, endRequest(), 1, closing)).events[0]?.position ?? null;

  const newsAt: Reader['newsAt'] = async (node, after) => {
    const { events, isShort } = await gather(node, newsRequest(after, PAGE_SIZE), PAGE_SIZE, closing);
    return { events: events.filter(({ position }) => position !== after), isShort };
  };

  /** Asks for a page until it comes or time is up: repeating a read harms nothing. */
  const persist = async (ask: (node: Node) => Promise<Page>): Promise<Page> => {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (closing.aborted) throw new StoreUnavailable('the event log is closed', 'none');
      const node = await connection.node(deadline - performance.now());
      try {
        return await ask(node);
      } catch (error) {
        if (error instanceof StoreUnavailable || error instanceof RangeError) throw error;
        if (isForeignPosition(error)) throw new RangeError('not a position of this log', { cause: error });
        if (concernsNode(error)) connection.drop(node, error);
        if (!concernsNode(error) || performance.now() >= deadline) throw unavailable(error);
      }
    }
  };

  async function* readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent, void> {
    const { direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options;
    const backwards = direction === 'backwards';
    let next = backwards ? (options.from ?? null) : (options.from ?? 0) + 1;
    for (let left = limit; left > 0 && next !== 0; ) {
      const count = Math.min(PAGE_SIZE, left);
      const request = streamRequest(stream, next, { backwards, count });
      const { events, isShort } = await persist((node) => gather(node, request, count, closing));
      yield* events;
      left -= events.length;
      const reached = events.at(-1)?.version;
      // Should a server cut this short, whoever decides on it will meet a conflict.
      if (reached === undefined || isShort) return;
      next = backwards ? reached - 1 : reached + 1;
    }
  }

  async function* readAll(options: ReadAllOptions = {}): AsyncGenerator<RecordedEvent, void> {
    const { direction = 'forwards', streamPrefixes, limit = Number.POSITIVE_INFINITY } = options;
    const backwards = direction === 'backwards';
    let after = options.after ?? null;
    for (let left = limit; left > 0; ) {
      const request = { after, backwards, limit: Math.min(PAGE_SIZE, left), streamPrefixes };
      const { events } = await persist((node) => pageFrom(node, request));
      yield* events;
      left -= events.length;
      // Only an empty page is the end. A short one may have been cut, by a server that ends its calls as it stops.
      if (events.length === 0) return;
      after = events.at(-1)?.position ?? after;
    }
  }

  return Object.freeze({ readStream, readAll, pageFrom, endAt, newsAt });
};
