import type { DatabaseSync } from 'node:sqlite';

const PAUSE_MS = 1;
const SQLITE_BUSY = 5;
/** Extended error codes have the primary one in their lowest byte. */
const PRIMARY = 0xff;

const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));

/**
 * Begins a transaction that writes, waiting for those of other processes. SQLite's own waiting would pause ever longer, up to
 * 100 ms, while whoever just committed takes the lock again and again: with several busy writers, some would hardly get a turn.
 */
export const createBegin = (db: DatabaseSync): (() => void) => {
  const patience = Number(db.prepare('PRAGMA busy_timeout').get()?.timeout);
  const atOnce = db.prepare('PRAGMA busy_timeout = 0');
  const asBefore = db.prepare(`PRAGMA busy_timeout = ${patience}`);
  return () => {
    const deadline = performance.now() + patience;
    atOnce.get();
    try {
      for (;;) {
        try {
          db.exec('BEGIN IMMEDIATE');
          return;
        } catch (error) {
          if (!isBusy(error) || performance.now() >= deadline) throw error;
          Atomics.wait(nobodyWakes, 0, 0, PAUSE_MS);
        }
      }
    } finally {
      asBefore.get();
    }
  };
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & PRIMARY) === SQLITE_BUSY;
