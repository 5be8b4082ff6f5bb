import { setTimeout as delay } from 'node:timers/promises';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { AppendReq, AppendResp, BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import { type handleClientStreamingCall, status } from '@grpc/grpc-js';
import type { EventStore } from '../../src/event-store/event-store.ts';
import type { Faults } from './eventstoredb-faults.ts';
import { type Expected, type Proposed, sizeOnDisk, type Written, write } from './eventstoredb-log.ts';
import { refusal } from './eventstoredb-refusal.ts';

export const MOST_BYTES = 1_024 * 1_024;

export const toProposed = (message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): Proposed => {
  const metadata = message.getMetadataMap();
  const type = metadata.get('type');
  const contentType = metadata.get('content-type');
  if (type === undefined || contentType === undefined)
    throw refusal(status.INVALID_ARGUMENT, 'a required metadata property is missing', {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    });
  return {
    id: message.getId()?.getString() ?? '',
    type,
    isJson: contentType === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
};

export const nameIn = (options: AppendReq.Options | BatchAppendReq.Options | undefined): string =>
  Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');

const expectedIn = (options: AppendReq.Options): Expected => {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream-exists' : Number(options.getRevision());
};

export const isTooLarge = (proposed: readonly Proposed[]): boolean =>
  proposed.reduce((sum, event) => sum + sizeOnDisk(event), 0) > MOST_BYTES;

const tooLarge = () =>
  refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${MOST_BYTES} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(MOST_BYTES),
  });

const conflictAnswer = (expected: Expected, current: number | null): AppendResp.WrongExpectedVersion => {
  const conflict = new messages.AppendResp.WrongExpectedVersion();
  const empty = new shared.Empty();
  if (expected === 'any') conflict.setExpectedAny(empty);
  else if (expected === 'stream-exists') conflict.setExpectedStreamExists(empty);
  else if (expected === 'no-stream') conflict.setExpectedNoStream(empty);
  else conflict.setExpectedRevision(String(expected));
  if (current === null) conflict.setCurrentNoStream(empty);
  else conflict.setCurrentRevision(String(current));
  return conflict;
};

const appendAnswer = (expected: Expected, written: Written): AppendResp => {
  const answer = new messages.AppendResp();
  if (written.kind === 'wrong-expected-version') {
    answer.setWrongExpectedVersion(conflictAnswer(expected, written.current));
    return answer;
  }
  const position = new messages.AppendResp.Position();
  position.setCommitPosition(written.position);
  position.setPreparePosition(written.position);
  const success = new messages.AppendResp.Success();
  success.setCurrentRevision(String(written.revision));
  success.setPosition(position);
  answer.setSuccess(success);
  return answer;
};

const TIMEOUT_MS = 2_000;

/**
 * A repetition that arrives while its original is not yet replicated is dropped, and called a timeout in the end: the
 * server knows the ids already, but cannot yet vouch for them.
 */
const createReplication = () => {
  const underWay = new Set<string>();
  return async (key: string, write: () => Promise<Written>): Promise<Written> => {
    if (underWay.has(key)) {
      await delay(TIMEOUT_MS);
      throw refusal(status.ABORTED, 'Operation timed out: Prepare phase timeout.');
    }
    underWay.add(key);
    try {
      return await write();
    } finally {
      underWay.delete(key);
    }
  };
};

/** The classic call: its first message says where to, each further one brings an event. */
export const handleAppend = (
  store: () => EventStore,
  faults: Faults,
): handleClientStreamingCall<AppendReq, AppendResp> => {
  const replicated = createReplication();
  return async (call, callback) => {
    try {
      await faults.before(call);
      let options: AppendReq.Options | undefined;
      const proposed: Proposed[] = [];
      for await (const request of call) {
        const message: AppendReq = request;
        options ??= message.getOptions();
        const event = message.getProposedMessage();
        if (event !== undefined) proposed.push(toProposed(event));
      }
      if (options === undefined) throw refusal(status.UNKNOWN, 'the first message has no options');
      if (isTooLarge(proposed)) throw tooLarge();
      if (call.cancelled) return;
      const expected = expectedIn(options);
      const stream = nameIn(options);
      const key = `${expected} ${stream} ${proposed.map(({ id }) => id).join()}`;
      const written = await replicated(key, () => write(store(), stream, expected, proposed));
      await faults.afterCommit();
      const answer = appendAnswer(expected, written);
      if (faults.hidesPositions()) answer.getSuccess()?.setNoPosition(new shared.Empty());
      callback(null, answer);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
    }
  };
};
