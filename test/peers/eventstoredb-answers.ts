import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { toServerRecord } from './eventstoredb-log.ts';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** Writes answers as fast as they are taken. False once nobody takes them. */
export type Send = (answer: ReadResp) => Promise<boolean>;

export const eventAnswer = (event: RecordedEvent): ReadResp => {
  const record = toServerRecord(event);
  const read = new messages.ReadResp.ReadEvent();
  read.setEvent(record);
  read.setCommitPosition(record.getCommitPosition());
  const answer = new messages.ReadResp();
  answer.setEvent(read);
  return answer;
};

export type Allows = (event: RecordedEvent) => boolean;

export const filterIn = (options: ReadReq.Options): Allows => {
  const filter = options.getFilter();
  const byStream = filter?.getStreamIdentifier();
  const expression = byStream ?? filter?.getEventType();
  if (expression === undefined) return () => true;
  const text = ({ stream, type }: RecordedEvent): string => (byStream === undefined ? type : stream);
  const pattern = expression.getRegex();
  if (pattern === '') return (event) => expression.getPrefixList().some((prefix) => text(event).startsWith(prefix));
  const regex = new RegExp(pattern);
  return (event) => regex.test(text(event));
};
