import { accessSync, constants, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '../config.ts';

const unwritable = (option: string, file: string, why: string): ConfigurationError =>
  new ConfigurationError(`${option}: ${file} cannot be written: ${why}.`);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Finds out before the work begins whether its result can be kept there. */
export const assertWritable = (option: string, file: string): void => {
  const obstacle = obstacleTo(file);
  if (obstacle !== null) throw unwritable(option, file, obstacle);
};

const obstacleTo = (file: string): string | null => {
  const folder = dirname(resolve(file));
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return 'it is a folder';
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return `there is no folder ${folder}`;
    accessSync(found === undefined ? folder : file, constants.W_OK);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
};

export const writeOutput = async (option: string, file: string, text: string): Promise<void> => {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw unwritable(option, file, reasonOf(error));
  }
};
