import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBegin } from '../../src/event-store/sqlite-begin.ts';
import { openLogFile } from '../../src/event-store/sqlite-file.ts';

const PATIENCE_MS = 60;

describe('beginning a transaction of the log', () => {
  let folder: string;
  let ours: DatabaseSync;
  let other: DatabaseSync;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-begin-'));
    ours = openLogFile(join(folder, 'events.db'), PATIENCE_MS);
    other = new DatabaseSync(join(folder, 'events.db'));
  });
  afterEach(() => {
    ours.close();
    other.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps others from writing until it ends', () => {
    createBegin(ours)();
    expect(() => other.exec('BEGIN IMMEDIATE')).toThrow(/locked/);
    ours.exec('COMMIT');
    other.exec('BEGIN IMMEDIATE; ROLLBACK');
  });

  it('waits as long as the file was opened to wait, and then says that it is locked', () => {
    const begin = createBegin(ours);
    other.exec('BEGIN IMMEDIATE');
    expect(begin).toThrow(/locked/);
    other.exec('ROLLBACK');
    begin();
    expect(ours.isTransaction).toBe(true);
  });

  it('leaves the time limit of all other statements as it was', () => {
    createBegin(ours)();
    expect(ours.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: PATIENCE_MS });
  });
});
