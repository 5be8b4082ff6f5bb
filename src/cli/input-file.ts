/** The file named on the command line is not there, or is none. */
export class MissingFile extends Error {
  constructor(file: string, isFolder = false) {
    super(isFolder ? `${file} is a folder: name a file in it.` : `There is no file ${file}.`);
    this.name = 'MissingFile';
  }
}
