import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigurationError } from './config.ts';

/** Makes DATA_DIR where it is missing, for its owner only, and finds out now whether files can be kept there. */
export const prepareDataDir = (dataDir: string): void => {
  try {
    makeFolder(resolve(dataDir));
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigurationError(`DATA_DIR ${dataDir} is not a folder to keep data in: ${error.message}.`);
  }
};

/** Level by level: where the system says ENOENT for good, as /proc does, Node's recursive mkdir never ends. */
const makeFolder = (folder: string): void => {
  if (isFolder(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process that shares DATA_DIR may have been quicker.
    if (!isFolder(folder)) throw error;
  }
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** For commands that work on what is there: they must not leave an empty log behind in a mistyped folder. */
export const assertHasLog = (dataDir: string): void => {
  if (!hasEntry(dataDir, 'events.db')) throw new ConfigurationError(`There is no event log in ${dataDir}.`);
};

/** Where that cannot be told, as in a folder that this user may not enter, it is said to be so. */
const hasEntry = (dataDir: string, name: string): boolean => {
  try {
    return statSync(join(dataDir, name), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigurationError(`DATA_DIR ${dataDir} cannot be looked into: ${error.message}.`);
  }
};
