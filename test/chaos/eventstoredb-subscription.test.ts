import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { collect, events, idsOf } from '../contracts/event-store-examples.ts';
import type { Peer } from '../peers/eventstoredb.ts';
import type { End } from '../peers/eventstoredb-faults.ts';
import { startTcpProxy } from '../peers/tcp-proxy.ts';
import {
  createEventStoreDbWorld,
  type EventStoreDbWorld,
  type Follower,
  follow,
  settle,
  within,
} from '../support/eventstoredb-world.ts';

/** What users are promised: so long after the trouble is over, events come again. */
const RESUMED_MS = 5_000;
const ENDS: readonly End[] = ['ok', 'cancelled', 'unavailable', 'internal'];

describe('a subscription to EventStoreDB in trouble loses nothing, repeats nothing, and resumes within 5 s', () => {
  let world: EventStoreDbWorld;
  let peer: Peer;
  let store: EventStore;
  let stop: AbortController;
  let errors: unknown[];
  let follower: Follower;
  let version: number;

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    peer = await world.startPeer();
    errors = [];
    store = world.open(peer.url, { onError: (error) => errors.push(error) });
    stop = new AbortController();
    version = 0;
    await write(20);
    follower = follow(store, stop.signal, ['order-']);
    await within(RESUMED_MS, 'the past', follower.hasSeen(20));
    await follower.hasCaughtUp();
  });
  afterEach(async () => {
    stop.abort();
    await world.remove();
  });

  /** Appends so many events, however often it must be tried. */
  const write = async (count: number): Promise<void> => {
    const from = version;
    version += count;
    await settle(store, 'order-1', from, events('order-1', from, count));
  };

  const isKnownToBeDeaf = (): boolean => errors.some((error) => String(error).includes('misses events'));

  /** What is written late enough is not answered by a signal of before, which may yet have been on its way. */
  const writeUntil = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      await write(1);
      await within(RESUMED_MS, 'while deaf', follower.hasSeen(version));
      await delay(100);
    }
  };

  const expectAllOnce = async (): Promise<void> => {
    await within(RESUMED_MS, 'what was written', follower.hasSeen(version));
    await write(1);
    await within(RESUMED_MS, 'what comes after', follower.hasSeen(version));
    const calm = world.open(peer.url);
    expect(idsOf(follower.seen)).toEqual(idsOf(await collect(calm.readAll({ streamPrefixes: ['order-'] }))));
    expect(follower.seen.map((event) => event.version)).toEqual(Array.from({ length: version }, (_, i) => i + 1));
  };

  it.each(ENDS)('when the server ends it (%s), again and again', async (how) => {
    for (let round = 0; round < 5; round += 1) {
      peer.faults.endSubscriptions(how);
      await write(3);
      await within(RESUMED_MS, `round ${round}`, follower.hasSeen(version));
    }
    await expectAllOnce();
    expect(errors.length).toBeGreaterThan(0);
  });

  it('when it stays open and says nothing', async () => {
    peer.faults.deafen(true);
    await within(RESUMED_MS, 'a new subscription', writeUntil(isKnownToBeDeaf));
    await write(5);
    await within(RESUMED_MS, 'while deaf again', follower.hasSeen(version));
    peer.faults.deafen(false);
    await expectAllOnce();
  });

  it('when the server answers nothing at all for six seconds', async () => {
    peer.faults.stall(true);
    const writing = write(5);
    await delay(6_000);
    peer.faults.stall(false);
    await within(RESUMED_MS, 'after the silence', follower.hasSeen(version));
    await writing;
    await expectAllOnce();
  });

  it('when the server refuses every call for three seconds', async () => {
    peer.faults.refuse(true);
    const writing = write(5);
    await delay(3_000);
    peer.faults.refuse(false);
    await within(RESUMED_MS, 'after the refusals', follower.hasSeen(version));
    await writing;
    await expectAllOnce();
  });

  it('when every call takes half a second to begin', async () => {
    peer.faults.slowDown(500);
    for (let round = 0; round < 3; round += 1) await write(5);
    await expectAllOnce();
  });

  it.each(ENDS)('when the server breaks its reads off in the middle (%s)', async (how) => {
    peer.faults.cutReads(3, how);
    await write(40);
    await delay(300);
    peer.faults.cutReads(Number.POSITIVE_INFINITY, 'ok');
    await expectAllOnce();
  });

  it('when each of its reads brings three events and then ends as if that were all', async () => {
    peer.faults.cutReads(3, 'ok');
    await write(40);
    await within(RESUMED_MS, 'in small bites', follower.hasSeen(version));
    peer.faults.cutReads(Number.POSITIVE_INFINITY, 'ok');
    await expectAllOnce();
  });

  it('when the server crashes and starts again, several times', async () => {
    for (let round = 0; round < 3; round += 1) {
      const writing = write(10);
      await peer.stop();
      await delay(300);
      await peer.start();
      await within(RESUMED_MS, `start ${round}`, follower.hasSeen(version));
      await writing;
    }
    await expectAllOnce();
  });

  it('when the server is away for long, though pauses between attempts had time to grow', async () => {
    await peer.stop();
    await delay(15_000);
    await peer.start();
    const writing = write(5);
    await within(RESUMED_MS, 'after the outage', follower.hasSeen(version));
    await writing;
    await expectAllOnce();
  });
});

describe('a line to EventStoreDB in trouble', () => {
  let world: EventStoreDbWorld;
  let stop: AbortController;

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await world.remove();
  });

  it.each([
    ['goes silent, as when a machine dies', { kind: 'goes silent' }],
    ['is cut', { kind: 'cuts', after: 200, of: 'answers' }],
    ['loses the answers', { kind: 'drops answers' }],
  ] as const)('%s: all is delivered once, within 5 s of its recovery', async (_, trouble) => {
    const peer = await world.startPeer();
    const proxy = await startTcpProxy({ port: peer.port });
    const store = world.open(`esdb://127.0.0.1:${proxy.port}?tls=false`);
    const aside = world.open(peer.url);
    const follower = follow(store, stop.signal, ['order-']);
    await aside.append('order-1', 0, events('order-1', 0, 10));
    await within(RESUMED_MS, 'the past', follower.hasSeen(10));
    await proxy.behave(trouble);
    await aside.append('order-1', 10, events('order-1', 10, 10));
    const writing = settle(store, 'order-2', 0, events('order-2', 0, 5));
    await delay(4_000);
    await proxy.behave({ kind: 'passes' });
    await within(RESUMED_MS, 'after the trouble', follower.hasSeen(25));
    await writing;
    expect(idsOf(follower.seen)).toEqual(idsOf(await collect(aside.readAll({ streamPrefixes: ['order-'] }))));
    await proxy.stop();
  });
});
