import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };

export const PROCESS_SECRET = 'sfk_test_administrator';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [, ...START] = manifest.scripts.start.split(' ');

/** The service as `npm start` runs it, in a process that can be killed. */
export type ServiceProcess = {
  readonly url: string;
  /** Milliseconds from the start of the process to its first ready answer. */
  readonly readyAfterMs: number;
  readonly output: () => string;
  /** Stops the process in its tracks, as a machine without time for it would, and lets it go on. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends the process at once, as a power cut would. */
  readonly kill: () => Promise<void>;
  readonly terminate: () => Promise<number | null>;
};

export const startProcess = async (
  dataDir: string,
  port: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> => {
  const started = performance.now();
  const child = spawn(process.execPath, START, {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: dataDir,
      ADMIN_API_KEY: PROCESS_SECRET,
      LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const url = `http://127.0.0.1:${port}`;
  await untilReady(child, url, () => output).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    url,
    readyAfterMs: performance.now() - started,
    output: () => output,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: async () => void (await end('SIGKILL')),
    terminate: () => end('SIGTERM'),
  };
};

const LONGEST_START_MS = 20_000;
const POLL_MS = 10;

const untilReady = async (child: ChildProcess, url: string, output: () => string): Promise<void> => {
  const deadline = performance.now() + LONGEST_START_MS;
  for (let said = ''; ; await setTimeout(POLL_MS)) {
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}: ${output()}`);
    if (performance.now() > deadline) throw new Error(`the service was not ready in time: ${said} ${output()}`);
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(LONGEST_START_MS) });
      if (response.ok) return;
      said = await response.text();
    } catch (error) {
      said = String(error instanceof Error ? (error.cause ?? error) : error);
    }
  }
};
