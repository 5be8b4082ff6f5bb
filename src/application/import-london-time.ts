import type { Instant } from '../domain/values.ts';

export type WallTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

const HOUR = 3_600_000;

const lastSundayAtOne = (year: number, month: number): number => {
  const lastDay = new Date(Date.UTC(year, month, 0, 1));
  return lastDay.getTime() - lastDay.getUTCDay() * 24 * HOUR;
};

/**
 * The instant at which clocks in London showed this time, `null` if there is no such date. Summer time by the rule in
 * force since 1996: last Sunday of March to last Sunday of October, both at 01:00 UTC. Of an hour that came twice the
 * first is meant; an hour that was left out is read as if the clock had not yet been put forward.
 */
export const londonInstant = (wall: WallTime): Instant | null => {
  const { year, month, day, hour, minute, second } = wall;
  if (year < 1996 || year > 9999 || hour > 23 || minute > 59 || second > 59) return null;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(asUtc);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const anHourEarlier = asUtc - HOUR;
  const summer = anHourEarlier >= lastSundayAtOne(year, 3) && anHourEarlier < lastSundayAtOne(year, 10);
  return new Date(summer ? anHourEarlier : asUtc).toISOString();
};
