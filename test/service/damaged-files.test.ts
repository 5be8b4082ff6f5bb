import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startService } from '../support/running-service.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const NO_DATABASE = 'This is a letter, not a database. '.repeat(500);

describe('a data folder with a damaged file', () => {
  let folder: string;
  let log: string;
  let readModels: string;

  beforeAll(async () => {
    const service = await startService();
    folder = service.folder;
    log = join(folder, 'events.db');
    readModels = join(folder, 'read-models.db');
    for (let channel = 1; channel <= 150; channel++)
      await service.admin.put(`/v1/channels/c${channel}`, { name: 'x'.repeat(200), kind: 'web' });
    await service.stop();
    copyFileSync(log, `${log}.whole`);
  });
  beforeEach(() => {
    copyFileSync(`${log}.whole`, log);
    rmSync(readModels, { force: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (command: string) => {
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', MAIN, command],
      {
        env: { ...process.env, DATA_DIR: folder, PORT: '0', ADMIN_API_KEY: 'sfk_test_administrator' },
        encoding: 'utf8',
        timeout: 20_000,
      },
    );
    return { status, stderr, stdout };
  };

  /** Overwrites all pages from the middle of the file on. */
  const breakSecondHalf = (): void => {
    const pages = Math.floor(statSync(log).size / 4_096);
    const start = Math.floor(pages / 2);
    const file = openSync(log, 'r+');
    writeSync(file, Buffer.alloc((pages - start) * 4_096, 0x5a), 0, (pages - start) * 4_096, start * 4_096);
    closeSync(file);
  };

  it('does not start on a log that is no database, and says so in one line', () => {
    writeFileSync(log, NO_DATABASE);
    expect(run('serve')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^The event log \S+ cannot be opened: file is not a database\. [^\n]*\n$/),
    });
  });

  it('does not start on a log with broken pages, and says so in one line', () => {
    breakSecondHalf();
    const { status, stderr } = run('serve');
    expect(stderr).toMatch(/^The [^\n]+: database disk image is malformed\. [^\n]*\n$/);
    expect(status).toBe(2);
  });

  it('does not start on read models that are no database, and says that they can be built anew', () => {
    writeFileSync(readModels, NO_DATABASE);
    expect(run('serve')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^The read store \S+ cannot be opened: file is not a database\. Move it away: it is built anew from the log\.\n$/,
      ),
    });
  });

  it('verifies as far as the log can be read, and says how far', () => {
    breakSecondHalf();
    const { status, stderr, stdout } = run('verify');
    expect(stdout).toMatch(/unreadable (after position \d{16}|from its start)\.\n$/);
    expect(stdout).not.toContain('Head ');
    expect([status, stderr]).toEqual([1, expect.not.stringContaining(' at ')]);
  });

  it('verifies a log that is no database as unreadable from its start', () => {
    writeFileSync(log, NO_DATABASE);
    expect(run('verify')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(
        /^\{"kind":"log-unreadable","after":null,[^\n]*\n[^\n]*unreadable from its start\.\n$/,
      ),
    });
  });

  it('verifies the log whatever became of the read models', () => {
    writeFileSync(readModels, NO_DATABASE);
    expect(run('verify')).toMatchObject({ status: 0, stdout: expect.stringContaining('intact') });
  });
});
