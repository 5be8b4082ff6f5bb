import { closeSync, openSync } from 'node:fs';

const OWNER_ONLY = 0o600;

/**
 * Makes a database's file for nobody but its owner, where there is none yet: SQLite would let everybody on the machine read it, and
 * gives the files that it puts beside it the same permissions. One that is there is not even opened: to close it again would
 * take away the locks that this process holds on it, whichever connection they belong to.
 */
export const makePrivate = (file: string): void => {
  if (file === ':memory:') return;
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
};
