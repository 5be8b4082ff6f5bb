import { type CivilDay, civilDay, dayNumber, weekdayOf } from './civil-day.ts';

/** How long a carrier takes: days on which it delivers, between dispatch and delivery. */
export type Transit = { readonly transitDays: number; readonly deliveryWeekdays?: readonly number[] };

const mondayToSaturday: readonly number[] = [1, 2, 3, 4, 5, 6];

/**
 * The day on which a parcel of a dispatch day arrives. Only days on which the carrier delivers count; one of no transit
 * days arrives on the dispatch day itself, or on the next such day.
 */
export const deliveryDayNumber = (
  dispatchDay: number,
  transitDays: number,
  deliveryWeekdays: readonly number[] = mondayToSaturday,
): number => {
  const weekdays = deliveryWeekdays.length === 0 ? mondayToSaturday : deliveryWeekdays;
  let day = dispatchDay;
  let left = transitDays;
  if (left === 0) {
    while (!weekdays.includes(weekdayOf(day))) day++;
    return day;
  }
  // Whole weeks at once: transit days may be many where a policy's kilometres per day are few.
  const perWeek = new Set(weekdays).size;
  const weeks = Math.floor((left - 1) / perWeek);
  day += weeks * 7;
  left -= weeks * perWeek;
  while (left > 0) if (weekdays.includes(weekdayOf(++day))) left--;
  return day;
};

export const deliveryDay = (
  dispatchDay: CivilDay,
  transitDays: number,
  deliveryWeekdays?: readonly number[],
): CivilDay => civilDay(deliveryDayNumber(dayNumber(dispatchDay), transitDays, deliveryWeekdays));

/** When a parcel that may go by any of these services has arrived by all means; at least one service. */
export const latestDelivery = (dispatchDay: number, services: readonly Transit[]): number => {
  let latest = dispatchDay;
  for (const { transitDays, deliveryWeekdays } of services) {
    latest = Math.max(latest, deliveryDayNumber(dispatchDay, transitDays, deliveryWeekdays));
  }
  return latest;
};

export const lateDays = (delivery: CivilDay, promised: CivilDay): number =>
  Math.max(0, dayNumber(delivery) - dayNumber(promised));
