import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { collect, events, idsOf } from '../contracts/event-store-examples.ts';
import type { Peer } from '../peers/eventstoredb.ts';
import type { End } from '../peers/eventstoredb-faults.ts';
import {
  createEventStoreDbWorld,
  type EventStoreDbWorld,
  follow,
  settle,
  within,
} from '../support/eventstoredb-world.ts';

const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS = Number(process.env.CHAOS_ROUNDS ?? 12);
const ENDS: readonly End[] = ['ok', 'cancelled', 'unavailable', 'internal'];

/** Numbers in [0, 1) that a seed repeats. */
const createRandom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 2 ** 31;
  };
};

describe('EventStoreDB with one trouble after another', () => {
  let world: EventStoreDbWorld;
  let peer: Peer;
  let stop: AbortController;

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    peer = await world.startPeer();
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await world.remove();
  });

  const open = (): EventStore => world.open(peer.url, { appendTimeoutMs: 1_500, readTimeoutMs: 1_500 });

  const during = async (milliseconds: number, trouble: (on: boolean) => void): Promise<void> => {
    trouble(true);
    await delay(milliseconds);
    trouble(false);
  };

  it(`writes each event once and tells each follower of each once (CHAOS_SEED=${SEED})`, async () => {
    const random = createRandom(SEED);
    const anyEnd = (): End => ENDS[Math.floor(random() * ENDS.length)] ?? 'ok';
    const { faults } = peer;
    const troubles: readonly (() => Promise<void> | void)[] = [
      () => faults.endSubscriptions(anyEnd()),
      () => faults.dropAcks(5, random() < 0.3 ? 'silence' : anyEnd()),
      () =>
        during(300, (on) => faults.cutReads(on ? 1 + Math.floor(random() * 4) : Number.POSITIVE_INFINITY, anyEnd())),
      () => during(500, faults.deafen),
      () => during(random() * 2_500, faults.stall),
      () => during(random() * 800, faults.refuse),
      () => during(500, (on) => faults.slowDown(on ? 150 : 0)),
      async () => {
        await peer.stop();
        await delay(random() * 800);
        await peer.start();
      },
    ];
    const wanted = [undefined, ['order-'], ['stock-', 'key-']] as const;
    const followers = wanted.map((prefixes) => follow(open(), stop.signal, prefixes));
    const store = open();
    let done = false;
    const streams = ['order-1', 'order-2', 'stock-1', 'key-1'];
    const writers = streams.map(async (stream) => {
      let version = 0;
      for (; !done; version += 2) {
        await settle(store, stream, version, events(stream, version, 2));
        await delay(random() * 20);
      }
      return version;
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      await troubles[Math.floor(random() * troubles.length)]?.();
      await delay(random() * 300);
    }
    faults.dropAcks(0, 'ok');
    done = true;
    const acknowledged = await within(15_000, 'the writers', Promise.all(writers));
    const found = await Promise.all(streams.map((stream) => collect(store.readStream(stream))));
    expect(found.map(({ length }) => length)).toEqual(acknowledged);
    for (const [index, follower] of followers.entries()) {
      const streamPrefixes = wanted[index];
      const all = await collect(open().readAll(streamPrefixes === undefined ? {} : { streamPrefixes }));
      await within(5_000, `follower ${index}`, follower.hasSeen(all.length));
      expect(idsOf(follower.seen)).toEqual(idsOf(all));
    }
  }, 120_000);
});
