import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SqliteEventStore } from '../../src/event-store/sqlite.ts';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { checkLogFile } from '../../src/event-store/sqlite-check.ts';
import { damageIn } from '../../src/event-store/sqlite-damage.ts';
import { openLogFile, positionOf } from '../../src/event-store/sqlite-file.ts';
import { verifyLog } from '../../src/event-store/verify.ts';
import { fill } from '../contracts/event-store-examples.ts';
import { createLogFolder, type LogFolder } from './log-folder.ts';

describe('checking the file of a SQLite event log', () => {
  let folder: LogFolder;
  let log: SqliteEventStore;

  /** Rows 1–3: order-1; rows 4–8: stockLocation-1. */
  beforeEach(async () => {
    folder = createLogFolder();
    log = createSqliteEventStore({ file: folder.file });
    await fill(log, 'order-1', 3);
    await fill(log, 'stockLocation-1', 5);
  });
  afterEach(async () => {
    await log.close();
    await folder.remove();
  });

  it('finds nothing in an untouched file', async () => {
    await fill(log, 'nodash', 1);
    expect(checkLogFile(log.db)).toEqual([]);
  });

  it('locates an event that readers by stream prefix no longer meet', async () => {
    folder.tamper('UPDATE events SET category = 99 WHERE position = 5');
    expect((await verifyLog(log)).problemCount).toBe(0);
    expect(checkLogFile(log.db)).toEqual([
      { kind: 'category-differs', stream: 'stockLocation-1', version: 2, position: positionOf(5) },
    ]);
  });

  it('locates a stream that was filed under another category, with all its events', () => {
    folder.tamper(
      `UPDATE streams SET category = 99 WHERE name = 'order-1'; UPDATE events SET category = 99 WHERE stream = 1`,
    );
    expect(checkLogFile(log.db)).toEqual([
      { kind: 'stream-category-differs', stream: 'order-1', version: 1, position: positionOf(1) },
    ]);
  });

  it('locates the streams of a category that was renamed', () => {
    folder.tamper(`UPDATE categories SET name = 'refund-' WHERE name = 'order-'`);
    expect(checkLogFile(log.db)).toEqual([
      { kind: 'stream-category-differs', stream: 'order-1', version: 1, position: positionOf(1) },
    ]);
  });

  it('locates events of a stream that is gone', () => {
    folder.tamper(`DELETE FROM streams WHERE name = 'stockLocation-1'`);
    expect(checkLogFile(log.db).map((problem) => 'position' in problem && problem.position)).toEqual(
      [4, 5, 6, 7, 8].map(positionOf),
    );
  });

  it('says how far a log with broken pages can be read', async () => {
    for (let stream = 2; stream < 60; stream++) await fill(log, `order-${stream}`, 50);
    await log.close();
    const file = openSync(folder.file, 'r+');
    writeSync(file, Buffer.alloc(16_384, 0x5a), 0, 16_384, 4_096 * 100);
    closeSync(file);
    log = createSqliteEventStore({ file: folder.file });
    const found = await verifyLog(log);
    expect(found.problems.map(({ kind }) => kind)).toContain('log-unreadable');
    expect(checkLogFile(log.db)[0]).toMatchObject({ kind: 'file-damaged' });
  });

  it('tells a file that is no database from every other trouble', async () => {
    writeFileSync(`${folder.file}-not`, 'This is a letter, not a database. '.repeat(100));
    let thrown: unknown;
    try {
      openLogFile(`${folder.file}-not`);
    } catch (error) {
      thrown = error;
    }
    expect(damageIn(thrown)).toBe('file is not a database');
    expect(damageIn(new Error('database is locked'))).toBeNull();
  });
});
