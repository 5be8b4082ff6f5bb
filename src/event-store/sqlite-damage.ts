/** SQLITE_CORRUPT and SQLITE_NOTADB; the extended codes keep them in their low byte. */
const DAMAGE: ReadonlySet<number> = new Set([11, 26]);

/** Their texts: all that is left of an error that comes from another thread. */
const told = /file is not a database|database disk image is malformed/;

/** What SQLite says of a file that is no database or a broken one, if that is behind this error; null for all others. */
export const damageIn = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null;
  if ('errcode' in error && DAMAGE.has(Number(error.errcode) & 0xff)) return error.message;
  return damageIn(error.cause) ?? told.exec(error.message)?.[0] ?? null;
};
