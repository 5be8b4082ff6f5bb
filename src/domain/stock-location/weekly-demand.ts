import type { Instant, Quantity } from '../values.ts';

/** Units of a SKU that left a location in a week (Monday to Sunday, UTC); `week`: the Monday. */
export type WeekIssued = { readonly week: string; readonly units: Quantity };

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** 1970-01-01 was a Thursday. */
const FIRST_MONDAY = 4 * DAY;
/** Whole weeks that the average is taken over. */
const WEEKS = 4;

/** The Monday so many weeks before the week of an instant (epoch milliseconds). */
const monday = (at: number, before: number): string =>
  new Date(Math.floor((at - FIRST_MONDAY) / WEEK - before) * WEEK + FIRST_MONDAY).toISOString().slice(0, 10);

/** The weeks with more units issued at an instant; those too old to count are dropped. */
export const withIssued = (weeks: readonly WeekIssued[], at: Instant, units: Quantity): readonly WeekIssued[] => {
  const now = Date.parse(at);
  const week = monday(now, 0);
  const oldest = monday(now, WEEKS);
  const before = weeks.find((one) => one.week === week)?.units ?? 0;
  return [...weeks.filter((one) => one.week >= oldest && one.week !== week), { week, units: before + units }];
};

/**
 * Units that leave in a week: the average of the last four whole weeks (the week under way does not count). A SKU that came
 * less than four weeks ago has an average that is too small.
 */
export const weeklyDemand = (weeks: readonly WeekIssued[], at: number): number => {
  if (weeks.length === 0) return 0;
  const from = monday(at, WEEKS);
  const to = monday(at, 0);
  return weeks.reduce((sum, { week, units }) => (week >= from && week < to ? sum + units : sum), 0) / WEEKS;
};
