import type { Instant } from './values.ts';

const dateTime =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))T((?:[01]\d|2[0-3]):[0-5]\d:)([0-5]\d|60)(\.\d+)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

const MILLISECONDS_OF_MINUTE = 60_000;

/**
 * The instant that a text names as RFC 3339 writes it (§5.6): any offset, `t` and `z` in either case. What is finer than
 * a millisecond is cut off. A leap second, at the end of a month in UTC (§5.7), counts as the second before it. Null: it
 * names none, or one outside of the years 0000 to 9999 in UTC, which are written with a sign and would not sort.
 */
export const readInstant = (text: string): Instant | null => {
  const [, day = '', minute = '', second = '', fraction = '', offset = ''] = dateTime.exec(text) ?? [];
  if (!isOfCalendar(day)) return null;
  const time = Date.parse(`${day}T${minute}${second === '60' ? '59' : second}${fraction}${offset.toUpperCase()}`);
  if (second === '60' && !endsMonth(time)) return null;
  const year = new Date(time).getUTCFullYear();
  return year < 0 || year > 9_999 ? null : new Date(time).toISOString();
};

/** The parser of the language goes on to March for the 30th of February. */
const isOfCalendar = (day: string): boolean => day !== '' && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);

/** Whether the month ends with the minute of this instant, in UTC. */
const endsMonth = (time: number): boolean => {
  const next = new Date(Math.floor(time / MILLISECONDS_OF_MINUTE + 1) * MILLISECONDS_OF_MINUTE);
  return next.getUTCDate() === 1 && next.getUTCHours() === 0 && next.getUTCMinutes() === 0;
};
