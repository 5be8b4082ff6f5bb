import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { collect, events, idsOf } from '../contracts/event-store-examples.ts';
import type { Member, Peer } from '../peers/eventstoredb.ts';
import {
  createEventStoreDbWorld,
  type EventStoreDbWorld,
  follow,
  settle,
  within,
} from '../support/eventstoredb-world.ts';

const RESUMED_MS = 5_000;
/** Silence has to be told from a slow answer before another node is asked. */
const FOLLOWED_MS = 10_000;

describe('a cluster of EventStoreDB', () => {
  let world: EventStoreDbWorld;
  let peers: Peer[];
  let alive: boolean[];
  let leader: number;
  let store: EventStore;
  let stop: AbortController;

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    peers = [];
    alive = [true, true, true];
    leader = 0;
    stop = new AbortController();
    const members = (): readonly Member[] =>
      peers.map(({ port }, index) => ({ port, isLeader: index === leader, isAlive: alive[index] === true }));
    for (const _ of alive) peers.push(await world.startPeer({ members }));
    store = world.open(`esdb://${peers.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`);
  });
  afterEach(async () => {
    stop.abort();
    await world.remove();
  });

  const appendsAt = (index: number): number => peers[index]?.calls('Append') ?? 0;

  it('is asked for its leader, and only the leader is written to', async () => {
    leader = 2;
    await store.append('order-1', 0, events('order-1', 0, 1));
    expect([0, 1, 2].map(appendsAt)).toEqual([0, 0, 1]);
  });

  it('is followed to its new leader while the old one goes on as a follower', async () => {
    await store.append('order-1', 0, events('order-1', 0, 1));
    leader = 1;
    expect(await store.append('order-1', 1, events('order-1', 1, 1))).toMatchObject({ version: 2 });
    expect([0, 1, 2].map(appendsAt)).toEqual([2, 1, 0]);
  });

  it('whose leader falls silent is followed at the new one within 10 s, by who only reads', async () => {
    const follower = follow(store, stop.signal);
    await follower.hasCaughtUp();
    leader = 1;
    peers[0]?.faults.stall(true);
    const aside = world.open(peers[1]?.url ?? '');
    await aside.append('order-1', 0, events('order-1', 0, 3));
    await within(FOLLOWED_MS, 'events of the new leader', follower.hasSeen(3));
    peers[0]?.faults.stall(false);
  });

  it('whose leader dies is written to and followed again within 5 s, and nothing is lost or told twice', async () => {
    const follower = follow(store, stop.signal);
    let version = 0;
    for (let round = 0; round < 4; round += 1) {
      await settle(store, 'order-1', version, events('order-1', version, 3));
      version += 3;
      const fallen = leader;
      alive[fallen] = false;
      leader = (leader + 1) % 3;
      await peers[fallen]?.stop();
      const writing = settle(store, 'order-1', version, events('order-1', version, 3));
      await within(RESUMED_MS, `append ${round}`, writing);
      version += 3;
      await within(RESUMED_MS, `events ${round}`, follower.hasSeen(version));
      await peers[fallen]?.start();
      alive[fallen] = true;
    }
    expect(idsOf(follower.seen)).toEqual(idsOf(await collect(store.readAll())));
    expect(follower.seen).toHaveLength(version);
  });
});
