import { DatabaseSync } from 'node:sqlite';
import { createBegin } from './sqlite-begin.ts';

const PATIENCE_MS = 2_000;

/**
 * Whether any process, this one included, has the log open. A connection in WAL mode shares the file for as long as it
 * lives, so nobody gets it for himself alone while there is another.
 */
export const isLogOpen = (file: string): boolean => {
  const db = new DatabaseSync(file, { timeout: PATIENCE_MS });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; ROLLBACK');
    return false;
  } catch (error) {
    if (error instanceof Error && /database is locked/.test(error.message)) return true;
    throw error;
  } finally {
    db.close();
  }
};

/** Keeps everybody from writing to the log until the answer is called; reading goes on. */
export const holdLog = (file: string): (() => void) => {
  const db = new DatabaseSync(file, { timeout: PATIENCE_MS });
  try {
    createBegin(db)();
  } catch (error) {
    db.close();
    throw error;
  }
  return () => db.close();
};
