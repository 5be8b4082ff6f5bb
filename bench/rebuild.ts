import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyEvent } from '../src/domain/event.ts';
import { createAbridgedDecode } from '../src/event-store/abridged-decode.ts';
import { createCodec } from '../src/event-store/codec.ts';
import type { EventStore } from '../src/event-store/event-store.ts';
import { genesisHash } from '../src/event-store/hash-chain.ts';
import { createSqliteEventStore } from '../src/event-store/sqlite.ts';
import { allProjections } from '../src/projections/all.ts';
import type { Decode } from '../src/projections/decode.ts';
import { rebuildProjections } from '../src/projections/rebuild.ts';
import { createSqliteReadStore } from '../src/projections/sqlite.ts';
import { type Happening, syntheticHistory } from './synthetic-history.ts';

export type RebuildFigures = {
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly residentMegabytes: number;
};

export type RebuildBench = {
  /** Rebuild from this log; without one, a log of so many synthetic orders is made. */
  readonly log?: { readonly eventStore: EventStore; readonly decode: Decode };
  readonly orders?: number;
};

/** How fast all read models together are built anew from the log, in one pass. */
export const benchRebuild = async ({ log, orders = 20_000 }: RebuildBench = {}): Promise<RebuildFigures> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-rebuild-'));
  const { eventStore, decode } = log ?? (await syntheticLog(join(folder, 'log.db'), orders));
  const readStore = createSqliteReadStore({ file: join(folder, 'read.db'), bulk: true });
  let events = 0;
  const startedAt = performance.now();
  await rebuildProjections({
    eventStore,
    readStore,
    decode,
    projections: allProjections,
    dropAfterMs: 0,
    onProgress: (progress) => {
      events = progress.events;
    },
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const residentMegabytes = Math.round(process.memoryUsage().rss / 1_048_576);
  await readStore.close();
  if (log === undefined) await eventStore.close();
  await rm(folder, { recursive: true });
  return { events, seconds, eventsPerSecond: Math.round(events / seconds), residentMegabytes };
};

const syntheticLog = async (file: string, orders: number): Promise<{ eventStore: EventStore; decode: Decode }> => {
  const eventStore = createSqliteEventStore({ file });
  let ids = 0;
  const newId = (): string => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
  const codec = createCodec({ newId });
  const streams = new Map<string, { version: number; previousHash: string }>();

  const append = (stream: string, events: readonly AnyEvent[]): Promise<unknown> => {
    const { version, previousHash } = streams.get(stream) ?? { version: 0, previousHash: genesisHash };
    const metadata = {
      recordedAt: '2026-03-02T09:00:00.000Z',
      actor: 'bench',
      channel: 'web-uk',
      commandId: stream,
      correlationId: stream,
      causationId: stream,
    };
    const encoded = codec.encode(events, { stream, version, previousHash, metadata });
    const last = encoded.at(-1)?.hash ?? previousHash;
    streams.set(stream, { version: version + events.length, previousHash: last });
    return eventStore.append(stream, version, encoded);
  };

  for (const together of syntheticHistory(orders))
    await Promise.all(together.map(([stream, events]: Happening) => append(stream, events)));
  // As after a restart: nothing that was encoded here is remembered.
  return { eventStore, decode: createAbridgedDecode(createCodec({ newId }).decode) };
};
