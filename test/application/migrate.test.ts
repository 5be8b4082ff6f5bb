import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/application/migrate.ts';
import type { MigrationStep, OnProgress, Originals } from '../../src/application/migration.ts';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.ts';
import { StoreUnavailable } from '../../src/event-store/event-store.ts';
import { createSqliteEventStore, type SqliteEventStore } from '../../src/event-store/sqlite.ts';
import { verifyLog } from '../../src/event-store/verify.ts';
import type { ReadStore, Stored } from '../../src/projections/read-store.ts';
import { createGuestReadStore, createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { chained, collect } from '../contracts/event-store-examples.ts';
import type { Peer } from '../peers/eventstoredb.ts';
import { createEventStoreDbWorld, type EventStoreDbWorld } from '../support/eventstoredb-world.ts';

const SECRETS = { name: 'secrets', indexes: [] };
const KEYS = { name: 'customer-keys', indexes: [] };
const ANSWERS = { name: 'idempotent-answers', indexes: [['expiresAt']] };
const LEASES = { name: 'leases', indexes: [] };
const collections = [SECRETS, KEYS, ANSWERS];

const ORDERS = 20;
const PER_ORDER = 3;
/** Two orders and the location take turns, so that streams cross. */
const fillLog = async (store: EventStore): Promise<void> => {
  const location = chained(
    'stockLocation-leeds',
    0,
    Array.from({ length: ORDERS }, () => ({})),
  );
  for (let number = 0; number < ORDERS; number += 2) {
    const [one, other] = [number, number + 1].map((index) =>
      chained(`order-${index}`, 0, [{}, { data: '{"tea":"☕️"}' }, {}]),
    );
    for (let version = 0; version < PER_ORDER; version++) {
      await store.append(`order-${number}`, version, one?.slice(version, version + 1) ?? []);
      if (version === 1) await store.append('stockLocation-leeds', number, location.slice(number, number + 2));
      await store.append(`order-${number + 1}`, version, other?.slice(version, version + 1) ?? []);
    }
  }
};

const EVENTS = ORDERS * (PER_ORDER + 1);

const withoutPosition = (events: readonly RecordedEvent[]) => events.map(({ position, ...event }) => event);

describe('moving an installation to EventStoreDB', () => {
  let world: EventStoreDbWorld;
  let peer: Peer;
  let source: Originals & { readonly eventStore: SqliteEventStore };
  let target: EventStore;
  let targetVault: ReadStore;

  beforeEach(async () => {
    world = await createEventStoreDbWorld();
    peer = await world.startPeer();
    target = world.open(peer.url);
    const eventStore = createSqliteEventStore({ file: `${world.file}.source` });
    eventStore.db.exec('PRAGMA synchronous = OFF');
    source = { eventStore, vault: createGuestReadStore(eventStore) };
    targetVault = createSqliteReadStore({ file: join(world.file, '..', 'vault.db') });
    await fillLog(source.eventStore);
    for (const spec of [...collections, LEASES]) await source.vault.ensure(spec);
    await source.vault.write('secrets', [{ id: 'subject', position: '0', body: { key: 'made here' } }]);
    await source.vault.write('leases', [{ id: 'fulfilment', position: '7', body: { holder: null } }]);
    const keys = Array.from({ length: 1_200 }, (_, n) => ({
      id: `person-${n}`,
      position: '0',
      body: { key: `key ${n}` },
    }));
    await source.vault.write('customer-keys', keys);
    const answer = { id: 'answer', position: '0', body: { expiresAt: '2026-03-02', reply: 'sealed' } };
    await source.vault.write('idempotent-answers', [answer]);
  });

  afterEach(async () => {
    await source.eventStore.close();
    await targetVault.close();
    await world.remove();
  });

  const run = (options: { to?: EventStore; onProgress?: OnProgress; signal?: AbortSignal } = {}) =>
    migrate({
      from: source,
      to: { eventStore: options.to ?? target, vault: targetVault },
      collections,
      onProgress: options.onProgress ?? (() => undefined),
      signal: options.signal ?? new AbortController().signal,
    });

  const expectMoved = async (): Promise<void> => {
    const [here, there] = [await collect(source.eventStore.readAll()), await collect(target.readAll())];
    expect(withoutPosition(there)).toEqual(withoutPosition(here));
    expect((await verifyLog(target)).problems).toEqual([]);
  };

  /** The target that stops answering, as a killed process's would, after so many appends. */
  const failingAfter = (appends: number): EventStore => {
    let left = appends;
    const append: EventStore['append'] = (...given) => {
      left -= 1;
      return left < 0 ? Promise.reject(new TypeError('killed')) : target.append(...given);
    };
    return { ...target, append };
  };

  it('brings every event over with its id, version and hash, in the order across streams', async () => {
    const moved = await run();
    expect(moved).toMatchObject({ events: EVENTS, streams: ORDERS + 1, alreadyThere: 0 });
    expect(moved.targetHead.digest).toBe(moved.sourceHead.digest);
    await expectMoved();
  });

  it('brings keys, secrets and kept answers over, and nothing that the target makes for itself', async () => {
    const { documents } = await run();
    expect(documents).toEqual({ secrets: 1, 'customer-keys': 1_200, 'idempotent-answers': 1 });
    const found = async (collection: string): Promise<readonly Stored[]> =>
      targetVault.find(collection, { limit: 2_000 });
    for (const { name } of collections)
      expect(await found(name)).toEqual(await source.vault.find(name, { limit: 2_000 }));
    expect(await found('leases')).toEqual([]);
  });

  it('moves an installation that is still empty', async () => {
    const eventStore = createSqliteEventStore({ file: `${world.file}.empty` });
    const empty = { eventStore, vault: createGuestReadStore(eventStore) };
    const to = { eventStore: target, vault: targetVault };
    const moved = await migrate({
      from: empty,
      to,
      collections,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    expect(moved).toMatchObject({ events: 0, alreadyThere: 0 });
    await eventStore.close();
  });

  it.each([0, 1, 25, 60])('goes on where it was ended after %i appends', async (appends) => {
    await expect(run({ to: failingAfter(appends) })).rejects.toThrow('killed');
    const begun = (await collect(target.readAll())).length;
    expect(begun).toBeGreaterThanOrEqual(appends);
    expect(await run()).toMatchObject({ events: EVENTS, alreadyThere: begun });
    await expectMoved();
  });

  it('changes nothing when it is repeated', async () => {
    const { documents } = await run();
    expect(await run()).toMatchObject({ events: EVENTS, alreadyThere: EVENTS, documents });
    await expectMoved();
  });

  it('refuses a target on which a service has run, so that no key comes back that was erased there', async () => {
    await run();
    await targetVault.ensure(LEASES);
    await targetVault.write('leases', [{ id: 'fulfilment', position: '1', body: { holder: null } }]);
    await targetVault.write('customer-keys', [{ id: 'person-7', position: '1', body: null }]);
    await expect(run()).rejects.toThrow(/A service has run on the target already/);
    expect((await targetVault.get('customer-keys', ['person-7'])).size).toBe(0);
  });

  it('takes back a key that was erased between two runs', async () => {
    await expect(run({ to: failingAfter(5) })).rejects.toThrow('killed');
    expect((await targetVault.get('customer-keys', ['person-7'])).size).toBe(1);
    await source.vault.write('customer-keys', [{ id: 'person-7', position: '1', body: null }]);
    expect(await run()).toMatchObject({ documents: { 'customer-keys': 1_199 } });
    expect((await targetVault.get('customer-keys', ['person-6', 'person-7'])).has('person-7')).toBe(false);
    expect(await targetVault.find('customer-keys', { limit: 2_000 })).toHaveLength(1_199);
  });

  it('brings over only what is new when an older copy of the source was moved first', async () => {
    await run();
    await source.eventStore.append('order-late', 0, chained('order-late', 0, [{}]));
    await source.vault.write('customer-keys', [{ id: 'person-late', position: '0', body: { key: 'late' } }]);
    expect(await run()).toMatchObject({ events: EVENTS + 1, alreadyThere: EVENTS });
    expect((await targetVault.get('customer-keys', ['person-late'])).size).toBe(1);
    await expectMoved();
  });

  it('writes an append once whose answer was lost', async () => {
    peer.faults.dropAcks(3, 'unavailable');
    await run();
    await expectMoved();
  });

  it('waits for a target that is away for a while', async () => {
    let refusals = 4;
    const append: EventStore['append'] = (...given) => {
      refusals -= 1;
      return refusals < 0 ? target.append(...given) : Promise.reject(new StoreUnavailable('no leader', 'none'));
    };
    await run({ to: { ...target, append } });
    await expectMoved();
  });

  it('ends when it is told to, with whole appends', async () => {
    const stop = new AbortController();
    const onProgress: OnProgress = (step, done) => {
      if (step === 'copying' && done > EVENTS / 2) stop.abort(new Error('told to'));
    };
    await expect(run({ onProgress, signal: stop.signal })).rejects.toThrow('told to');
    expect((await collect(target.readAll())).length).toBeLessThan(EVENTS);
    await run();
    await expectMoved();
  });

  it('tells how far it is, step by step, to the end', async () => {
    const told = new Map<MigrationStep, readonly [number, number]>();
    await run({ onProgress: (step, done, total) => told.set(step, [done, total]) });
    expect([...told]).toEqual([
      ['verifying the source', [EVENTS, 0]],
      ['comparing', [0, EVENTS]],
      ['copying keys', [1_202, 0]],
      ['copying', [EVENTS, EVENTS]],
      ['verifying the target', [EVENTS, EVENTS]],
    ]);
  });

  it('brings keys over before the first event that may need them', async () => {
    await expect(run({ to: failingAfter(0) })).rejects.toThrow('killed');
    expect((await targetVault.get('customer-keys', ['person-1199'])).size).toBe(1);
  });

  it('refuses a target that holds other data, and writes nothing to it', async () => {
    await target.append('order-of-others', 0, chained('order-of-others', 0, [{}]));
    await expect(run()).rejects.toThrow(/holds other data: its event 1 is order-of-others version 1/);
    expect(await collect(target.readAll())).toHaveLength(1);
    expect(await targetVault.find('secrets', { limit: 1 })).toEqual([]);
  });

  it('refuses a target whose log has gone on', async () => {
    await run();
    await target.append('order-new', 0, chained('order-new', 0, [{}]));
    await expect(run()).rejects.toThrow(/goes on behind the source: its event 81 is order-new version 1/);
  });

  it('refuses a vault of another installation before any event is written', async () => {
    await targetVault.ensure(SECRETS);
    await targetVault.write('secrets', [{ id: 'subject', position: '0', body: { key: 'made there' } }]);
    await expect(run()).rejects.toThrow(/another installation: its secrets subject/);
    expect(await collect(target.readAll())).toEqual([]);
  });

  it('refuses a source that was tampered with', async () => {
    source.eventStore.db.exec(`UPDATE events SET data = '{}' WHERE position = 9`);
    await expect(run()).rejects.toThrow(/source's log is not intact: 1 problems.*"position":"0000000000000009"/);
    expect(await collect(target.readAll())).toEqual([]);
  });

  it('says so when somebody else writes to the target meanwhile', async () => {
    let appends = 0;
    const append: EventStore['append'] = async (stream, version, events) => {
      appends += 1;
      if (appends === 20) await target.append(stream, version, chained(stream, version, [{}]));
      return target.append(stream, version, events);
    };
    await expect(run({ to: { ...target, append } })).rejects.toThrow(/Somebody else writes to the target/);
  });

  it('says so when the source grew meanwhile', async () => {
    let appends = 0;
    const append: EventStore['append'] = async (...given) => {
      appends += 1;
      if (appends === 20) await source.eventStore.append('order-late', 0, chained('order-late', 0, [{}]));
      return target.append(...given);
    };
    await expect(run({ to: { ...target, append } })).rejects.toThrow(/source grew meanwhile/);
  });

  it('finds a target that changed what it was given', async () => {
    const append: EventStore['append'] = (stream, version, [first, ...others]) => {
      const changed = stream === 'order-5' && first !== undefined ? { ...first, data: '{}' } : first;
      return target.append(stream, version, changed === undefined ? [] : [changed, ...others]);
    };
    await expect(run({ to: { ...target, append } })).rejects.toThrow(/target's log is not intact/);
  });

  it('brings it all back into an embedded log', async () => {
    await run();
    const eventStore = createSqliteEventStore({ file: `${world.file}.back` });
    const back = { eventStore, vault: createGuestReadStore(eventStore) };
    const to = { eventStore: target, vault: targetVault };
    await migrate({
      from: to,
      to: back,
      collections,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    expect(await collect(eventStore.readAll())).toEqual(await collect(source.eventStore.readAll()));
    expect(await back.vault.find('customer-keys', { limit: 2_000 })).toHaveLength(1_200);
    await eventStore.close();
  });
});
