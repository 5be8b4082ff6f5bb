import { describe, expect, it } from 'vitest';
import { createOwnWrites, createOwnWritesAnywhere } from '../../src/api/own-writes.ts';
import { type EventStore, StoreUnavailable } from '../../src/event-store/event-store.ts';
import { chained } from '../contracts/event-store-examples.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';

const till = { keyId: 'till', role: 'channel' } as const;

describe('what a key wrote', () => {
  it('is the newest position that it was told, and that of no other key', async () => {
    const ownWrites = createOwnWrites();
    ownWrites.note('till', '0000000000000007');
    ownWrites.note('till', '0000000000000003');
    ownWrites.note('shop', '0000000000000009');
    expect(await ownWrites.newest(till)).toBe('0000000000000007');
    expect(await ownWrites.newest({ ...till, keyId: 'quiet' })).toBeUndefined();
  });
});

describe('what a key wrote on any node', () => {
  const append = (store: EventStore, version: number) =>
    store.append('order-1', version, chained('order-1', version, [{}]));

  it('is not after the log’s end, as it is when the key asks', async () => {
    const store = createMemoryEventStore();
    const ownWrites = createOwnWritesAnywhere(store);
    expect(await ownWrites.newest(till)).toBeUndefined();
    for (let version = 0; version < 3; version++) {
      const { position } = await append(store, version);
      expect(await ownWrites.newest(till)).toBe(position);
    }
  });

  it('is never told by a look that began before the key asked', async () => {
    const store = createMemoryEventStore();
    let looks = 0;
    const slow: Pick<EventStore, 'readAll'> = {
      readAll: async function* (options) {
        looks += 1;
        const found = await Array.fromAsync(store.readAll(options));
        await new Promise((resolve) => setTimeout(resolve, 10));
        yield* found;
      },
    };
    const ownWrites = createOwnWritesAnywhere(slow);
    const early = ownWrites.newest(till);
    await new Promise((resolve) => setTimeout(resolve, 2));
    const { position } = await append(store, 0);
    const late = await Promise.all([ownWrites.newest(till), ownWrites.newest(till), ownWrites.newest(till)]);
    expect([await early, ...late]).toEqual([undefined, position, position, position]);
    expect(looks).toBe(2);
  });

  it('need not be known of a key that cannot write, nor while the log is away', async () => {
    const away: Pick<EventStore, 'readAll'> = {
      // biome-ignore lint/correctness/useYield: it only fails.
      readAll: async function* () {
        throw new StoreUnavailable('the line is cut', 'none');
      },
    };
    const ownWrites = createOwnWritesAnywhere(away);
    expect(await ownWrites.newest(till)).toBeUndefined();
    expect(await ownWrites.newest({ keyId: 'report', role: 'reporting' })).toBeUndefined();
  });
});
