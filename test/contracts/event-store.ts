import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../src/domain/values.ts';
import { type EventStore, StoreUnavailable, VersionConflict } from '../../src/event-store/event-store.ts';
import { chained, collect, endOf, events, idsOf, newPrefix, versionsOf } from './event-store-examples.ts';
import { modelContract } from './event-store-model.ts';
import { readingContract } from './event-store-reading.ts';
import { subscribingContract } from './event-store-subscribing.ts';

export type StoreUnderTest = {
  readonly store: EventStore;
  /** Another store object on the same log, as after a restart. */
  readonly reopen: () => Promise<EventStore>;
  readonly cleanup: () => Promise<void>;
};

/** A server may be slow, far away and busy with others. Only what never comes is to fail. */
const LONGEST_TEST_MS = 180_000;

/**
 * What every adapter of the event store port must do. The log may be long, hold events of others and be written by others
 * meanwhile, so a test looks only at streams of its own, from where the log ended as it began.
 */
export const eventStoreContract = (name: string, createStore: () => Promise<StoreUnderTest>): void => {
  describe(`${name}: an event store`, { timeout: LONGEST_TEST_MS }, () => {
    appendingContract(createStore);
    readingContract(createStore);
    subscribingContract(createStore);
    modelContract(createStore);
  });
};

