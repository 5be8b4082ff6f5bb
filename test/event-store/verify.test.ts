import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { isNextPosition, positionOf } from '../../src/event-store/sqlite-file.ts';
import { type LogHead, type VerifyOptions, verifyLog } from '../../src/event-store/verify.ts';
import { chained, collect, fill } from '../contracts/event-store-examples.ts';
import { createLogFolder, type LogFolder } from './log-folder.ts';

const atRow = (row: number, stream: string, version: number) => ({ stream, version, position: positionOf(row) });

describe('verifying the log', () => {
  let folder: LogFolder;
  let store: EventStore;
  let head: LogHead;

  /** Rows 1–3: order-1, versions 1–3; rows 4–8: stockLocation-1, versions 1–5. */
  beforeEach(async () => {
    folder = createLogFolder();
    store = folder.open();
    await fill(store, 'order-1', 3);
    await fill(store, 'stockLocation-1', 5);
    head = (await verifyLog(store)).head;
  });
  afterEach(() => folder.remove());

  const problems = async (options: VerifyOptions = {}) =>
    (await verifyLog(store, { isNextPosition, expectHead: head, ...options })).problems.filter(
      ({ kind }) => kind !== 'head-differs',
    );

  it('finds an untouched log whole', async () => {
    const found = await verifyLog(store, { isNextPosition, expectHead: head });
    expect(found).toEqual({ events: 8, streams: 2, otherStreams: 0, problems: [], problemCount: 0, head });
    expect(head.position).toBe(positionOf(8));
    expect(head.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('leaves out streams of others where it is told which are ours, and counts them', async () => {
    for (const stream of ['invoice-1', 'invoice-2']) {
      await store.append(stream, 0, chained(stream, 0, [{}], 'a hash of their own'));
    }
    expect((await verifyLog(store)).problemCount).toBe(2);
    const isOurs = (stream: string): boolean => !stream.startsWith('invoice-');
    const found = await verifyLog(store, { isOurs, expectHead: head });
    expect(found).toEqual({ events: 8, streams: 2, otherStreams: 2, problems: [], problemCount: 0, head });
  });

  it('finds an empty log whole', async () => {
    const empty = createLogFolder();
    const found = await verifyLog(empty.open(), { isNextPosition });
    expect(found).toMatchObject({ events: 0, streams: 0, problemCount: 0, head: { position: null } });
    expect((await verifyLog(store, { expectHead: found.head })).problems).toEqual([]);
    await empty.remove();
  });

  it.each([
    ['data', `data = '{"sku":"mug","quantity":9}'`],
    ['metadata', `metadata = '{"actor":"nobody"}'`],
    ['type', `type = 'StockAdjusted'`],
    ['schema version', 'schemaVersion = 2'],
    ['id', `id = '00000000-0000-4000-8000-000000000000'`],
  ])('locates an event whose %s was changed, and blames no other', async (_, change) => {
    folder.tamper(`UPDATE events SET ${change} WHERE position = 5`);
    expect(await problems()).toEqual([{ kind: 'hash-differs', ...atRow(5, 'stockLocation-1', 2) }]);
  });

  it('locates an event whose hash was changed, with the one that was chained to it', async () => {
    folder.tamper(`UPDATE events SET hash = '${'0'.repeat(64)}' WHERE position = 5`);
    expect(await problems()).toEqual([
      { kind: 'hash-differs', ...atRow(5, 'stockLocation-1', 2) },
      { kind: 'hash-differs', ...atRow(6, 'stockLocation-1', 3) },
    ]);
  });

  it('locates an event that was put into another stream', async () => {
    folder.tamper(`UPDATE streams SET name = 'stockLocation-2' WHERE name = 'stockLocation-1'`);
    expect((await problems())[0]).toEqual({ kind: 'hash-differs', ...atRow(4, 'stockLocation-2', 1) });
  });

  it('locates where an event was cut out of the middle', async () => {
    folder.tamper('DELETE FROM events WHERE position = 6');
    expect(await problems()).toEqual([
      { kind: 'positions-missing', ...atRow(7, 'stockLocation-1', 4), after: positionOf(5) },
      { kind: 'versions-missing', ...atRow(7, 'stockLocation-1', 4), expectedVersion: 3 },
    ]);
    expect(await problems({ isNextPosition: () => true })).toHaveLength(1);
  });

  it('locates where the first events of the log and the last of a stream were cut off', async () => {
    folder.tamper('DELETE FROM events WHERE position IN (1, 3)');
    expect(await problems()).toEqual([
      { kind: 'positions-missing', ...atRow(2, 'order-1', 2), after: null },
      { kind: 'versions-missing', ...atRow(2, 'order-1', 2), expectedVersion: 1 },
      { kind: 'positions-missing', ...atRow(4, 'stockLocation-1', 1), after: positionOf(2) },
    ]);
  });

  it('finds the end of the log cut off by the head noted before', async () => {
    folder.tamper('DELETE FROM events WHERE position = 8');
    expect((await verifyLog(store, { isNextPosition })).problems).toEqual([]);
    expect(await problems()).toEqual([{ kind: 'log-cut', position: positionOf(7) }]);
  });

  it('locates two events of a stream that changed places', async () => {
    folder.tamper(`
      UPDATE events SET position = 99 WHERE position = 5;
      UPDATE events SET position = 5 WHERE position = 6;
      UPDATE events SET position = 6 WHERE position = 99;`);
    expect(await problems()).toEqual([
      { kind: 'versions-missing', ...atRow(5, 'stockLocation-1', 3), expectedVersion: 2 },
      { kind: 'version-out-of-order', ...atRow(6, 'stockLocation-1', 2), expectedVersion: 4 },
      { kind: 'versions-missing', ...atRow(7, 'stockLocation-1', 4), expectedVersion: 3 },
    ]);
  });

  it('locates two events of a stream that changed versions', async () => {
    folder.tamper(`
      UPDATE events SET version = 99 WHERE position = 5;
      UPDATE events SET version = 2 WHERE position = 6;
      UPDATE events SET version = 3 WHERE position = 5;`);
    expect((await problems())[0]).toMatchObject(atRow(5, 'stockLocation-1', 3));
  });

  it('finds two events of different streams that changed places by the head noted before', async () => {
    folder.tamper(`
      UPDATE events SET position = 99 WHERE position = 3;
      UPDATE events SET position = 3 WHERE position = 4;
      UPDATE events SET position = 4 WHERE position = 99;`);
    const found = await verifyLog(store, { isNextPosition, expectHead: head });
    expect(found.problems).toMatchObject([{ kind: 'head-differs', position: head.position }]);
  });

  it('finds a whole stream rewritten with a chain of its own by the head noted before', async () => {
    const [first, ...rest] = await collect(store.readStream('order-1'));
    const forged = chained('order-1', 0, [{ ...first, data: '{"sku":"mug","quantity":7}' }, ...rest]);
    for (const { id, data, hash } of forged)
      folder.tamper(`UPDATE events SET data = '${data}', hash = '${hash}' WHERE id = '${id}'`);
    expect((await verifyLog(store, { isNextPosition })).problems).toEqual([]);
    const found = await verifyLog(store, { isNextPosition, expectHead: head });
    expect(found.problems).toMatchObject([{ kind: 'head-differs', position: head.position }]);
  });

  it('proves an earlier head in a log that has grown since', async () => {
    await fill(store, 'order-2', 4);
    const grown = await verifyLog(store, { isNextPosition, expectHead: head });
    expect(grown.problems).toEqual([]);
    expect(grown.head).not.toEqual(head);
    folder.tamper(`UPDATE events SET data = '{}' WHERE position = 12`);
    expect(await problems()).toEqual([{ kind: 'hash-differs', ...atRow(12, 'order-2', 4) }]);
  });

  it('counts every problem and lists the first thousand', async () => {
    await fill(store, 'order-3', 1_500);
    folder.tamper(`UPDATE events SET metadata = '{}'`);
    const found = await verifyLog(store);
    expect(found.problems).toHaveLength(1_000);
    expect(found.problemCount).toBe(1_508);
  });

  it('tells how far it has come', async () => {
    await fill(store, 'order-3', 11_000);
    const progress: number[] = [];
    await verifyLog(store, { onProgress: (events) => progress.push(events) });
    expect(progress).toEqual([10_000, 11_008]);
  });
});
