import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Ended, sourcefold } from '../support/command.ts';
import { type RunningService, startService } from '../support/running-service.ts';

/** One line and no more: no stack, no second thought. */
const sentence = (beginning: string) => expect.stringMatching(new RegExp(`^${RegExp.escape(beginning)}[^\\n]*\\n$`));

describe('a command that cannot do its work says why in a sentence, ends with 2, and has changed nothing', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const fileOf = (name: string, content: string | Uint8Array): string => {
    writeFileSync(at(name), content);
    return at(name);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-commands-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    sourcefold(args, { DATA_DIR: at('data'), PORT: '1', ...environment });

  const csv = 'channelOrderNumber,sku,quantity,country,city\nW-1,tea,1,DE,Köln\n';

  it.each([
    ['Latin-1', Buffer.from(csv, 'latin1'), 'Line 2 is not UTF-8'],
    ['UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le'), 'The file is UTF-16.'],
    ['compressed', gzipSync(csv), 'The file is compressed (gzip).'],
  ])('import, of a file that is %s', async (name, content, beginning) => {
    const ended = await run(['import', 'orders', fileOf(`${name}.csv`, content)]);
    expect(ended).toEqual({ code: 2, stdout: '', stderr: sentence(beginning) });
    expect(existsSync(at('data'))).toBe(false);
  });

  it.each([
    ['a wrong header', 'order,article\nW-1,tea\n', 'the first row is not the header of a file we can import'],
    ['a column that is not known', csv.replace('city', 'town'), 'column "town" is not known in '],
    ['nothing in it', '', 'the first row is not the header of a file we can import'],
  ])('import, of a file with %s, where no service runs', async (_, content, beginning) => {
    const ended = await run(['import', 'orders', fileOf('header.csv', content)]);
    expect(ended).toEqual({ code: 2, stdout: '', stderr: sentence(beginning) });
    expect(existsSync(at('data'))).toBe(false);
  });

  it.each([
    ['--channel', 'no such/channel', '--channel "no such/channel" must be 1 to 64 letters'],
    ['--currency', 'Euro', '--currency "Euro" must be an ISO 4217 code'],
  ])('import, with a %s that cannot be, where no service runs', async (option, value, beginning) => {
    const ended = await run(['import', 'orders', fileOf('good.csv', csv), option, value]);
    expect(ended).toEqual({ code: 2, stdout: '', stderr: sentence(beginning) });
    expect(existsSync(at('data'))).toBe(false);
  });

  /** The port at which somebody answers for the length of the test. */
  const listening = async (server: Server): Promise<string> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    return typeof address === 'object' && address !== null ? String(address.port) : '';
  };

  it.each([
    ['speaks HTTP', () => createHttpServer((_, response) => response.end('<h1>Grafana</h1>'))],
    ['speaks HTTP and knows no such page', () => createHttpServer((_, response) => response.writeHead(404).end())],
    ['speaks something else', () => createServer((socket) => socket.end('-ERR unknown command\r\n'))],
  ])('demo and import, where another program answers that %s', async (_, create) => {
    const PORT = await listening(create());
    for (const args of [['demo'], ['import', 'orders', fileOf('one.csv', csv)]])
      expect(await run(args, { PORT })).toEqual({
        code: 2,
        stdout: '',
        stderr: sentence(`At http://127.0.0.1:${PORT} another program answers, not Sourcefold.`),
      });
    expect(existsSync(at('data'))).toBe(false);
  });

  it('import, where nobody answers and nothing is wrong, which is done and says what came of it', async () => {
    const own = { DATA_DIR: at('own') };
    const file = fileOf('one.csv', csv);
    const first = await run(['import', 'orders', file], own);
    expect(first).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('No service answers at http://127.0.0.1:1'),
    });
    expect(first.stdout).toBe(
      '1 rows, 1 orders: 1 placed, 0 already there, 0 refused.\nOrder status: 1 backordered.\nRefused rows: 0 (none).\n',
    );
    const again = await run(['import', 'orders', file], own);
    expect(again.stdout).toContain('0 placed, 1 already there');
    expect(again.stderr).toMatch(/Importing \S+ 0 % \| 0\/1 rows .*\n.*Importing \S+ 100 % \| 1\/1 rows \| 0 s left/);
    const rebuilt = await run(['rebuild', 'orders', 'locations'], own);
    expect(rebuilt.stdout).toMatch(/^orders: \{"compared":1,"different":\[\],"unsettled":\[\]\} -> orders@/m);
    rmSync(join(own.DATA_DIR, 'read-models.db'));
    expect((await run(['rebuild', 'orders'], own)).stdout).toMatch(
      /^orders: built, with nothing to compare with -> orders@\d\n/,
    );
  });

  describe('against a service that runs', () => {
    let service: RunningService;
    let where: { readonly PORT: string; readonly DATA_DIR: string };

    beforeAll(async () => {
      service = await startService(at('service'));
      where = { PORT: new URL(service.url).port, DATA_DIR: at('elsewhere') };
      mkdirSync(where.DATA_DIR);
    });
    afterAll(() => service.stop());

    it.each([
      ['no administrator key at all', '', "wants its administrator's key, and there is none here: set ADMIN_API_KEY"],
      ['another key', 'sfk_another_key_than_its', 'does not take this administrator key.'],
    ])('demo and import, with %s', async (_, key, rest) => {
      for (const args of [['demo'], ['import', 'orders', fileOf('one.csv', csv)]]) {
        const ended = await run(args, { ...where, ADMIN_API_KEY: key });
        expect(ended).toEqual({ code: 2, stdout: '', stderr: sentence(`The service at ${service.url} ${rest}`) });
      }
      expect(readdirSync(where.DATA_DIR)).toEqual([]);
    });
  });

  it('import, when the service goes away in the middle', async () => {
    const rows = Array.from({ length: 3_000 }, (_, n) => `W-${n},tea,1,DE,Berlin`);
    const service = await startService(at('leaving'));
    const key = { PORT: new URL(service.url).port, DATA_DIR: at('leaving'), ADMIN_API_KEY: 'sfk_test_administrator' };
    const file = fileOf('many.csv', `channelOrderNumber,sku,quantity,country,city\n${rows.join('\n')}\n`);
    const importing = run(['import', 'orders', file], key);
    while ((await service.admin.get('/v1/orders?limit=1')).text.includes('"items":[]'));
    await service.stop();
    const { code, stderr } = await importing;
    expect(stderr).toMatch(/The service [^\n]*\. Run the command again to go on: what is there is not done twice\.\n$/);
    expect([code, stderr]).toEqual([2, expect.not.stringContaining('    at ')]);
  });

  describe('on files that are not what they should be', () => {
    const logWith = (sql: string): string => {
      const dataDir = mkdtempSync(join(folder, 'log-'));
      const db = new DatabaseSync(join(dataDir, 'events.db'));
      db.exec(sql);
      db.close();
      return dataDir;
    };

    it.each([
      ["another program's tables", 'CREATE TABLE bookmarks (url)', "it holds another program's tables"],
      ['a log without its events', 'PRAGMA user_version = 1; CREATE TABLE streams (id)', 'some of its tables are gone'],
      ['the log of a later release', 'PRAGMA user_version = 9', 'it has format 9, and this release reads format 1'],
    ])('verify, rebuild and serve, on %s', async (_, sql, why) => {
      const DATA_DIR = logWith(sql);
      for (const command of ['verify', 'rebuild', 'serve']) {
        const ended = await run([command], { DATA_DIR });
        expect(ended).toMatchObject({
          code: 2,
          stderr: expect.stringContaining(`no event log that can be used: ${why}`),
        });
        expect(ended.stderr.trimEnd()).not.toContain('\n');
      }
      const db = new DatabaseSync(join(DATA_DIR, 'events.db'));
      expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
      db.close();
    });

    it('every command, on a folder in the place of a file', async () => {
      const DATA_DIR = mkdtempSync(join(folder, 'folder-'));
      mkdirSync(join(DATA_DIR, 'events.db'));
      for (const command of ['verify', 'rebuild', 'serve']) {
        const { code, stderr } = await run([command], { DATA_DIR });
        expect([code, stderr]).toEqual([2, sentence('The event log ')]);
      }
      const key = mkdtempSync(join(folder, 'key-'));
      mkdirSync(join(key, 'admin-api-key'));
      expect(await run(['serve'], { DATA_DIR: key, ADMIN_API_KEY: '' })).toMatchObject({
        code: 2,
        stderr: sentence("The administrator's key cannot be kept in "),
      });
    });

    it.each([
      ['--html', '/nope/x.html', 'there is no folder /nope'],
      ['--json', tmpdir(), 'it is a folder'],
    ])('simulate, before it begins, whose %s cannot be written', async (option, file, why) => {
      const policy = fileOf('policy.json', '{"routes":[{"name":"all"}]}');
      const ended = await run(['simulate', '--policy', policy, option, file], { DATA_DIR: at('no-log') });
      expect(ended).toEqual({ code: 2, stdout: '', stderr: sentence(`${option}: ${file} cannot be written: ${why}.`) });
    });
  });

  it.each([['verify'], ['rebuild']])('%s, when the event log is away', async (command) => {
    const ended = await run([command], { EVENT_STORE_URL: 'esdb://127.0.0.1:1?tls=false' });
    expect([ended.code, ended.stderr]).toEqual([
      2,
      expect.stringMatching(/the event log cannot be reached: .*ECONNREFUSED/i),
    ]);
    expect(ended.stderr).not.toContain('    at ');
  });

  it.each([
    [[], /^Usage: sourcefold /],
    [['nonsense'], /^error: unknown command 'nonsense'/],
    [['verify', '--nope'], /^error: unknown option '--nope'/],
    [['verify', '--expect-head', '7:abc'], /^--expect-head takes POSITION:DIGEST, as verify printed it\.\n$/],
    [['import'], /^Usage: sourcefold import /],
    [['import', 'orders'], /^error: missing required argument 'file'/],
    [
      ['import', 'orders', 'x.csv', '--concurrency', 'many'],
      /^error: option '--concurrency <n>' argument 'many' is invalid/,
    ],
    [['migrate', '--from', 'sqlite:x'], /^error: required option '--to <place>' not specified/],
  ])('whatever is asked wrongly: %j', async (args, said) => {
    expect(await run(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(said) });
  });

  it('is no failure to be asked for help', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['verify', '--help'])).toMatchObject({ code: 0, stderr: '' });
  });
});
