import { randomUUID } from 'node:crypto';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.ts';
import { eventAnswer, filterIn, type Send } from './eventstoredb-answers.ts';
import type { Faults } from './eventstoredb-faults.ts';
import { logPosition, rowAt, rowPosition } from './eventstoredb-log.ts';

/** What the server sends for "no position": a filtered subscription from the start that has met nothing yet gets it. */
const NO_POSITION = '18446744073709551615';
const SEARCH_WINDOW = 32;

const confirmation = (): ReadResp => {
  const content = new messages.ReadResp.SubscriptionConfirmation();
  content.setSubscriptionId(randomUUID());
  const answer = new messages.ReadResp();
  answer.setConfirmation(content);
  return answer;
};

const caughtUp = (): ReadResp => {
  const answer = new messages.ReadResp();
  answer.setCaughtUp(new messages.ReadResp.CaughtUp());
  return answer;
};

const checkpointAt = (position: string): ReadResp => {
  const content = new messages.ReadResp.Checkpoint();
  content.setCommitPosition(position);
  content.setPreparePosition(position);
  const answer = new messages.ReadResp();
  answer.setCheckpoint(content);
  return answer;
};

const lastPosition = async (store: EventStore): Promise<string | null> => {
  for await (const { position } of store.readAll({ direction: 'backwards', limit: 1 })) return position;
  return null;
};

/** Where a subscription begins: after a position of the SQLite log. */
const startOf = async (store: EventStore, options: ReadReq.Options): Promise<string | null> => {
  const where = options.getAll();
  if (where?.hasEnd()) return lastPosition(store);
  const position = where?.getPosition();
  return position === undefined ? null : rowPosition(rowAt(position.getCommitPosition()));
};

export type FollowOptions = {
  readonly store: EventStore;
  readonly options: ReadReq.Options;
  /** Aborts when the call is over. */
  readonly ended: AbortSignal;
  readonly faults: Faults;
  readonly send: Send;
};

/**
 * A subscription to `$all`: a confirmation, the past, "caught up", then what is written. With a filter there are
 * checkpoints, one after so many events that were considered, and one where the past ends.
 */
export const followAll = async ({ store, options, ended, faults, send }: FollowOptions): Promise<void> => {
  const allows = filterIn(options);
  const filter = options.getFilter();
  const window = filter?.hasMax() ? filter.getMax() : SEARCH_WINDOW;
  const interval = filter === undefined ? Number.POSITIVE_INFINITY : window * filter.getCheckpointintervalmultiplier();
  let considered = 0;
  let sentUpTo = NO_POSITION;

  /** While the server is mute, what it would have sent is lost. */
  const say = async (answer: ReadResp): Promise<void> => {
    if (!faults.isMute()) await send(answer);
  };

  const consider = async (event: RecordedEvent): Promise<void> => {
    if (allows(event)) {
      sentUpTo = logPosition(event.position);
      await say(eventAnswer(event));
    }
    considered += 1;
    if (considered < interval) return;
    considered = 0;
    sentUpTo = logPosition(event.position);
    await say(checkpointAt(sentUpTo));
  };

  const after = await startOf(store, options);
  await say(confirmation());
  let isLive = options.getAll()?.hasEnd() === true;
  if (isLive) await say(caughtUp());
  for await (const batch of store.subscribe({ after, signal: ended })) {
    for (const event of batch.events) {
      if (ended.aborted) return;
      await consider(event);
    }
    if (isLive || !batch.caughtUp) continue;
    isLive = true;
    if (filter !== undefined) await say(checkpointAt(sentUpTo));
    await say(caughtUp());
  }
};
