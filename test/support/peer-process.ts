import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../peers/eventstoredb-main.ts', import.meta.url));
const ANY_PORT = 0;

/** The EventStoreDB of the tests in a process of its own. */
export type PeerProcess = {
  readonly url: string;
  readonly port: number;
  readonly kill: () => Promise<void>;
  /** After a kill: on the same file and port. */
  readonly restart: () => Promise<void>;
};

export const startPeer = async (file: string): Promise<PeerProcess> => {
  let { child, url } = await launch(file, ANY_PORT);
  const port = Number(/:(\d+)/.exec(url)?.[1]);
  return {
    url,
    port,
    kill: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    restart: async () => {
      ({ child, url } = await launch(file, port));
    },
  };
};

const launch = async (file: string, port: number) => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, String(port), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const url = /^listening on (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error('the EventStoreDB peer ended before it listened');
};
