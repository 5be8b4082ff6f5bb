import type { ExpectedVersions } from './execute.ts';

/** The caller's idea of the aggregate is out of date (HTTP 412). */
export class VersionMismatch extends Error {
  readonly actualVersion: number;

  constructor(actualVersion: number) {
    super(actualVersion === 0 ? 'It does not exist yet.' : `It is at version ${actualVersion}.`);
    this.name = 'VersionMismatch';
    this.actualVersion = actualVersion;
  }
}

export const assertExpected = (version: number, expected: ExpectedVersions | undefined): void => {
  const isExpected = expected === undefined || (expected === 'existing' ? version > 0 : expected.includes(version));
  if (!isExpected) throw new VersionMismatch(version);
};

/** An event of this stream cannot be read by this release, so nothing can be decided on it. */
export class StreamUnreadable extends Error {
  constructor(stream: string, version: number, reason: string) {
    super(`${stream} cannot be read at version ${version}: ${reason}`);
    this.name = 'StreamUnreadable';
  }
}
