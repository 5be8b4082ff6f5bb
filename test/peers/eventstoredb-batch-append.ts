import type { WrongExpectedVersion } from '@eventstore/db-client/generated/shared_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import type { handleBidiStreamingCall } from '@grpc/grpc-js';
import anyType from 'google-protobuf/google/protobuf/any_pb.js';
import emptyType from 'google-protobuf/google/protobuf/empty_pb.js';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { isTooLarge, MOST_BYTES, nameIn, toProposed } from './eventstoredb-append.ts';
import type { Faults } from './eventstoredb-faults.ts';
import { type Expected, type Proposed, type Written, write } from './eventstoredb-log.ts';

const ALREADY_EXISTS = 6;
const INVALID_ARGUMENT = 3;

const expectedInBatch = (options: BatchAppendReq.Options): Expected => {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream-exists' : Number(options.getStreamPosition());
};

const batchConflict = (expected: Expected, current: number | null): WrongExpectedVersion => {
  const conflict = new shared.WrongExpectedVersion();
  const empty = new emptyType.Empty();
  if (expected === 'any') conflict.setExpectedAny(empty);
  else if (expected === 'stream-exists') conflict.setExpectedStreamExists(empty);
  else if (expected === 'no-stream') conflict.setExpectedNoStream(empty);
  else conflict.setExpectedStreamPosition(String(expected));
  if (current === null) conflict.setCurrentNoStream(empty);
  else conflict.setCurrentStreamRevision(String(current));
  return conflict;
};

const failureAnswer = (code: number, message: string, details: Uint8Array, type: string) => {
  const packed = new anyType.Any();
  packed.pack(details, `event_store.client.${type}`);
  const failure = new statuses.Status();
  failure.setCode(code);
  failure.setMessage(message);
  failure.setDetails(packed);
  return failure;
};

const batchAnswer = (expected: Expected, written: Written | 'too-large'): BatchAppendResp => {
  const answer = new messages.BatchAppendResp();
  if (written === 'too-large') {
    const limit = new shared.MaximumAppendSizeExceeded();
    limit.setMaxappendsize(MOST_BYTES);
    const type = 'MaximumAppendSizeExceeded';
    answer.setError(failureAnswer(INVALID_ARGUMENT, type, limit.serializeBinary(), type));
  } else if (written.kind === 'wrong-expected-version') {
    const type = 'WrongExpectedVersion';
    const details = batchConflict(expected, written.current).serializeBinary();
    answer.setError(failureAnswer(ALREADY_EXISTS, type, details, type));
  } else {
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(written.position);
    position.setPreparePosition(written.position);
    const success = new messages.BatchAppendResp.Success();
    success.setCurrentRevision(String(written.revision));
    success.setPosition(position);
    answer.setSuccess(success);
  }
  return answer;
};

/** The shared call: appends are told apart by a correlation id, and may come in parts. */
export const handleBatchAppend =
  (store: () => EventStore, faults: Faults): handleBidiStreamingCall<BatchAppendReq, BatchAppendResp> =>
  async (call) => {
    type Pending = { readonly options: BatchAppendReq.Options; readonly proposed: Proposed[] };
    const pending = new Map<string, Pending>();

    const finish = async (request: BatchAppendReq, { options, proposed }: Pending): Promise<void> => {
      const expected = expectedInBatch(options);
      const written = isTooLarge(proposed)
        ? ('too-large' as const)
        : await write(store(), nameIn(options), expected, proposed);
      await faults.afterCommit();
      const answer = batchAnswer(expected, written);
      answer.setCorrelationId(request.getCorrelationId());
      answer.setStreamIdentifier(options.getStreamIdentifier());
      call.write(answer);
    };

    try {
      await faults.before(call);
      const underWay: Promise<void>[] = [];
      for await (const received of call) {
        const request: BatchAppendReq = received;
        const key = request.getCorrelationId()?.getString() ?? '';
        const options = request.getOptions();
        if (options !== undefined) pending.set(key, { options, proposed: [] });
        const append = pending.get(key);
        if (append === undefined) continue;
        append.proposed.push(...request.getProposedMessagesList().map(toProposed));
        if (!request.getIsFinal()) continue;
        pending.delete(key);
        underWay.push(finish(request, append));
      }
      await Promise.all(underWay);
      call.end();
    } catch (error) {
      call.emit('error', error);
    }
  };
