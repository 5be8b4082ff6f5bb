import { ImportFormatError } from '../application/import-csv.ts';
import { ConfigurationError } from '../config.ts';
import { PoisonedLog } from '../projections/quarantine.ts';
import { damagedFileNotice } from './damaged-file.ts';
import { MissingFile } from './missing-file.ts';

/** What the user can mend: said in one sentence. */
const toBeMended = [ConfigurationError, ImportFormatError, MissingFile, PoisonedLog];

/** The sentence for an error that the user can mend; null for every other. */
export const noticeOf = (error: unknown): string | null =>
  damagedFileNotice(error) ??
  (error instanceof Error && toBeMended.some((kind) => error instanceof kind) ? error.message : null);
