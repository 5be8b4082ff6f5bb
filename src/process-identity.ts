import { readFileSync, readlinkSync } from 'node:fs';
import type { HolderProcess } from './application/lease.ts';

/** This process, so that another one on the same machine can tell whether it still runs. */
export const thisProcess = (): HolderProcess => ({
  space: pidSpace(),
  pid: process.pid,
  startedAt: Math.round(performance.timeOrigin),
});

/** Where a process id means one process: a boot of a machine, and a container on it. Null where that cannot be told. */
const pidSpace = (): string | null => {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Not Linux: whoever waits for this process's lease waits until it has run out.
    return null;
  }
};

/** Whether a process has certainly ended. A number that was given to another process since counts as running. */
export const hasEnded =
  (self: HolderProcess) =>
  (other: HolderProcess): boolean => {
    if (self.space === null || other.space !== self.space) return false;
    if (other.pid === self.pid) return other.startedAt !== self.startedAt;
    try {
      process.kill(other.pid, 0);
      return false;
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ESRCH';
    }
  };
