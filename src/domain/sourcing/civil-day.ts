/** A day of the calendar without a time zone: `2026-11-23`, or its number, counted from 1970-01-01. */
export type CivilDay = string;

const DAY = 86_400_000;
const TIME_OF_DAY = 'T00:00:00.000Z';

export const dayNumber = (day: CivilDay): number => Date.parse(day) / DAY;

/** The number of the UTC day of an instant. */
export const utcDayNumber = (instant: string): number => Math.floor(Date.parse(instant) / DAY);

export const civilDay = (number: number): CivilDay =>
  new Date(number * DAY).toISOString().slice(0, -TIME_OF_DAY.length);

export const addDays = (day: CivilDay, days: number): CivilDay => civilDay(dayNumber(day) + days);

/** Negative when `to` is the earlier one. */
export const daysBetween = (from: CivilDay, to: CivilDay): number => dayNumber(to) - dayNumber(from);

/** ISO: 1 is Monday, 7 is Sunday. 1970-01-01 was a Thursday. */
export const weekdayOf = (number: number): number => ((((number + 3) % 7) + 7) % 7) + 1;
