import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hasEnded, thisProcess } from '../src/process-identity.ts';

const self = { space: 'boot pid:[1]', pid: process.pid, startedAt: 1_000 };

describe('another process of the same machine', () => {
  it('has ended when nothing runs under its number', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    await once(child, 'spawn');
    const other = { ...self, pid: child.pid ?? 0 };
    expect(hasEnded(self)(other)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hasEnded(self)(other)).toBe(true);
  });

  it('has ended when this one has its number and began at another time, as after a restart of a container', () => {
    expect(hasEnded(self)({ ...self, startedAt: 999 })).toBe(true);
    expect(hasEnded(self)(self)).toBe(false);
  });
});

describe('a process of which nothing is known', () => {
  const gone = { ...self, pid: 2 ** 22 };

  it.each([
    ['it runs on another machine, or in another container', self, { ...gone, space: 'boot pid:[2]' }],
    ['this machine cannot tell', { ...self, space: null }, { ...gone, space: null }],
  ])('counts as running: %s', (_, here, there) => {
    expect(hasEnded(here)(there)).toBe(false);
  });
});

describe('this process', () => {
  it('is one and the same whoever asks', () => {
    expect(thisProcess()).toEqual(thisProcess());
    expect(hasEnded(thisProcess())(thisProcess())).toBe(false);
  });
});
