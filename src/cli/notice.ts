import { ImportFormatError } from '../application/import-csv.ts';
import { isStoreAway } from '../application/store-away.ts';
import { ConfigurationError } from '../config.ts';
import { LogFileRefused } from '../event-store/sqlite-file.ts';
import { BuildSuperseded } from '../projections/claim.ts';
import { PoisonedLog } from '../projections/quarantine.ts';
import { storeFailure } from '../store-failure.ts';
import { damagedFileNotice } from './damaged-file.ts';
import { MissingFile } from './input-file.ts';
import { ServiceTrouble } from './service-trouble.ts';

/** What the user can mend: said in one sentence. */
const toBeMended = [
  BuildSuperseded,
  ConfigurationError,
  ImportFormatError,
  LogFileRefused,
  MissingFile,
  PoisonedLog,
  ServiceTrouble,
];

const storeNotice = (error: unknown): string | null => {
  if (!isStoreAway(error)) return null;
  const advice = error.message.endsWith('cannot be opened')
    ? 'See that it is a file that this user may read and write.'
    : 'See that the store runs and can be reached, then run the command again.';
  const failure = storeFailure(error);
  return `${failure.charAt(0).toUpperCase()}${failure.slice(1)}. ${advice}`;
};

/** The sentence for an error that the user can mend; null for every other. */
export const noticeOf = (error: unknown): string | null =>
  damagedFileNotice(error) ??
  storeNotice(error) ??
  (error instanceof Error && toBeMended.some((kind) => error instanceof kind) ? error.message : null);
