import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventStore, StoreUnavailable, VersionConflict } from '../../src/event-store/event-store.ts';
import { chained, collect, events, idsOf } from '../contracts/event-store-examples.ts';
import type { Peer } from '../peers/eventstoredb.ts';
import type { Faults } from '../peers/eventstoredb-faults.ts';
import { createEventStoreDbWorld, type EventStoreDbWorld, settle, within } from '../support/eventstoredb-world.ts';

/** The longest that an append or a read may leave its caller without an answer: its own deadline, and some more. */
const SETTLED_MS = 8_000;

describe('an append to EventStoreDB in trouble', () => {
  let world: EventStoreDbWorld;
  let peer: Peer;
  let store: EventStore;

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    peer = await world.startPeer();
    store = world.open(peer.url);
  });
  afterEach(() => world.remove());

  const idsIn = async (stream: string) => idsOf(await collect(store.readStream(stream)));

  it.each(['silence', 'cancelled', 'unavailable', 'internal'] as const)(
    'has an unknown outcome when it is committed but not answered (%s), and is written once when repeated',
    async (how) => {
      const given = events('order-1', 0, 2);
      peer.faults.dropAcks(1, how);
      const unanswered = within(SETTLED_MS, 'the append', store.append('order-1', 0, given));
      await expect(unanswered).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(unanswered).rejects.toMatchObject({ outcome: 'unknown' });
      expect(await store.append('order-1', 0, given)).toMatchObject({ version: 2 });
      expect(await idsIn('order-1')).toEqual(idsOf(given));
    },
  );

  it('has an unknown outcome when the server says nothing, and may be repeated when it speaks again', async () => {
    await store.append('order-1', 0, events('order-1', 0, 1));
    peer.faults.stall(true);
    const given = events('order-1', 1, 2);
    const unanswered = within(SETTLED_MS, 'the append', store.append('order-1', 1, given));
    await expect(unanswered).rejects.toMatchObject({ outcome: 'unknown' });
    peer.faults.stall(false);
    expect(await store.append('order-1', 1, given)).toMatchObject({ version: 3 });
    expect(await idsIn('order-1')).toHaveLength(3);
  });

  it('learns, when repeated, that another one was written in its place', async () => {
    await store.append('order-1', 0, events('order-1', 0, 1));
    peer.faults.stall(true);
    const given = events('order-1', 1, 1);
    await expect(store.append('order-1', 1, given)).rejects.toMatchObject({ outcome: 'unknown' });
    peer.faults.stall(false);
    await store.append('order-1', 1, events('order-1', 1, 2));
    await expect(store.append('order-1', 1, given)).rejects.toThrow(VersionConflict);
  });

  it('finds out where it was written when the server does not say', async () => {
    const given = events('order-1', 0, 2);
    const first = await store.append('order-1', 0, given);
    peer.faults.hidePositions(true);
    expect(await store.append('order-1', 0, given)).toEqual(first);
  });

  it('waits until the server is ready, as after its start or an election', async () => {
    peer.faults.refuse(true);
    const appended = within(SETTLED_MS, 'the append', store.append('order-1', 0, events('order-1', 0, 1)));
    await delay(1_000);
    peer.faults.refuse(false);
    expect(await appended).toMatchObject({ version: 1 });
  });

  it('has certainly not been written when nobody listens', async () => {
    await peer.stop();
    const refused = within(SETTLED_MS, 'the append', store.append('order-1', 0, events('order-1', 0, 1)));
    await expect(refused).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(refused).rejects.toMatchObject({ outcome: 'none' });
  });

  it('waits out an absence that is shorter than its deadline', async () => {
    await peer.stop();
    const appended = within(SETTLED_MS, 'the append', store.append('order-1', 0, events('order-1', 0, 1)));
    await delay(500);
    await peer.start();
    expect(await appended).toMatchObject({ version: 1 });
  });

  it('of hundreds, with answers lost and the server restarted, is written exactly once each', async () => {
    const streams = Array.from({ length: 20 }, (_, index) => `order-${index}`);
    const writeAll = async (stream: string): Promise<readonly string[]> => {
      const ids: string[] = [];
      let hash: string | undefined;
      for (let version = 0; version < 20; version += 2) {
        const given = chained(stream, version, [{}, {}], hash);
        hash = given.at(-1)?.hash;
        await settle(store, stream, version, given);
        ids.push(...idsOf(given));
      }
      return ids;
    };
    const trouble = async (): Promise<void> => {
      for (const how of ['silence', 'cancelled', 'unavailable'] as const) {
        peer.faults.dropAcks(30, how);
        await delay(700);
        await peer.stop();
        await peer.start();
      }
      peer.faults.dropAcks(0, 'ok');
    };
    const [written] = await Promise.all([Promise.all(streams.map(writeAll)), trouble()]);
    for (const [index, stream] of streams.entries()) expect(await idsIn(stream)).toEqual(written[index]);
  });

  const troubles: readonly (readonly [string, (faults: Faults) => void])[] = [
    ['is silent', (faults) => faults.stall(true)],
    ['refuses', (faults) => faults.refuse(true)],
    ['drops acknowledgements', (faults) => faults.dropAcks(1_000, 'silence')],
    ['is very slow', (faults) => faults.slowDown(20_000)],
    ['breaks reads off', (faults) => faults.cutReads(1, 'unavailable')],
  ];

  it.each(troubles)('settles, and every read does, when the server %s', async (_, begin) => {
    await store.append('order-1', 0, events('order-1', 0, 5));
    begin(peer.faults);
    const asked = [1, 2, 3, 4, 5].flatMap((index): Promise<unknown>[] => [
      store.append(`order-${index}`, index === 1 ? 5 : 0, events(`order-${index}`, 5, 1)),
      collect(store.readStream('order-1')),
      collect(store.readAll({ direction: 'backwards' })),
    ]);
    const settled = await within(SETTLED_MS, 'every promise', Promise.allSettled(asked));
    for (const result of settled)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StoreUnavailable);
  });

  it('does not keep the store from closing', async () => {
    await store.append('order-1', 0, events('order-1', 0, 1));
    peer.faults.stall(true);
    const waiting = Promise.allSettled([store.append('order-1', 1, events('order-1', 1, 1))]);
    await within(SETTLED_MS, 'closing', store.close());
    expect(await waiting).toMatchObject([{ status: 'rejected', reason: { outcome: 'unknown' } }]);
  });
});
