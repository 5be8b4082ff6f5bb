import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** A server that speaks MongoDB's wire protocol, in a process and on a file of its own. See `mongodb/pom.xml`. */
export type MongoServer = {
  readonly url: string;
  readonly port: number;
  /** SIGKILL. What it had acknowledged is in the file. */
  readonly kill: () => Promise<void>;
  /** After a kill: on the same file and port. */
  readonly restart: () => Promise<void>;
  /** Ends it and removes its file. */
  readonly stop: () => Promise<void>;
};

const SOURCE = join(import.meta.dirname, 'mongodb');

const isOnThisMachine = (command: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;

const missing = ['java', 'mvn'].filter((command) => !isOnThisMachine(command));

/** What the machine lacks to run it, for the title of what is skipped; null where it can run. */
export const mongoServerMissing: string | null = missing.length === 0 ? null : `no ${missing.join(' and no ')}`;

/** The first build asks Maven Central for a dozen files. */
export const BUILD_MS = 300_000;

/** Built once for each version of the sources, whoever else builds it at the same time. */
const build = async (): Promise<string> => {
  const digest = createHash('sha256');
  for (const file of ['pom.xml', 'MongoPeer.java']) digest.update(await readFile(join(SOURCE, file)));
  const built = join(SOURCE, 'target', digest.digest('hex').slice(0, 16));
  if (existsSync(built)) return built;
  const mine = `${built}.${process.pid}`;
  await promisify(execFile)('mvn', ['-q', '-B', `-Dpeer.target=${mine}`, 'process-classes'], { cwd: SOURCE });
  try {
    await rename(mine, built);
  } catch (error) {
    if (!existsSync(built)) throw error;
    await rm(mine, { recursive: true });
  }
  return built;
};

const launch = async (built: string, file: string, port: number) => {
  const classes = `${join(built, 'classes')}:${join(built, 'dependency', '*')}`;
  const options = ['-Xmx512m', '-XX:+UseSerialGC'];
  const java = spawn('java', [...options, '-cp', classes, 'MongoPeer', file, String(port)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  for await (const line of createInterface(java.stdout)) {
    if (line.startsWith('port ')) return { java, port: Number(line.slice(5)) };
  }
  throw new Error(`the MongoDB peer ended before it listened on port ${port}`);
};

export const startMongoServer = async (): Promise<MongoServer> => {
  const built = await build();
  const folder = await mkdtemp(join(tmpdir(), 'mongodb-peer-'));
  const file = join(folder, 'data');
  let running = await launch(built, file, 0);
  const { port } = running;

  const kill = async (): Promise<void> => {
    const { java } = running;
    if (java.exitCode !== null || java.signalCode !== null) return;
    const ended = once(java, 'exit');
    java.kill('SIGKILL');
    await ended;
  };

  const restart = async (): Promise<void> => {
    running = await launch(built, file, port);
  };

  const stop = async (): Promise<void> => {
    await kill();
    await rm(folder, { recursive: true });
  };

  return { url: `mongodb://127.0.0.1:${port}`, port, kill, restart, stop };
};
