import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };

export const BENCH_SECRET = 'bench-administrator-key';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

// Of /proc/PID/stat, counted from the field behind the name.
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;
const TICKS_PER_SECOND = 100;

export type BenchServer = {
  readonly url: string;
  readonly dataDir: string;
  readonly residentBytes: () => number;
  /** Processor time that it has used. */
  readonly cpuSeconds: () => number;
  readonly stop: () => Promise<void>;
};

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'sourcefold-bench-'));

const serverOf = (child: ChildProcess, url: string, dataDir: string): BenchServer => ({
  url,
  dataDir,
  residentBytes: () => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024;
  },
  cpuSeconds: () => {
    const [, afterName = ''] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ');
    const fields = afterName.split(' ');
    return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND;
  },
  stop: async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  },
});

export const startFloor = async (port: number): Promise<BenchServer> => {
  const dataDir = temporaryFolder();
  const child = fork(path('floor.ts'), [join(dataDir, 'floor.db'), String(port)]);
  await once(child, 'message');
  return serverOf(child, `http://127.0.0.1:${port}`, dataDir);
};

/** The service as `npm start` runs it, in a process of its own. */
export const startService = async (
  port: number,
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchServer> => {
  const [, ...given] = manifest.scripts.start.split(' ');
  const child = spawn(process.execPath, given, {
    cwd: path('..'),
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: dataDir,
      ADMIN_API_KEY: BENCH_SECRET,
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`);
    const ready = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return serverOf(child, url, dataDir);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });
