import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import { type handleServerStreamingCall, status } from '@grpc/grpc-js';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { eventAnswer, filterIn, type ReadCall, type Send } from './eventstoredb-answers.ts';
import { type End, endError, type Faults } from './eventstoredb-faults.ts';
import { rowAt, rowPosition } from './eventstoredb-log.ts';
import { refusal } from './eventstoredb-refusal.ts';
import { followAll } from './eventstoredb-subscription.ts';

const endCall = (call: ReadCall, how: End): void => {
  if (how === 'ok') call.end();
  else call.emit('error', endError(how));
};

/** Aborts when nobody takes answers any more. */
const endOf = (call: ReadCall): AbortSignal => {
  const ended = new AbortController();
  const onEnd = (): void => ended.abort();
  call.on('cancelled', onEnd).on('close', onEnd).on('finish', onEnd).on('error', onEnd);
  return ended.signal;
};

const createSend = (call: ReadCall, ended: AbortSignal, faults: Faults): Send => {
  let sent = 0;
  return async (answer) => {
    const { after, how } = faults.cut();
    if (ended.aborted) return false;
    if (sent >= after) {
      endCall(call, how);
      return false;
    }
    sent += 1;
    if (!call.write(answer)) await once(call, 'drain', { signal: ended }).catch(() => undefined);
    return !ended.aborted;
  };
};

const streamOf = (options: ReadReq.Options.StreamOptions): string =>
  Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');

const streamNotFound = (options: ReadReq.Options.StreamOptions): ReadResp => {
  const missing = new messages.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(options.getStreamIdentifier());
  const answer = new messages.ReadResp();
  answer.setStreamNotFound(missing);
  return answer;
};

const exists = async (store: EventStore, stream: string): Promise<boolean> => {
  for await (const _ of store.readStream(stream, { limit: 1 })) return true;
  return false;
};

const readStream = async (store: EventStore, options: ReadReq.Options, send: Send): Promise<void> => {
  const where = options.getStream();
  if (where === undefined) return;
  const stream = streamOf(where);
  if (!(await exists(store, stream))) return void (await send(streamNotFound(where)));
  const backwards = options.getReadDirection() === messages.ReadReq.Options.ReadDirection.BACKWARDS;
  const limit = Number(options.getCount());
  const revision = where.hasRevision() ? Number(where.getRevision()) : null;
  const found = backwards
    ? store.readStream(stream, {
        direction: 'backwards',
        limit,
        ...(where.hasStart() ? { from: 1 } : revision === null ? {} : { from: revision + 1 }),
      })
    : store.readStream(stream, { limit, from: revision ?? (where.hasEnd() ? Number.MAX_SAFE_INTEGER : 0) });
  for await (const event of found) if (!(await send(eventAnswer(event)))) return;
};

/** With a filter it goes on to look for one event more than was asked for: only then does it know that it has brought enough. */
const readAll = async (
  store: EventStore,
  options: ReadReq.Options,
  { send, search }: { readonly send: Send; readonly search: () => Promise<void> },
): Promise<void> => {
  const allows = filterIn(options);
  const where = options.getAll();
  const position = where?.getPosition();
  const row = position === undefined ? null : rowAt(position.getCommitPosition());
  const backwards = options.getReadDirection() === messages.ReadReq.Options.ReadDirection.BACKWARDS;
  if ((backwards && where?.hasStart()) || (!backwards && where?.hasEnd())) return;
  const found = backwards
    ? store.readAll({ direction: 'backwards', after: row === null ? null : rowPosition(row) })
    : store.readAll({ after: row === null ? null : rowPosition(row - 1) });
  let left = Number(options.getCount());
  for await (const event of found) {
    if (!allows(event)) continue;
    await search();
    if (left <= 0 || !(await send(eventAnswer(event)))) return;
    left -= 1;
  }
  await search();
};

export const handleRead =
  (store: () => EventStore, faults: Faults): handleServerStreamingCall<ReadReq, ReadResp> =>
  async (call) => {
    try {
      await faults.before(call);
      const options = call.request.getOptions();
      if (options?.getUuidOption() === undefined) throw refusal(status.INVALID_ARGUMENT, 'uuidOption is required');
      const ended = endOf(call);
      const send = createSend(call, ended, faults);
      if (options.hasSubscription()) {
        if (options.getAll() === undefined) throw refusal(status.UNIMPLEMENTED, 'this peer follows $all only');
        const forget = faults.onEndSubscriptions((how) => endCall(call, how));
        try {
          await followAll({ store: store(), options, ended, faults, send });
        } finally {
          forget();
        }
      } else if (options.getStream() !== undefined) await readStream(store(), options, send);
      else {
        const search = async (): Promise<void> => {
          const searchMs = options.hasFilter() ? faults.searchMs() : 0;
          if (searchMs > 0) await delay(searchMs, undefined, { signal: ended }).catch(() => undefined);
        };
        await readAll(store(), options, { send, search });
      }
      if (!call.writableEnded) call.end();
    } catch (error) {
      call.emit('error', error);
    }
  };
