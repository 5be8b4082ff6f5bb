import { constants, type Stats, statSync } from 'node:fs';
import { access } from 'node:fs/promises';

/** The file named on the command line is not there, is none, or may not be read. */
export class MissingFile extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MissingFile';
  }
}

/** Of a file that can be read; else what there is instead is said. */
export const statsOfInput = async (file: string): Promise<Stats> => {
  const stats = statsAt(file);
  if (stats === undefined) throw new MissingFile(`There is no file ${file}.`);
  if (stats.isDirectory()) throw new MissingFile(`${file} is a folder: name a file in it.`);
  await access(file, constants.R_OK).catch(() => {
    throw new MissingFile(`${file} may not be read by this user.`);
  });
  return stats;
};

const statsAt = (file: string): Stats | undefined => {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw new MissingFile(`${file} cannot be reached: ${error instanceof Error ? error.message : String(error)}.`);
  }
};
