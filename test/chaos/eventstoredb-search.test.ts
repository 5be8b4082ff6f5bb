import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventStore, type ReadAllOptions, StoreUnavailable } from '../../src/event-store/event-store.ts';
import type { EventStoreDbOptions } from '../../src/event-store/eventstoredb.ts';
import { collect, events, idsOf } from '../contracts/event-store-examples.ts';
import type { Peer } from '../peers/eventstoredb.ts';
import { createEventStoreDbWorld, type EventStoreDbWorld, follow, within } from '../support/eventstoredb-world.ts';

const READ_TIMEOUT_MS = 400;
/** So long the server finds nothing: many times what would count as silence. */
const SEARCH_MS = 1_000;
const SETTLED_MS = 4_000;

/** As EventStoreDB does: a filtered read of `$all` says nothing until its first match, however far that lies. */
describe('a read of EventStoreDB by prefix, whose server searches a long log in silence', () => {
  let world: EventStoreDbWorld;
  let peer: Peer;
  let store: EventStore;

  const open = (options: Partial<EventStoreDbOptions> = {}): EventStore =>
    world.open(peer.url, { readTimeoutMs: READ_TIMEOUT_MS, ...options });

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    peer = await world.startPeer();
    store = open();
    for (const stream of ['rateCard-1', 'order-1', 'rateCard-2']) await store.append(stream, 0, events(stream, 0, 1));
    peer.faults.searchFor(SEARCH_MS);
  });
  afterEach(() => world.remove());

  const streamsIn = async (from: EventStore, options: ReadAllOptions) =>
    (await collect(from.readAll(options))).map(({ stream }) => stream);

  it('brings what the server finds in the end, or nothing where it finds nothing', async () => {
    expect(await streamsIn(store, { streamPrefixes: ['rateCard-'] })).toEqual(['rateCard-1', 'rateCard-2']);
    expect(await streamsIn(store, { streamPrefixes: ['item-'] })).toEqual([]);
  });

  it('ends as soon as it has what was asked for, though the server goes on searching', async () => {
    const begun = performance.now();
    const options = { streamPrefixes: ['rateCard-'], limit: 1 };
    expect(await streamsIn(store, options)).toEqual(['rateCard-1']);
    expect(await streamsIn(store, { ...options, direction: 'backwards' })).toEqual(['rateCard-2']);
    expect(performance.now() - begun).toBeLessThan(3 * SEARCH_MS);
  });

  it('fails in time when the server falls silent altogether', async () => {
    const reading = within(SETTLED_MS, 'the read', collect(store.readAll({ streamPrefixes: ['item-'] })));
    reading.catch(() => undefined);
    await delay(SEARCH_MS / 2);
    peer.faults.stall(true);
    await expect(reading).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('fails in time when the server is silent from the beginning', async () => {
    peer.faults.stall(true);
    const begun = performance.now();
    await expect(collect(store.readAll({ streamPrefixes: ['item-'] }))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(performance.now() - begun).toBeLessThan(3 * READ_TIMEOUT_MS);
  });

  it('is given up after the longest search, whatever else the server answers', async () => {
    const impatient = open({ searchMs: SEARCH_MS / 3 });
    const reading = within(SETTLED_MS, 'the read', collect(impatient.readAll({ streamPrefixes: ['item-'] })));
    await expect(reading).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('is given up at once when nobody waits for it any more', async () => {
    const begun = performance.now();
    const reading = collect(store.readAll({ streamPrefixes: ['item-'], signal: AbortSignal.timeout(200) }));
    await expect(reading).rejects.toBeInstanceOf(StoreUnavailable);
    expect(performance.now() - begun).toBeLessThan(SEARCH_MS);
  });

  it('lets a subscriber catch up, and go on', async () => {
    const stop = new AbortController();
    const follower = follow(store, stop.signal, ['rateCard-']);
    await within(6 * SEARCH_MS, 'the past', follower.hasCaughtUp());
    const given = events('rateCard-3', 0, 1);
    await store.append('rateCard-3', 0, given);
    await within(SETTLED_MS, 'what comes after', follower.hasSeen(3));
    expect(idsOf(follower.seen).at(-1)).toBe(given[0]?.id);
    stop.abort();
  });
});
