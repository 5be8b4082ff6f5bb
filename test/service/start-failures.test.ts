import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startService } from '../support/running-service.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

describe('a service that cannot start', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-start-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (command: string, environment: Readonly<Record<string, string | undefined>>) => {
    const { status, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, command], {
      env: { ...process.env, DATA_DIR: join(folder, 'data'), ...environment },
      encoding: 'utf8',
      timeout: 20_000,
    });
    return { status, stderr };
  };

  it('says in a sentence that its port is taken, and ends', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    expect(run('serve', { PORT: port })).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^Port \d+ of 127\.0\.0\.1 is taken: [^\n]*\n$/),
    });
    other.close();
  });

  it('says in a sentence what is wrong with DATA_DIR', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    for (const dataDir of [file, join(file, 'below'), '/dev/null/data']) {
      expect(run('serve', { PORT: '0', DATA_DIR: dataDir })).toEqual({
        status: 2,
        stderr: expect.stringMatching(/^DATA_DIR [^\n]* is not a folder to keep data in: [^\n]*\n$/),
      });
    }
  });

  it('names every setting it cannot use', () => {
    const { status, stderr } = run('serve', {
      PORT: 'abc',
      LOG_LEVEL: 'loud',
      ADMIN_API_KEY: 'spaces in between them',
    });
    expect(status).toBe(2);
    for (const name of ['PORT', 'LOG_LEVEL', 'ADMIN_API_KEY']) expect(stderr).toContain(`  ${name}: `);
  });

  it.each([
    [
      { EVENT_STORE_URL: 'esdb://admin:s3cret@host:port' },
      'EVENT_STORE_URL: not a connection string: esdb://[user:password@]',
    ],
    [{ EVENT_STORE_URL: 'esdb://admin:s3cret@a:99999999' }, 'EVENT_STORE_URL: no such port: '],
    [
      { EVENT_STORE_URL: 'esdb://admin:s3cret@a:1?tlsCAFile=/nope' },
      'EVENT_STORE_URL: tlsCAFile cannot be read: ENOENT',
    ],
    [
      { EVENT_STORE_URL: 'esdb://admin:s3cret@a:1?nodePreference=follower' },
      'EVENT_STORE_URL: nodePreference=follower cannot',
    ],
    [
      { READ_STORE_URL: 'mongodb://admin:s3cret@a/?nonsense=1' },
      "READ_STORE_URL: not a URL that MongoDB's driver takes: opt",
    ],
    [
      { READ_STORE_URL: 'mongodb://admin:s3cret@a/?tlsCAFile=/nope' },
      'READ_STORE_URL: tlsCAFile: there is no file /nope',
    ],
  ])('says in a sentence what is wrong with %j, without its password', (environment, beginning) => {
    const { status, stderr } = run('serve', { PORT: '0', ...environment });
    expect(stderr).toMatch(new RegExp(`^${RegExp.escape(beginning)}[^\\n]*\\.\\n$`));
    expect([status, stderr]).toEqual([2, expect.not.stringContaining('s3cret')]);
  });

  it('makes no log where a command should have found one', () => {
    for (const command of ['verify', 'rebuild']) {
      expect(run(command, { DATA_DIR: join(folder, 'mistyped') }).stderr).toMatch(/^There is no event log in /);
      expect(run(command, { DATA_DIR: join(folder, 'mistyped') }).status).toBe(2);
    }
  });
});

describe('a key that could never be sent', () => {
  it('is refused as the administrator key', () => {
    expect(() => readConfig({ ADMIN_API_KEY: 'schlüssel-mit-umlaut' })).toThrow(/ADMIN_API_KEY/);
    expect(readConfig({ ADMIN_API_KEY: '' }).adminApiKey).toBeUndefined();
  });

  it('is not issued for a channel or a location that is not there', async () => {
    const { admin, stopAndRemove } = await startService();
    for (const [grant, code] of [
      [{ role: 'channel', channelId: 'nowhere' }, 'channel-unknown'],
      [{ role: 'locationStaff', locationId: 'nowhere' }, 'location-unknown'],
    ] as const) {
      const refused = await admin.post('/v1/api-keys', grant);
      expect([refused.status, refused.code]).toEqual([404, code]);
    }
    await stopAndRemove();
  });
});
