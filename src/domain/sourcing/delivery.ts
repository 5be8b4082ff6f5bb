import { type CivilDay, civilDay, dayNumber, weekdayOf } from './civil-day.ts';

/** How long a carrier takes: days on which it delivers, between dispatch and delivery. */
export type Transit = { readonly transitDays: number; readonly deliveryWeekdays?: readonly number[] };

const mondayToSaturday: readonly number[] = [1, 2, 3, 4, 5, 6];

/**
 * The day on which a parcel of a dispatch day arrives. Only days on which the carrier delivers count (Monday to Saturday where
 * none is listed); one of no transit days arrives on the dispatch day itself, or on the next such day.
 */
export const deliveryDayNumber = (
  dispatchDay: number,
  transitDays: number,
  deliveryWeekdays: readonly number[] = mondayToSaturday,
): number => {
  const weekdays = deliveryWeekdays.length === 0 ? mondayToSaturday : deliveryWeekdays;
  // One bit per weekday: this runs for every service of every location of every order.
  let delivers = 0;
  for (let index = 0; index < weekdays.length; index++) delivers |= 1 << (weekdays[index] ?? 0);
  let day = dispatchDay;
  let weekday = weekdayOf(day);
  let left = transitDays === 0 && (delivers >> weekday) & 1 ? 0 : Math.max(1, transitDays);
  while (left > 0) {
    day++;
    weekday = weekday === 7 ? 1 : weekday + 1;
    left -= (delivers >> weekday) & 1;
  }
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
