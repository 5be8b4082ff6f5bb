/** The file named on the command line is not there, or is none. */
export class MissingFile extends Error {
  constructor(file: string) {
    super(`There is no file ${file}.`);
    this.name = 'MissingFile';
  }
}
