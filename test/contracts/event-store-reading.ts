import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../src/domain/values.ts';
import { type EventStore, StoreUnavailable } from '../../src/event-store/event-store.ts';
import type { StoreUnderTest } from './event-store.ts';
import { collect, endOf, events, fill, idsOf, newPrefix, versionsOf } from './event-store-examples.ts';

export const readingContract = (createStore: () => Promise<StoreUnderTest>): void => {
  describe('reading', () => {
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

    const append = async (stream: string, from: number, count: number) =>
      (await store.append(stream, from, events(stream, from, count))).position;

    const streamsRead = async (...streamPrefixes: readonly string[]) =>
      (await collect(store.readAll({ after: beginning, streamPrefixes }))).map(({ stream }) =>
        stream.replace(prefix, ''),
      );

    it.each([
      [{}, [1, 2, 3, 4, 5]],
      [{ from: 2 }, [3, 4, 5]],
      [{ from: 1, limit: 2 }, [2, 3]],
      [{ from: 5 }, []],
      [{ from: 9 }, []],
      [{ limit: 0 }, []],
      [{ direction: 'backwards' }, [5, 4, 3, 2, 1]],
      [{ direction: 'backwards', from: 3 }, [3, 2, 1]],
      [{ direction: 'backwards', from: 4, limit: 2 }, [4, 3]],
      [{ direction: 'backwards', from: 99, limit: 1 }, [5]],
      [{ direction: 'backwards', from: 0 }, []],
    ] as const)('reads a stream of five with %o as %o', async (options, versions) => {
      await append(`${prefix}1`, 0, 3);
      await append(`${prefix}10`, 0, 2);
      await append(`${prefix}1`, 3, 2);
      expect(versionsOf(await collect(store.readStream(`${prefix}1`, options)))).toEqual(versions);
    });

    it('reads nothing from a stream that does not exist', async () => {
      expect(await collect(store.readStream(`${prefix}none`))).toEqual([]);
      expect(await collect(store.readStream(`${prefix}none`, { direction: 'backwards' }))).toEqual([]);
    });

    it('reads a long stream whole, both ways', async () => {
      const given = idsOf(await fill(store, `${prefix}long`, 2_345));
      expect(idsOf(await collect(store.readStream(`${prefix}long`)))).toEqual(given);
      expect(idsOf(await collect(store.readStream(`${prefix}long`, { direction: 'backwards' })))).toEqual(
        given.toReversed(),
      );
    });

    it('reads all events in commit order, each with its stream, version and position', async () => {
      await append(`${prefix}a`, 0, 2);
      await append(`${prefix}b`, 0, 1);
      const last = await append(`${prefix}a`, 2, 1);
      const found = (await collect(store.readAll({ after: beginning }))).filter(({ stream }) =>
        stream.startsWith(prefix),
      );
      expect(found.map(({ stream, version }) => [stream.at(-1), version])).toEqual([
        ['a', 1],
        ['a', 2],
        ['b', 1],
        ['a', 3],
      ]);
      expect(found.at(-1)?.position).toBe(last);
    });

    it('reads after a position, and backwards before it, without the event that stands there', async () => {
      await append(`${prefix}a`, 0, 3);
      const [one, two, three] = await collect(store.readAll({ after: beginning, streamPrefixes: [prefix] }));
      const read = async (options: { after: string | null; direction?: 'backwards'; limit?: number }) =>
        idsOf(await collect(store.readAll({ ...options, streamPrefixes: [prefix] })));
      expect(await read({ after: one?.position ?? '' })).toEqual([two?.id, three?.id]);
      expect(await read({ after: three?.position ?? '' })).toEqual([]);
      expect(await read({ after: null, limit: 2 })).toEqual([one?.id, two?.id]);
      expect(await read({ after: null, direction: 'backwards', limit: 2 })).toEqual([three?.id, two?.id]);
      expect(await read({ after: three?.position ?? '', direction: 'backwards', limit: 2 })).toEqual([
        two?.id,
        one?.id,
      ]);
      expect(await read({ after: one?.position ?? '', direction: 'backwards' })).toEqual([]);
    });

    it('takes a stream prefix letter by letter: no wildcards, no other case', async () => {
      for (const name of ['Order-1', 'order-1', 'order-%', 'ord_r-1', 'orders-1', 'stock-1'])
        await append(`${prefix}${name}`, 0, 1);
      expect(await streamsRead(`${prefix}order-`)).toEqual(['order-1', 'order-%']);
      expect(await streamsRead(`${prefix}order-%`)).toEqual(['order-%']);
      expect(await streamsRead(`${prefix}ord_r-`)).toEqual(['ord_r-1']);
      expect(await streamsRead(`${prefix}%`)).toEqual([]);
    });

    it('reads streams by short, long and several prefixes, in commit order', async () => {
      const bare = prefix.slice(0, -1);
      for (const name of [`${bare}-1`, `${bare}x-1`, `${bare}-12`, bare, `${bare}x-2`, `${bare}-2`])
        await append(name, 0, 1);
      const read = async (...streamPrefixes: readonly string[]) =>
        (await collect(store.readAll({ after: beginning, streamPrefixes }))).map(({ stream }) =>
          stream.slice(bare.length),
        );
      expect(await read(bare)).toEqual(['-1', 'x-1', '-12', '', 'x-2', '-2']);
      expect(await read(`${bare}-`)).toEqual(['-1', '-12', '-2']);
      expect(await read(`${bare}-1`)).toEqual(['-1', '-12']);
      expect(await read(`${bare}x-`, `${bare}-1`, `${bare}-12`)).toEqual(['-1', 'x-1', '-12', 'x-2']);
      expect(await read()).toEqual([]);
    });

    it('reads a long log whole by prefix, both ways, though most of it belongs to others', async () => {
      const wanted: string[] = [];
      for (let version = 0; version < 4; version += 1) {
        const made = events(`${prefix}few`, version, 1);
        await store.append(`${prefix}few`, version, made);
        wanted.push(...idsOf(made));
        await fill(store, `${prefix}many${version}`, 700);
      }
      const few = { after: beginning, streamPrefixes: [`${prefix}few`] };
      const fewBackwards = { ...few, after: null, direction: 'backwards', limit: wanted.length } as const;
      expect(idsOf(await collect(store.readAll(few)))).toEqual(wanted);
      expect(idsOf(await collect(store.readAll(fewBackwards)))).toEqual(wanted.toReversed());
      expect(idsOf(await collect(store.readAll({ ...few, limit: 3 })))).toEqual(wanted.slice(0, 3));
      const many = { after: beginning, streamPrefixes: [`${prefix}many`] };
      expect(await collect(store.readAll(many))).toHaveLength(2_800);
    });

    it('reads a long log whole, both ways', async () => {
      const given = idsOf([...(await fill(store, `${prefix}a`, 1_100)), ...(await fill(store, `${prefix}b`, 1_100))]);
      const streamPrefixes = [`${prefix}a`, `${prefix}b`];
      const backwards = { streamPrefixes, direction: 'backwards', limit: given.length } as const;
      expect(idsOf(await collect(store.readAll({ after: beginning, streamPrefixes })))).toEqual(given);
      expect(idsOf(await collect(store.readAll(backwards)))).toEqual(given.toReversed());
    });

    it('fails a read that nobody waits for any more', async () => {
      await append(`${prefix}a`, 0, 3);
      const signal = AbortSignal.abort();
      await expect(collect(store.readAll({ after: beginning, signal }))).rejects.toThrow(StoreUnavailable);
    });

    it('lets others write while it reads', async () => {
      await fill(store, `${prefix}long`, 1_500);
      let count = 0;
      for await (const { version } of store.readAll({ after: beginning, streamPrefixes: [`${prefix}long`] })) {
        count += 1;
        if (version % 500 === 0) await append(`${prefix}other`, version / 500 - 1, 1);
      }
      expect(count).toBe(1_500);
    });
  });
};
