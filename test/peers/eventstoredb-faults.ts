import { setTimeout as delay } from 'node:timers/promises';
import { type ServerErrorResponse, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { refusal } from './eventstoredb-refusal.ts';

/** What is known of any call before it is handled. */
export type IncomingCall = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getPath'>;

/** How a stream ends that should not: as if all were well, given up by the server, or broken off. */
export type End = 'ok' | 'cancelled' | 'unavailable' | 'internal';

export type Faults = {
  /** Every call is refused with `UNAVAILABLE`. */
  readonly refuse: (on: boolean) => void;
  /** Whatever is asked meanwhile is never answered, and open subscriptions fall silent. */
  readonly stall: (on: boolean) => void;
  /** Subscriptions stay open and deliver nothing; all else works. */
  readonly deafen: (on: boolean) => void;
  /** Every call takes so long to begin. */
  readonly slowDown: (milliseconds: number) => void;
  /** The next so many appends are committed, and not answered: by silence, or by the end of the call. */
  readonly dropAcks: (count: number, how: 'silence' | End) => void;
  /** Appends are answered without saying where, as the server may do with repetitions. */
  readonly hidePositions: (on: boolean) => void;
  /** Ends all open subscriptions. */
  readonly endSubscriptions: (how: End) => void;
  /** A read by filter says nothing for so long before each event that it finds, and before its end, as in a long log. */
  readonly searchFor: (milliseconds: number) => void;
  /** Ends each read after so many answers. */
  readonly cutReads: (after: number, how: End) => void;

  /** For the handlers: what happens at the start of each call, and between a commit and its answer. */
  readonly before: (call: IncomingCall) => Promise<void>;
  readonly afterCommit: () => Promise<void>;
  readonly isMute: () => boolean;
  readonly hidesPositions: () => boolean;
  readonly searchMs: () => number;
  readonly cut: () => { readonly after: number; readonly how: End };
  readonly onEndSubscriptions: (end: (how: End) => void) => () => void;
};

export const endError = (how: Exclude<End, 'ok'>): ServerErrorResponse => {
  if (how === 'cancelled') return refusal(status.CANCELLED, 'the node is shutting down');
  if (how === 'unavailable') return refusal(status.UNAVAILABLE, 'Connection dropped');
  return refusal(status.INTERNAL, 'Received RST_STREAM with code 2');
};

const never = (): Promise<never> => new Promise(() => undefined);

export const createFaults = (): Faults => {
  let refuses = false;
  let stalls = false;
  let isDeaf = false;
  let hidesPositions = false;
  let slowness = 0;
  let searchMs = 0;
  let dropped: { count: number; readonly how: 'silence' | End } = { count: 0, how: 'silence' };
  let cut: { readonly after: number; readonly how: End } = { after: Number.POSITIVE_INFINITY, how: 'ok' };
  const subscriptions = new Set<(how: End) => void>();

  return {
    refuse: (on) => {
      refuses = on;
      if (on) for (const end of [...subscriptions]) end('unavailable');
    },
    stall: (on) => {
      stalls = on;
    },
    deafen: (on) => {
      isDeaf = on;
    },
    slowDown: (milliseconds) => {
      slowness = milliseconds;
    },
    dropAcks: (count, how) => {
      dropped = { count, how };
    },
    hidePositions: (on) => {
      hidesPositions = on;
    },
    endSubscriptions: (how) => {
      for (const end of [...subscriptions]) end(how);
    },
    searchFor: (milliseconds) => {
      searchMs = milliseconds;
    },
    cutReads: (after, how) => {
      cut = { after, how };
    },
    before: async () => {
      if (stalls) await never();
      if (refuses) throw refusal(status.UNAVAILABLE, 'Server Is Not Ready');
      if (slowness > 0) await delay(slowness);
    },
    afterCommit: async () => {
      if (stalls) await never();
      if (dropped.count === 0) return;
      dropped.count -= 1;
      const { how } = dropped;
      if (how === 'silence') await never();
      else throw endError(how === 'ok' ? 'internal' : how);
    },
    isMute: () => stalls || isDeaf,
    hidesPositions: () => hidesPositions,
    searchMs: () => searchMs,
    cut: () => cut,
    onEndSubscriptions: (end) => {
      subscriptions.add(end);
      return () => void subscriptions.delete(end);
    },
  };
};
