import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { v7 as uuidv7 } from 'uuid';
import type { EventStore, NewEvent } from '../src/event-store/event-store.ts';
import { chainHash, genesisHash } from '../src/event-store/hash-chain.ts';
import { createSqliteEventStore } from '../src/event-store/sqlite.ts';
import { isNextPosition } from '../src/event-store/sqlite-file.ts';
import { verifyLog } from '../src/event-store/verify.ts';

const BATCH = 64;
/** Long enough that one slow sync to disk does not decide. */
const BATCHES = 3_000;
const SINGLES = 750;
const EVENTS = (BATCHES + SINGLES) * BATCH;

export type EventLogFigures = {
  /** The least that SQLite could do: so many bare rows of the same size a commit, without any index. */
  readonly bareRowsPerSecond: number;
  /** Appends of 64 events each, one after the other. */
  readonly eventsPerSecond: number;
  /** 64 appends of one event each, to 64 new streams, waiting at a time. */
  readonly singleAppendsPerSecond: number;
  readonly readPerSecond: number;
  readonly verifiedPerSecond: number;
};

const streamOf = (count: number): { readonly stream: string; readonly events: readonly NewEvent[] } => {
  const stream = `order-${randomUUID()}`;
  let hash = genesisHash;
  const events = Array.from({ length: count }, (_, index) => {
    const event = {
      id: uuidv7(),
      type: 'FulfilmentReserved',
      schemaVersion: 1,
      data: JSON.stringify({ fulfilmentId: randomUUID(), locationId: 'london-1', note: 'x'.repeat(170) }),
      metadata: JSON.stringify({ recordedAt: '2026-11-23T14:20:00.000Z', commandId: randomUUID(), actor: 'bench' }),
    };
    hash = chainHash(hash, { ...event, stream, version: index + 1 });
    return { ...event, hash };
  });
  return { stream, events };
};

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
};

/** Appends each round's streams at once and waits for all of them. Making the events is not measured. */
const appendRounds = async (store: EventStore, rounds: number, perRound: number, perStream: number) => {
  let seconds = 0;
  for (let round = 0; round < rounds; round += 1) {
    const streams = Array.from({ length: perRound }, () => streamOf(perStream));
    seconds += await secondsOf(() => Promise.all(streams.map(({ stream, events }) => store.append(stream, 0, events))));
  }
  return Math.round((rounds * perRound * perStream) / seconds);
};

const bareRows = async (file: string, rounds: number): Promise<number> => {
  const db = new DatabaseSync(file);
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT)',
  );
  const insert = db.prepare('INSERT INTO rows (text) VALUES (?)');
  const texts = streamOf(BATCH).events.map((event) => Object.values(event).join(' '));
  const seconds = await secondsOf(async () => {
    for (let round = 0; round < rounds; round += 1) {
      db.exec('BEGIN IMMEDIATE');
      for (const text of texts) insert.run(text);
      db.exec('COMMIT');
    }
  });
  db.close();
  return Math.round((rounds * BATCH) / seconds);
};

const countAll = async (store: EventStore): Promise<number> => {
  let count = 0;
  for await (const _event of store.readAll()) count += 1;
  return count;
};

/** The event log alone, on disk, every append durable before the next. */
export const benchEventLog = async (): Promise<EventLogFigures> => {
  const folder = await mkdtemp(join(tmpdir(), 'sourcefold-bench-'));
  const store = createSqliteEventStore({ file: join(folder, 'events.db') });
  try {
    const bare = join(folder, 'bare.db');
    const before = await bareRows(bare, BATCHES / 2);
    const eventsPerSecond = await appendRounds(store, BATCHES, 1, BATCH);
    const after = await bareRows(bare, BATCHES / 2);
    const singleAppendsPerSecond = await appendRounds(store, SINGLES, BATCH, 1);
    const read = await secondsOf(() => countAll(store));
    const verified = await secondsOf(() => verifyLog(store, { isNextPosition }));
    return {
      bareRowsPerSecond: (before + after) / 2,
      eventsPerSecond,
      singleAppendsPerSecond,
      readPerSecond: Math.round(EVENTS / read),
      verifiedPerSecond: Math.round(EVENTS / verified),
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
};
