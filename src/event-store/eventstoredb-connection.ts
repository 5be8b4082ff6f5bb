import { setTimeout as delay } from 'node:timers/promises';
import discovery from '@eventstore/db-client/dist/Client/discovery.js';
import type { EndPoint } from '@eventstore/db-client/dist/types/index.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import grpcStreams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Metadata } from '@grpc/grpc-js';
import { StoreUnavailable } from './event-store.ts';
import { leaderIn, messageOf, provesServer, Silence } from './eventstoredb-failure.ts';
import type { Target } from './eventstoredb-url.ts';

/** One server, reached over one HTTP/2 connection. */
export type Node = {
  readonly endpoint: EndPoint;
  readonly streams: InstanceType<typeof grpcStreams.StreamsClient>;
  readonly metadata: () => Metadata;
  /** Aborts when the connection is given up: calls that are under way may still end, new ones cannot begin. */
  readonly gone: AbortSignal;
};

export type Connection = {
  /**
   * The node that is asked at present. Where there is none, waits for one for some milliseconds, but not when nobody
   * has been reached for a while: then it says so at once. Rejects with `StoreUnavailable`, outcome `none`.
   */
  readonly node: (patienceMs: number) => Promise<Node>;
  /** This node failed: the next call looks for another, or connects to it anew. */
  readonly drop: (node: Node, error: unknown) => void;
  readonly close: () => void;
};

export type ConnectionOptions = {
  readonly target: Target;
  readonly connectTimeoutMs: number;
};

/** After a failed attempt, so that callers in a crowd share the next. */
const RETRY_PAUSE_MS = 100;
const OUTAGE_MS = 3_000;
/** The largest event that the server may hold, and some more, as EventStoreDB's own client has it. */
const LARGEST_MESSAGE = 17 * 1024 * 1024;

type OpenNode = Node & {
  /** Asks the server for something cheap: who answers is there. */
  readonly greet: (timeoutMs: number) => Promise<void>;
  readonly close: () => void;
};

const openNode = (target: Target, endpoint: EndPoint): OpenNode => {
  const address = `${endpoint.address}:${endpoint.port}`;
  const closer = new AbortController();
  const streams = new grpcStreams.StreamsClient(address, target.channelCredentials, {
    'grpc.keepalive_time_ms': target.keepAliveMs,
    'grpc.keepalive_timeout_ms': target.keepAliveTimeoutMs,
    'grpc.max_receive_message_length': LARGEST_MESSAGE,
    // The pool that a process shares may hand a new channel the very connection that was just given up.
    'grpc.use_local_subchannel_pool': 1,
  });
  const metadata = (): Metadata => {
    const made = new Metadata();
    made.set('connection-name', target.connectionName);
    made.set('requires-leader', 'true');
    if (target.authorization !== null) made.set('authorization', target.authorization);
    return made;
  };
  const features = new serverFeatures.ServerFeaturesClient(address, target.channelCredentials, {
    channelOverride: streams.getChannel(),
  });
  const greet: OpenNode['greet'] = (timeoutMs) =>
    new Promise((resolve, reject) => {
      const deadline = Date.now() + timeoutMs;
      features.getSupportedMethods(new shared.Empty(), metadata(), { deadline }, (error) =>
        error === null || provesServer(error) ? resolve() : reject(error),
      );
    });
  const close = (): void => {
    closer.abort();
    streams.close();
  };
  return { endpoint, streams, metadata, gone: closer.signal, greet, close };
};

/** Keeps one connection to the node that leads, and finds that node anew when it fails. */
export const createConnection = ({ target, connectTimeoutMs }: ConnectionOptions): Connection => {
  let current: Promise<Node> | null = null;
  let live: OpenNode | null = null;
  let leader: EndPoint | undefined;
  let failed: EndPoint | undefined;
  let downSince: number | null = null;
  let closed = false;

  const findEndpoint = async (): Promise<EndPoint> => {
    const [only] = target.endpoints;
    if (!target.isCluster && only !== undefined) return only;
    const settings = {
      endpoints: [...target.endpoints],
      maxDiscoverAttempts: 1,
      gossipTimeout: target.gossipTimeoutSeconds,
    };
    return discovery.discoverEndpoint(settings, target.channelCredentials, failed);
  };

  const connect = async (): Promise<Node> => {
    const endpoint = leader ?? (await findEndpoint());
    leader = undefined;
    const node = openNode(target, endpoint);
    try {
      await node.greet(connectTimeoutMs);
      if (closed) throw new Error('the event log is closed');
      live = node;
      downSince = null;
      return node;
    } catch (error) {
      failed = endpoint;
      node.close();
      throw error;
    }
  };

  const attempt = (): Promise<Node> => {
    if (current !== null) return current;
    const started = connect();
    current = started;
    started.catch(async () => {
      downSince ??= performance.now();
      await delay(RETRY_PAUSE_MS, undefined, { ref: false });
      if (current === started) current = null;
    });
    return started;
  };

  const isOutage = (): boolean => downSince !== null && performance.now() - downSince > OUTAGE_MS;

  const unreachable = (cause: unknown): StoreUnavailable =>
    new StoreUnavailable(`the event log cannot be reached: ${messageOf(cause)}`, 'none', { cause });

  const node = async (patienceMs: number): Promise<Node> => {
    const deadline = performance.now() + patienceMs;
    let lastFailure: unknown = new Silence(patienceMs);
    for (;;) {
      if (closed) throw new StoreUnavailable('the event log is closed', 'none');
      if (live !== null) return live;
      const tooLate = delay(Math.max(0, deadline - performance.now()), null, { ref: false });
      try {
        const found = await Promise.race([attempt(), tooLate]);
        if (found !== null) return found;
      } catch (error) {
        lastFailure = error;
      }
      if (isOutage() || performance.now() + RETRY_PAUSE_MS >= deadline) throw unreachable(lastFailure);
      await delay(RETRY_PAUSE_MS);
    }
  };

  const drop = (dropped: Node, error: unknown): void => {
    if (live === null || dropped !== live) return;
    leader = leaderIn(error);
    failed = live.endpoint;
    live.close();
    live = null;
    current = null;
  };

  const close = (): void => {
    closed = true;
    live?.close();
  };

  return Object.freeze({ node, drop, close });
};