const appendingContract = (createStore: () => Promise<StoreUnderTest>): void => {
  describe('appending', () => {
    let made: StoreUnderTest;
    let store: EventStore;
    let prefix: string;
    let beginning: Position | null;

    beforeEach(async () => {
      made = await createStore();
      store = made.store;
      prefix = newPrefix();
      beginning = await endOf(store);
    });
    afterEach(() => made.cleanup());

    const idsIn = async (stream: string) => idsOf(await collect(store.readStream(stream)));

    it('numbers the events of a stream from 1 and answers the version reached', async () => {
      const stream = `${prefix}a`;
      expect((await store.append(stream, 0, events(stream, 0, 2))).version).toBe(2);
      expect((await store.append(stream, 2, events(stream, 2, 1))).version).toBe(3);
      expect(versionsOf(await collect(store.readStream(stream)))).toEqual([1, 2, 3]);
    });

    it('answers the position of the last event, in fixed-width text that sorts in commit order', async () => {
      const first = await store.append(`${prefix}a`, 0, events(`${prefix}a`, 0, 2));
      const second = await store.append(`${prefix}b`, 0, events(`${prefix}b`, 0, 12));
      const recorded = await collect(store.readAll({ after: beginning, streamPrefixes: [prefix] }));
      const positions = recorded.map(({ position }) => position);
      expect([positions[1], positions[13]]).toEqual([first.position, second.position]);
      expect(positions).toEqual([...new Set(positions)].sort());
      expect(new Set(positions.map((position) => position.length)).size).toBe(1);
    });

    it('keeps every field as it was given', async () => {
      const stream = `${prefix}a`;
      const data = JSON.stringify({ text: `"\\ \u0000 Łódź 东京 🚚 ${'x'.repeat(70_000)}`, big: 9007199254740991 });
      const given = chained(stream, 0, [{ data, type: 'ItemShortPicked', schemaVersion: 3, metadata: '{"note":"ü"}' }]);
      const { position } = await store.append(stream, 0, given);
      expect(await collect(store.readStream(stream))).toEqual([{ ...given[0], stream, version: 1, position }]);
    });

    it('keeps the JSON text as it was written, letter by letter', async () => {
      const texts = [
        '{ "a" : 1.0,\t"b": 1e3 }',
        '{"n":9007199254740993,"n":-0}',
        '{"\\u00e9":"\\/","2":0,"1":null}',
        '[]',
      ];
      const stream = `${prefix}a`;
      await store.append(
        stream,
        0,
        chained(
          stream,
          0,
          texts.map((text) => ({ data: text, metadata: text })),
        ),
      );
      const found = await collect(store.readStream(stream));
      expect(found.map(({ data }) => data)).toEqual(texts);
      expect(found.map(({ metadata }) => metadata)).toEqual(texts);
    });

    it.each(['Łódź/東京 7', 'a:b@c?d=e&f', '.*+?^$(){}|[]\\', '-'])('takes a stream named %s', async (name) => {
      const stream = `${prefix}${name}`;
      const { position } = await store.append(stream, 0, events(stream, 0, 1));
      expect(await collect(store.readStream(stream))).toMatchObject([{ stream, version: 1, position }]);
      expect(await collect(store.readAll({ after: beginning, streamPrefixes: [stream] }))).toMatchObject([
        { stream, position },
      ]);
    });

    it('holds for all who write to the log: what another store appended counts, and is read', async () => {
      const other = await made.reopen();
      const stream = `${prefix}a`;
      const first = events(stream, 0, 2);
      await other.append(stream, 0, first);
      await expect(store.append(stream, 0, events(stream, 0, 1))).rejects.toMatchObject({ actualVersion: 2 });
      expect(await store.append(stream, 0, first)).toMatchObject({ version: 2 });
      await store.append(stream, 2, events(stream, 2, 1));
      expect(await collect(other.readStream(stream))).toEqual(await collect(store.readStream(stream)));
    });

    it.each([
      ['behind', 1],
      ['ahead of', 3],
    ])('refuses an expected version %s the stream and writes nothing', async (_, expectedVersion) => {
      const stream = `${prefix}a`;
      const given = events(stream, 0, 2);
      await store.append(stream, 0, given);
      const refused = store.append(stream, expectedVersion, events(stream, expectedVersion, 1));
      await expect(refused).rejects.toThrow(VersionConflict);
      await expect(refused).rejects.toMatchObject({ stream, expectedVersion, actualVersion: 2 });
      expect(await idsIn(stream)).toEqual(idsOf(given));
    });

    it('refuses an expected version above 0 for a stream that does not exist', async () => {
      const refused = store.append(`${prefix}a`, 1, events(`${prefix}a`, 1, 1));
      await expect(refused).rejects.toMatchObject({ name: 'VersionConflict', actualVersion: 0 });
    });

    it.each([-1, 0.5, Number.NaN])('refuses %d, which is no version', async (expectedVersion) => {
      await expect(store.append(`${prefix}a`, expectedVersion, events(`${prefix}a`, 0, 1))).rejects.toThrow();
      expect(await idsIn(`${prefix}a`)).toEqual([]);
    });

    it('answers a repeated append as it did the first time and writes nothing', async () => {
      const stream = `${prefix}a`;
      await store.append(stream, 0, events(stream, 0, 1));
      const given = events(stream, 1, 2);
      const first = await store.append(stream, 1, given);
      expect(await store.append(stream, 1, given)).toEqual(first);
      await store.append(stream, 3, events(stream, 3, 1));
      expect(await store.append(stream, 1, given)).toEqual(first);
      expect(await idsIn(stream)).toHaveLength(4);
    });

    it('refuses an append of which only a part was written before', async () => {
      const stream = `${prefix}a`;
      const given = events(stream, 0, 3);
      await store.append(stream, 0, given.slice(0, 2));
      await expect(store.append(stream, 0, given)).rejects.toThrow(VersionConflict);
      await expect(store.append(stream, 0, given.slice(1, 2))).rejects.toThrow(VersionConflict);
      await expect(store.append(stream, 1, given.slice(0, 1))).rejects.toThrow(VersionConflict);
      await expect(store.append(stream, 0, [...given.slice(0, 1), ...given.slice(2)])).rejects.toThrow(VersionConflict);
      expect(await idsIn(stream)).toEqual(idsOf(given.slice(0, 2)));
    });

    it('writes one and the same append once when it is made twice at a time', async () => {
      const stream = `${prefix}a`;
      const given = events(stream, 0, 2);
      const [first, second] = await Promise.all([store.append(stream, 0, given), store.append(stream, 0, given)]);
      expect(second).toEqual(first);
      expect(await idsIn(stream)).toEqual(idsOf(given));
    });

    it('accepts an empty append only at the expected version', async () => {
      const stream = `${prefix}a`;
      expect(await store.append(stream, 0, [])).toMatchObject({ version: 0 });
      const reached = await store.append(stream, 0, events(stream, 0, 2));
      expect(await store.append(stream, 2, [])).toEqual(reached);
      await expect(store.append(stream, 1, [])).rejects.toThrow(VersionConflict);
      await expect(store.append(stream, 3, [])).rejects.toThrow(VersionConflict);
    });

    it('lets exactly one of many appends at one version win, and tells the others the version reached', async () => {
      const stream = `${prefix}a`;
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, () => store.append(stream, 0, events(stream, 0, 2))),
      );
      const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(refusals).toHaveLength(19);
      for (const refusal of refusals) expect(refusal).toMatchObject({ name: 'VersionConflict', actualVersion: 2 });
      expect(await idsIn(stream)).toHaveLength(2);
    });

    it('lets a conflict harm no other append that waits with it', async () => {
      const streams = Array.from({ length: 30 }, (_, index) => `${prefix}${index}`);
      const results = await Promise.allSettled(
        streams.map((stream, index) => store.append(stream, index % 3 === 0 ? 7 : 0, events(stream, 0, 2))),
      );
      expect(results.map(({ status }) => status)).toEqual(
        streams.map((_, index) => (index % 3 === 0 ? 'rejected' : 'fulfilled')),
      );
      const lengths = await Promise.all(streams.map(async (stream) => (await idsIn(stream)).length));
      expect(lengths).toEqual(streams.map((_, index) => (index % 3 === 0 ? 0 : 2)));
    });

    it('has every acknowledged event after a restart', async () => {
      const stream = `${prefix}a`;
      const given = events(stream, 0, 5);
      await store.append(stream, 0, given);
      await store.close();
      store = await made.reopen();
      expect(await idsIn(stream)).toEqual(idsOf(given));
      await expect(store.append(stream, 4, events(stream, 4, 1))).rejects.toThrow(VersionConflict);
      expect(await store.append(stream, 5, events(stream, 5, 1))).toMatchObject({ version: 6 });
    });

    it('commits what waits before it closes, and is unavailable afterwards', async () => {
      const stream = `${prefix}a`;
      const waiting = store.append(stream, 0, events(stream, 0, 1));
      await store.close();
      expect(await waiting).toMatchObject({ version: 1 });
      const late = store.append(stream, 1, events(stream, 1, 1));
      await expect(late).rejects.toThrow(StoreUnavailable);
      await expect(late).rejects.toMatchObject({ outcome: 'none' });
      await expect(collect(store.readStream(stream))).rejects.toThrow(StoreUnavailable);
      await expect(collect(store.readAll())).rejects.toThrow(StoreUnavailable);
    });
  });
};
