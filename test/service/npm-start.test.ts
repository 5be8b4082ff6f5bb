import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { isLogOpen } from '../../src/event-store/sqlite-hold.ts';
import { ROOT } from '../deploy/compose-file.ts';

const LONGEST_STOP_MS = 5_000;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

describe('npm start', () => {
  let dataDir: string;
  let npm: ChildProcess;
  /** The log lines of the service: npm lets them through. */
  let lines: string[];
  let port: number;

  const until = async (condition: () => boolean): Promise<void> => {
    const deadline = performance.now() + 20_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`not in time: ${lines.join('\n')}`);
      await delay(20);
    }
  };
  const said = (message: string): string | undefined => lines.find((line) => line.includes(`"msg":"${message}"`));
  const servicePid = (): number => Number(/"pid":(\d+)/.exec(said('ready') ?? '')?.[1]);
  const isRunning = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'sourcefold-npm-'));
    port = await freePort();
    lines = [];
    npm = spawn('npm', ['start'], {
      cwd: ROOT,
      env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'ignore'],
      // A process group of its own, as a terminal makes one.
      detached: true,
    });
    if (npm.stdout === null) throw new Error('npm has no output');
    createInterface(npm.stdout).on('line', (line) => lines.push(line));
    await until(() => said('ready') !== undefined);
  }, 30_000);
  afterEach(() => {
    if (isRunning(-Number(npm.pid))) process.kill(-Number(npm.pid), 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  const expectStopInOrder = async (tell: () => void): Promise<void> => {
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    const pid = servicePid();
    const told = performance.now();
    tell();
    await until(() => !isRunning(pid));
    expect(performance.now() - told).toBeLessThan(LONGEST_STOP_MS);
    expect(said('stopped')).toBeDefined();
    expect(isLogOpen(join(dataDir, 'events.db'))).toBe(false);
  };

  it('leaves no service behind when npm gets SIGTERM, though npm does not pass it on', () =>
    expectStopInOrder(() => npm.kill('SIGTERM')));

  it('stops in order on Ctrl-C, which npm, its shell and the service get at once', () =>
    expectStopInOrder(() => process.kill(-Number(npm.pid), 'SIGINT')));
});

it.each([
  ['npm', ['run', '--silent', 'sourcefold', '--', '--version']],
  ['npx', ['sourcefold', '--version']],
])('the commands are run in the checkout by %s %j', async (program, args) => {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(said.trim()).toBe(manifest.version);
});
