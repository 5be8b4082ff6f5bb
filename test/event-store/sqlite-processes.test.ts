import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isNextPosition } from '../../src/event-store/sqlite-file.ts';
import { verifyLog } from '../../src/event-store/verify.ts';
import { collect, takeUntil } from '../contracts/event-store-examples.ts';
import { createLogFolder, type LogFolder } from './log-folder.ts';

const script = fileURLToPath(new URL('appending-process.ts', import.meta.url));

type Appending = { readonly child: ChildProcess; readonly acknowledged: () => readonly string[] };

describe('the SQLite event log between processes', () => {
  let folder: LogFolder;
  let running: readonly Appending[];

  beforeEach(() => {
    folder = createLogFolder();
    running = [];
  });
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await folder.remove();
  });

  const start = (name: string): Appending => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder.file, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const made = { child, acknowledged: () => output.split('\n').slice(0, -1) };
    running = [...running, made];
    return made;
  };

  const untilAcknowledged = async ({ child, acknowledged }: Appending, count: number): Promise<void> => {
    while (acknowledged().length < count) {
      if (child.exitCode !== null) throw new Error(`the appending process ended with ${child.exitCode}`);
      await delay(5);
    }
  };

  const kill = async ({ child }: Appending): Promise<void> => {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  };

  it('keeps every event that was acknowledged before a kill, and no half of an append', async () => {
    for (let round = 0; round < 4; round += 1) {
      const appending = start(`round${round}`);
      await untilAcknowledged(appending, 20 + 120 * round);
      await kill(appending);
      const store = folder.open();
      const found = await collect(store.readAll({ streamPrefixes: [`order-round${round}-`] }));
      const ids = new Set(found.map(({ id }) => id));
      expect(appending.acknowledged().filter((id) => !ids.has(id))).toEqual([]);
      expect(found.length % 2).toBe(0);
      expect((await verifyLog(store, { isNextPosition })).problems).toEqual([]);
      await store.close();
    }
  });

  it('creates one log when several open the new file at once, and follows them all', async () => {
    const names = ['a', 'b', 'c'];
    const all = names.map(start);
    const store = folder.open();
    const stop = new AbortController();
    const batches = store.subscribe({ after: null, signal: stop.signal })[Symbol.asyncIterator]();
    const reached = new Set<string>();
    const seen = await takeUntil(batches, (_, { events }) => {
      for (const { stream, version } of events) if (version >= 20) reached.add(stream);
      return reached.size === names.length * 4;
    });
    for (const appending of all) await kill(appending);
    stop.abort();
    const found = await collect(store.readAll());
    expect(seen).toEqual(found.slice(0, seen.length));
    const ids = new Set(found.map(({ id }) => id));
    expect(all.flatMap(({ acknowledged }) => acknowledged()).filter((id) => !ids.has(id))).toEqual([]);
  });
});
