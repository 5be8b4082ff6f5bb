import type { Position } from '../domain/values.ts';
import { type ReadAllOptions, type ReadStreamOptions, type RecordedEvent, StoreUnavailable } from './event-store.ts';
import type { Connection, Node } from './eventstoredb-connection.ts';
import { concernsNode, isForeignPosition, messageOf } from './eventstoredb-failure.ts';
import type { Gather, Page } from './eventstoredb-gather.ts';
import { allRequest, endRequest, newsRequest, streamRequest } from './eventstoredb-requests.ts';

const PAGE_SIZE = 1_000;

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
  readonly gather: Gather;
  /** So long a page is asked for anew where a node fails. */
  readonly timeoutMs: number;
  /** Aborts when the store closes. */
  readonly closing: AbortSignal;
};

const unavailable = (cause: unknown): StoreUnavailable =>
  new StoreUnavailable(`the event log could not be read: ${messageOf(cause)}`, 'none', { cause });

export const createReader = ({ connection, gather, timeoutMs, closing }: ReaderOptions): Reader => {
  const pageFrom: Reader['pageFrom'] = async (node, { after, backwards, limit, streamPrefixes }, signal = closing) => {
    if (streamPrefixes?.length === 0) return { events: [], isShort: true };
    // Forwards, the event at the position itself may come first, and is one too many.
    const count = after === null || backwards ? limit : limit + 1;
    const request = allRequest({ from: after, backwards, count, streamPrefixes });
    return gather(node, { request, count: limit, apartFrom: after, isSearch: true, signal });
  };

  const endAt: Reader['endAt'] = async (node) => {
    const { events } = await gather(node, { request: endRequest(), count: 1, signal: closing });
    return events[0]?.position ?? null;
  };

  const newsAt: Reader['newsAt'] = (node, after) =>
    gather(node, { request: newsRequest(after, PAGE_SIZE + 1), count: PAGE_SIZE, apartFrom: after, signal: closing });

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
      const { events, isShort } = await persist((node) => gather(node, { request, count, signal: closing }));
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
    const signal = options.signal === undefined ? closing : AbortSignal.any([options.signal, closing]);
    let after = options.after ?? null;
    for (let left = limit; left > 0; ) {
      const request = { after, backwards, limit: Math.min(PAGE_SIZE, left), streamPrefixes };
      const { events } = await persist((node) => pageFrom(node, request, signal));
      yield* events;
      left -= events.length;
      // Only an empty page is the end. A short one may have been cut, by a server that ends its calls as it stops.
      if (events.length === 0) return;
      after = events.at(-1)?.position ?? after;
    }
  }

  return Object.freeze({ readStream, readAll, pageFrom, endAt, newsAt });
};
