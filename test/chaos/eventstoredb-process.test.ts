import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, events, idsOf } from '../contracts/event-store-examples.ts';
import {
  createEventStoreDbWorld,
  type EventStoreDbWorld,
  follow,
  settle,
  within,
} from '../support/eventstoredb-world.ts';
import { type PeerProcess, startPeer } from '../support/peer-process.ts';

const KILLS = 6;

describe('an EventStoreDB in a process of its own', () => {
  let world: EventStoreDbWorld;
  let peer: PeerProcess;
  let stop: AbortController;

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    peer = await startPeer(world.file);
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await peer.kill();
    await world.remove();
  });

  it(`that is killed ${KILLS} times has every acknowledged event once, and tells each follower of each once`, async () => {
    const { url } = peer;
    const writers = [1, 2, 3].map(() => world.open(url));
    const followers = [
      follow(world.open(url), stop.signal),
      follow(world.open(url), stop.signal, ['order-1', 'order-2']),
    ];
    let done = false;
    const written = writers.map(async (store, index): Promise<readonly string[]> => {
      const ids: string[] = [];
      for (let version = 0; !done; version += 2) {
        const given = events(`order-${index}`, version, 2);
        await settle(store, `order-${index}`, version, given);
        ids.push(...idsOf(given));
      }
      return ids;
    });
    for (let kill = 0; kill < KILLS; kill += 1) {
      await delay(700);
      await peer.kill();
      await peer.restart();
    }
    await delay(500);
    done = true;
    const [ids0 = [], ids1 = [], ids2 = []] = await within(10_000, 'the writers', Promise.all(written));
    const [all, two] = followers;
    const count = ids0.length + ids1.length + ids2.length;
    await within(10_000, 'the followers', Promise.all([all?.hasSeen(count), two?.hasSeen(ids1.length + ids2.length)]));
    const store = world.open(url);
    for (const [index, ids] of [ids0, ids1, ids2].entries())
      expect(idsOf(await collect(store.readStream(`order-${index}`)))).toEqual(ids);
    expect(idsOf(all?.seen ?? [])).toEqual(idsOf(await collect(store.readAll())));
    expect(two?.seen).toEqual(await collect(store.readAll({ streamPrefixes: ['order-1', 'order-2'] })));
    expect(ids0.length).toBeGreaterThan(10);
  });
});
