import grpcGossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import grpcFeatures from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import grpcStreams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { StoreUnavailable } from '../../src/event-store/event-store.ts';
import { createSqliteEventStore, type SqliteEventStore } from '../../src/event-store/sqlite.ts';
import { handleAppend } from './eventstoredb-append.ts';
import { handleBatchAppend } from './eventstoredb-batch-append.ts';
import { createFaults, type Faults, type IncomingCall } from './eventstoredb-faults.ts';
import { handleRead } from './eventstoredb-read.ts';
import { refusal } from './eventstoredb-refusal.ts';

export type Member = { readonly port: number; readonly isLeader: boolean; readonly isAlive: boolean };

export type PeerOptions = {
  /** The log: several peers may share one, as the nodes of a cluster do. */
  readonly file: string;
  /** 0: any that is free. */
  readonly port?: number;
  readonly tls?: { readonly key: Buffer; readonly certificate: Buffer };
  /** Who may come in. Absent: everybody. */
  readonly login?: { readonly username: string; readonly password: string };
  /** The cluster as its nodes see it at present. Absent: a node of its own, which leads. */
  readonly members?: () => readonly Member[];
};

export type Peer = {
  readonly port: number;
  readonly url: string;
  readonly faults: Faults;
  /** How often a method was called, by the last part of its path. */
  readonly calls: (method: string) => number;
  /** Breaks all connections off, as a crash does. */
  readonly stop: () => Promise<void>;
  /** Listens again at the same port, with the same file. */
  readonly start: () => Promise<void>;
};

const FOLLOWER = gossip.MemberInfo.VNodeState.FOLLOWER;
const LEADER = gossip.MemberInfo.VNodeState.LEADER;
const HOST = '127.0.0.1';

const clusterInfo = (members: readonly Member[]): ClusterInfo => {
  const list = members.map(({ port, isLeader, isAlive }) => {
    const endPoint = new gossip.EndPoint();
    endPoint.setAddress(HOST);
    endPoint.setPort(port);
    const member = new gossip.MemberInfo();
    member.setState(isLeader ? LEADER : FOLLOWER);
    member.setIsAlive(isAlive);
    member.setHttpEndPoint(endPoint);
    return member;
  });
  const info = new gossip.ClusterInfo();
  info.setMembersList(list);
  return info;
};

const supportedMethods = (): SupportedMethods => {
  const list = ['read', 'append', 'batchappend'].map((name) => {
    const method = new features.SupportedMethod();
    method.setServiceName('event_store.client.streams.streams');
    method.setMethodName(name);
    return method;
  });
  const supported = new features.SupportedMethods();
  supported.setEventStoreServerVersion('24.10.4');
  supported.setMethodsList(list);
  return supported;
};

const notLeader = (leader: Member | undefined) =>
  leader === undefined
    ? refusal(status.UNKNOWN, 'No leader info available in response')
    : refusal(status.NOT_FOUND, 'Leader info available', {
        exception: 'not-leader',
        'leader-endpoint-host': HOST,
        'leader-endpoint-port': String(leader.port),
      });

/** An EventStoreDB for tests: its protocol and its answers over our own SQLite log, and every bad manner on demand. */
export const createEventStoreDbPeer = async (options: PeerOptions): Promise<Peer> => {
  const { file, tls, login } = options;
  const faults = createFaults();
  const counts = new Map<string, number>();
  let port = options.port ?? 0;
  let server: Server | null = null;
  let log: SqliteEventStore | null = null;

  const store = (): SqliteEventStore => {
    if (log === null) throw new StoreUnavailable('the peer is down', 'none');
    return log;
  };

  const members = (): readonly Member[] => options.members?.() ?? [{ port, isLeader: true, isAlive: true }];

  const authorize = (call: IncomingCall): void => {
    if (login === undefined) return;
    const [given] = call.metadata.get('authorization');
    if (given === undefined) throw refusal(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
    const expected = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    if (given !== `Basic ${expected}`) throw refusal(status.UNAUTHENTICATED, 'Unauthenticated');
  };

  const before = async (call: IncomingCall): Promise<void> => {
    const method = call.getPath().split('/').at(-1) ?? '';
    counts.set(method, (counts.get(method) ?? 0) + 1);
    await faults.before(call);
    authorize(call);
    const leader = members().find(({ isLeader, isAlive }) => isLeader && isAlive);
    if (call.metadata.get('requires-leader')[0] === 'true' && leader?.port !== port) throw notLeader(leader);
  };

  const unary =
    <Answer>(answer: () => Answer): handleUnaryCall<Empty, Answer> =>
    (call, callback) =>
      void faults.before(call).then(() => callback(null, answer()), callback);

  const start = async (): Promise<void> => {
    const started = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 });
    const gated: Faults = { ...faults, before };
    started.addService(grpcStreams.StreamsService, {
      read: handleRead(store, gated),
      append: handleAppend(store, gated),
      batchAppend: handleBatchAppend(store, gated),
    });
    started.addService(grpcGossip.GossipService, { read: unary(() => clusterInfo(members())) });
    started.addService(grpcFeatures.ServerFeaturesService, { getSupportedMethods: unary(supportedMethods) });
    const credentials =
      tls === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.certificate }]);
    port = await new Promise<number>((resolve, reject) =>
      started.bindAsync(`${HOST}:${port}`, credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    log = createSqliteEventStore({ file });
    server = started;
  };

  const stop = async (): Promise<void> => {
    server?.forceShutdown();
    server = null;
    const closing = log;
    log = null;
    await closing?.close();
  };

  await start();
  const user = login === undefined ? '' : `${login.username}:${login.password}@`;
  return {
    port,
    url: `esdb://${user}${HOST}:${port}?tls=${tls !== undefined}`,
    faults,
    calls: (method) => counts.get(method) ?? 0,
    stop,
    start,
  };
};
