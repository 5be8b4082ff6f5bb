import {
  type AllStreamSubscription,
  END,
  type EventData,
  EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  NotLeaderError,
  START,
  STREAM_EXISTS,
  StreamNotFoundError,
  streamNameFilter,
  TimeoutError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventStoreDbWorld, type EventStoreDbWorld } from '../support/eventstoredb-world.ts';
import type { Member, Peer } from './eventstoredb.ts';

/** The peer is held to the protocol by EventStoreDB's own client, which we did not write. */
describe('the EventStoreDB peer, by the official client', () => {
  let world: EventStoreDbWorld;
  let peer: Peer;
  let client: EventStoreDBClient;

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    peer = await world.startPeer();
    client = EventStoreDBClient.connectionString(peer.url);
  });
  afterEach(async () => {
    await client.dispose();
    await world.remove();
  });

  const made = (count: number, type = 'Made') =>
    Array.from({ length: count }, (_, n) => jsonEvent({ type, data: { n } }));
  const credentials = { username: 'any', password: 'any' };

  /** Per-call credentials make the client use the call for one append; without them it uses the shared one. */
  describe.each([
    ['one append per call', { credentials }, 'Append'],
    ['the shared call', {}, 'BatchAppend'],
  ])('appending with %s', (_, options, method) => {
    const append = (stream: string, events: EventData[], expectedRevision: bigint | typeof NO_STREAM) =>
      client.appendToStream(stream, events, { expectedRevision, ...options });

    it('answers revision and position', async () => {
      const first = await append('order-1', made(2), NO_STREAM);
      expect(first).toMatchObject({ success: true, nextExpectedRevision: 1n });
      const second = await append('order-1', made(1), 1n);
      expect(second.nextExpectedRevision).toBe(2n);
      expect(second.position?.commit).toBeGreaterThan(first.position?.commit ?? 0n);
      expect(peer.calls(method)).toBeGreaterThan(0);
    });

    it('tells expected and actual revision of a conflict', async () => {
      await append('order-1', made(2), NO_STREAM);
      await expect(append('order-1', made(1), 5n)).rejects.toThrow(WrongExpectedVersionError);
      await expect(append('order-1', made(1), 5n)).rejects.toMatchObject({ expectedVersion: 5n, actualVersion: 1n });
      await expect(append('order-1', made(1), NO_STREAM)).rejects.toMatchObject({
        expectedVersion: 'no_stream',
        actualVersion: 1n,
      });
      await expect(append('order-2', made(1), 0n)).rejects.toMatchObject({ actualVersion: 'no_stream' });
    });

    it('takes the same events at the same revision for a repetition, and a part of them for a conflict', async () => {
      const events = made(3);
      const first = await append('order-1', events, NO_STREAM);
      await append('order-1', made(1), 2n);
      expect(await append('order-1', events, NO_STREAM)).toMatchObject({
        nextExpectedRevision: 2n,
        position: first.position,
      });
      await expect(append('order-1', [...events.slice(0, 2), ...made(1)], NO_STREAM)).rejects.toThrow(
        WrongExpectedVersionError,
      );
    });

    it('writes the same ids again where the revision allows', async () => {
      const events = made(1);
      await append('order-1', events, NO_STREAM);
      expect(await append('order-1', events, 0n)).toMatchObject({ nextExpectedRevision: 1n });
    });

    it('refuses more than a mebibyte', async () => {
      const large = jsonEvent({ type: 'Large', data: { text: 'x'.repeat(1_100_000) } });
      await expect(append('order-1', [large], NO_STREAM)).rejects.toThrow(MaxAppendSizeExceededError);
    });

    it('appends to any stream, and to one that exists', async () => {
      const other = { expectedRevision: STREAM_EXISTS, ...options } as const;
      await expect(client.appendToStream('order-1', made(1), other)).rejects.toThrow(WrongExpectedVersionError);
      await client.appendToStream('order-1', made(1), options);
      expect(await client.appendToStream('order-1', made(1), other)).toMatchObject({ nextExpectedRevision: 1n });
    });
  });

  it('drops a repetition that meets its original under way, and calls it a timeout', async () => {
    const events = made(1);
    const append = () => client.appendToStream('order-1', events, { expectedRevision: NO_STREAM, credentials });
    const both = await Promise.allSettled([append(), append()]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(both[1]).toMatchObject({ reason: expect.any(TimeoutError) });
  });

  describe('reading', () => {
    const revisions = async (options: Parameters<EventStoreDBClient['readStream']>[1]) => {
      const found: (bigint | undefined)[] = [];
      for await (const { event } of client.readStream('order-1', options)) found.push(event?.revision);
      return found;
    };

    it('knows no stream that was never written', async () => {
      await expect(revisions({})).rejects.toThrow(StreamNotFoundError);
    });

    it('reads a stream from a revision on, inclusive, both ways', async () => {
      await client.appendToStream('order-1', made(5));
      expect(await revisions({ fromRevision: 3n })).toEqual([3n, 4n]);
      expect(await revisions({ fromRevision: START, maxCount: 2 })).toEqual([0n, 1n]);
      expect(await revisions({ fromRevision: END, direction: 'backwards', maxCount: 2 })).toEqual([4n, 3n]);
      expect(await revisions({ fromRevision: 1n, direction: 'backwards' })).toEqual([1n, 0n]);
      expect(await revisions({ fromRevision: 99n, direction: 'backwards', maxCount: 1 })).toEqual([4n]);
      expect(await revisions({ fromRevision: 99n })).toEqual([]);
    });

    it('reads all from a position on: inclusive forwards, exclusive backwards', async () => {
      await client.appendToStream('order-1', made(1));
      const { position } = await client.appendToStream('order-2', made(1));
      await client.appendToStream('order-3', made(1));
      if (position === undefined) throw new Error('no position');
      const streams = async (direction: 'forwards' | 'backwards') => {
        const found: (string | undefined)[] = [];
        for await (const { event } of client.readAll({ fromPosition: position, direction }))
          found.push(event?.streamId);
        return found;
      };
      expect(await streams('forwards')).toEqual(['order-2', 'order-3']);
      expect(await streams('backwards')).toEqual(['order-1']);
    });
  });

  describe('subscribing', () => {
    const gather = (subscription: AllStreamSubscription) => {
      const heard: string[] = [];
      subscription.on('confirmation', () => heard.push('confirmation'));
      subscription.on('caughtUp', () => heard.push('caught up'));
      subscription.on('data', ({ event }) => heard.push(event?.streamId ?? ''));
      return heard;
    };

    it('delivers the past of the prefixes, says when it has caught up, and goes on', async () => {
      const checkpoints: bigint[] = [];
      await client.appendToStream('order-1', made(1));
      await client.appendToStream('stock-1', made(1));
      const filter = streamNameFilter({
        prefixes: ['order-'],
        checkpointInterval: 1,
        maxSearchWindow: 2,
        checkpointReached: async (_, { commit }) => void checkpoints.push(commit),
      });
      const heard = gather(client.subscribeToAll({ filter }));
      await vi.waitFor(() => expect(heard).toEqual(['confirmation', 'order-1', 'caught up']));
      const { position } = await client.appendToStream('stock-1', made(4));
      await client.appendToStream('order-2', made(1));
      await vi.waitFor(() => expect(heard.slice(3)).toEqual(['order-2']));
      expect(checkpoints.slice(1)).toContain(position?.commit);
    });

    it('begins after a position, or at the end', async () => {
      const { position } = await client.appendToStream('order-1', made(1));
      await client.appendToStream('order-2', made(1));
      if (position === undefined) throw new Error('no position');
      const fromPosition = gather(client.subscribeToAll({ fromPosition: position }));
      const fromEnd = gather(client.subscribeToAll({ fromPosition: END }));
      await vi.waitFor(() => expect(fromPosition).toEqual(['confirmation', 'order-2', 'caught up']));
      await vi.waitFor(() => expect(fromEnd).toEqual(['confirmation', 'caught up']));
      await client.appendToStream('order-3', made(1));
      await vi.waitFor(() => expect(fromPosition.slice(3)).toEqual(['order-3']));
      await vi.waitFor(() => expect(fromEnd.slice(2)).toEqual(['order-3']));
    });
  });

  it('names the leader to whom it may not answer as one', async () => {
    const members: Member[] = [];
    const follower = await world.startPeer({ members: () => members });
    members.push({ port: follower.port, isLeader: false, isAlive: true });
    members.push({ port: peer.port, isLeader: true, isAlive: true });
    const asked = EventStoreDBClient.connectionString(follower.url);
    const options = { requiresLeader: true, credentials };
    const refused = asked.appendToStream('order-1', made(1), options);
    await expect(refused).rejects.toThrow(NotLeaderError);
    await expect(refused).rejects.toMatchObject({ leader: { address: '127.0.0.1', port: peer.port } });
    expect(await asked.appendToStream('order-1', made(1), options)).toMatchObject({ success: true });
    await asked.dispose();
  });
});
