import { damageIn } from '../event-store/sqlite-damage.ts';

/** What to say and advise where a file of DATA_DIR turned out to be damaged; null for every other error. */
export const damagedFileNotice = (error: unknown): string | null => {
  const damage = damageIn(error);
  if (damage === null) return null;
  const what =
    error instanceof Error && !error.message.includes(damage) ? error.message : 'a file in DATA_DIR cannot be used';
  const said = `${what.charAt(0).toUpperCase()}${what.slice(1)}: ${damage}.`;
  if (what.includes('read-models.db')) return `${said} Move it away: it is built anew from the log.`;
  return (
    `${said} Restore events.db from a backup ("sourcefold verify" says how far it can be read); read-models.db can be ` +
    'moved away: it is built anew from the log.'
  );
};
