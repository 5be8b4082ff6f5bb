import { setTimeout as delay } from 'node:timers/promises';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { AppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import { type AppendResult, AppendTooLarge, type NewEvent, StoreUnavailable, VersionConflict } from './event-store.ts';
import type { Connection, Node } from './eventstoredb-connection.ts';
import { concernsNode, isNotHandled, isRefusal, isTooLarge, messageOf } from './eventstoredb-failure.ts';
import type { Reader } from './eventstoredb-read.ts';
import {
  positionOf,
  revisionOf,
  startPosition,
  streamIdentifier,
  toProposed,
  versionOf,
} from './eventstoredb-records.ts';
import { createTurns } from './eventstoredb-turns.ts';

type AppendRequest = InstanceType<typeof messages.AppendReq>;

export type Appender = (stream: string, expectedVersion: number, events: readonly NewEvent[]) => Promise<AppendResult>;

export type AppenderOptions = {
  readonly connection: Connection;
  readonly reader: Reader;
  readonly timeoutMs: number;
};

const RETRY_PAUSE_MS = 50;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What is wrong with an append whatever the log holds. The server would answer some of it with riddles. */
const faultOf = (stream: string, expectedVersion: number, events: readonly NewEvent[]): string | null => {
  if (stream === '' || stream.startsWith('$')) return `no name for a stream: '${stream}'`;
  if (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0) return `no version: ${expectedVersion}`;
  const malformed = events.find(
    ({ id, type, schemaVersion, data, metadata, hash }) =>
      !uuid.test(id) ||
      type === '' ||
      !Number.isSafeInteger(schemaVersion) ||
      [type, data, metadata, hash].some((text) => typeof text !== 'string'),
  );
  return malformed === undefined ? null : `event ${malformed.id} is malformed`;
};

const headerOf = (stream: string, expectedVersion: number): AppendRequest => {
  const options = new messages.AppendReq.Options();
  options.setStreamIdentifier(streamIdentifier(stream));
  if (expectedVersion === 0) options.setNoStream(new shared.Empty());
  else options.setRevision(revisionOf(expectedVersion));
  const header = new messages.AppendReq();
  header.setOptions(options);
  return header;
};

const messageFor = (event: NewEvent): AppendRequest => {
  const message = new messages.AppendReq();
  message.setProposedMessage(toProposed(event));
  return message;
};

/**
 * One append, one call, one deadline. Not the batch call, which all appends of a process would share: the server may
 * end it, or fall silent on it, and nobody who waits would be told.
 */
const send = (node: Node, requests: readonly AppendRequest[], timeoutMs: number): Promise<AppendResp> =>
  new Promise((resolve, reject) => {
    const call = node.streams.append(node.metadata(), { deadline: Date.now() + timeoutMs }, (error, answer) => {
      if (error !== null) reject(error);
      else if (answer === undefined) reject(new Error('the server ended an append without an answer'));
      else resolve(answer);
    });
    // The failure itself comes to the callback; a stream's error must have a listener nonetheless.
    call.on('error', () => undefined);
    for (const request of requests) call.write(request);
    call.end();
  });

export const createAppender = ({ connection, reader, timeoutMs }: AppenderOptions): Appender => {
  const turns = createTurns();

  const versionIn = (answer: AppendResp.WrongExpectedVersion): number =>
    answer.hasCurrentRevision() ? versionOf(answer.getCurrentRevision()) : 0;

  /** The server knows of a repeated append that it was written, but not always where. */
  const resultOf = async (stream: string, answer: AppendResp.Success | undefined): Promise<AppendResult> => {
    if (answer === undefined) throw new StoreUnavailable(`${stream}: an answer without content`, 'unknown');
    const version = versionOf(answer.getCurrentRevision());
    const position = answer.getPosition();
    if (position !== undefined)
      return { version, position: positionOf(position.getCommitPosition(), position.getPreparePosition()) };
    try {
      for await (const event of reader.readStream(stream, { from: version - 1, limit: 1 }))
        return { version, position: event.position };
    } catch (cause) {
      throw new StoreUnavailable(`${stream} was appended to, but where could not be read`, 'unknown', { cause });
    }
    throw new StoreUnavailable(`${stream} was appended to, but has no event of version ${version}`, 'unknown');
  };

  /** Nothing to write: only the version is in question. */
  const appendNothing = async (stream: string, expectedVersion: number): Promise<AppendResult> => {
    let last: AppendResult = { version: 0, position: startPosition };
    for await (const { version, position } of reader.readStream(stream, { direction: 'backwards', limit: 1 }))
      last = { version, position };
    if (last.version !== expectedVersion) throw new VersionConflict(stream, expectedVersion, last.version);
    return last;
  };

  const failureOf = (stream: string, error: unknown): Error => {
    if (isTooLarge(error)) return new AppendTooLarge(stream, { cause: error });
    const outcome = isRefusal(error) ? 'none' : 'unknown';
    return new StoreUnavailable(`${stream} could not be appended to: ${messageOf(error)}`, outcome, { cause: error });
  };

  const appendEvents = async (
    stream: string,
    expectedVersion: number,
    requests: readonly AppendRequest[],
    deadline: number,
  ): Promise<AppendResult> => {
    const left = (): number => deadline - performance.now();
    for (;;) {
      if (left() <= 0) throw new StoreUnavailable(`${stream}: its turn did not come in time`, 'none');
      const node = await connection.node(left());
      let answer: AppendResp;
      try {
        answer = await send(node, requests, Math.max(1, left()));
      } catch (error) {
        if (concernsNode(error)) connection.drop(node, error);
        if (!isNotHandled(error) || left() <= RETRY_PAUSE_MS) throw failureOf(stream, error);
        await delay(RETRY_PAUSE_MS);
        continue;
      }
      const conflict = answer.getWrongExpectedVersion();
      if (conflict !== undefined) throw new VersionConflict(stream, expectedVersion, versionIn(conflict));
      return resultOf(stream, answer.getSuccess());
    }
  };

  return (stream, expectedVersion, events) => {
    const fault = faultOf(stream, expectedVersion, events);
    if (fault !== null) return Promise.reject(new TypeError(fault));
    if (events.length === 0) return appendNothing(stream, expectedVersion);
    const requests = [headerOf(stream, expectedVersion), ...events.map(messageFor)];
    const deadline = performance.now() + timeoutMs;
    // A repetition that meets its original on the way to the disk is dropped by the server, which answers nothing
    // until it calls that a timeout.
    return turns(stream, () => appendEvents(stream, expectedVersion, requests, deadline));
  };
};
