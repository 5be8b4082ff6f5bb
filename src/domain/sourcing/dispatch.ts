import { Temporal } from 'temporal-polyfill';
import type { LocationProfile, OpeningCalendar } from '../stock-location/stock-location.ts';
import type { Instant } from '../values.ts';
import { type CivilDay, civilDay, dayNumber, weekdayOf } from './civil-day.ts';

export type Dispatch = {
  /** In the location's time zone. */
  readonly day: CivilDay;
  readonly dayNumber: number;
  /** The last moment at which an order may be ready for that day: the cut-off, or the end of the day. */
  readonly at: Instant;
  /** Epoch milliseconds: an order known later, but not after this, is dispatched on the same day. */
  readonly validUntil: number;
};

export type Schedule = Pick<LocationProfile, 'timeZone' | 'leadTimeHours' | 'cutOff' | 'calendar'>;

/** The last millisecond that counts as a local day's; null for a day that the zone skipped. */
type Closing = (timeZone: string, cutOff: string | undefined, day: number) => number | null;

type Answer = { readonly dispatch: Dispatch | null; readonly validUntil: number };

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MOST_DAYS_CLOSED = 366;

const startOfDay = (timeZone: string, day: number): number =>
  Temporal.PlainDate.from(civilDay(day)).toZonedDateTime(timeZone).epochMilliseconds;

/** A cut-off that summer time skips is moved by as much, one that happens twice is the first: Temporal's `compatible`. */
const closingIn: Closing = (timeZone, cutOff, day) => {
  const nextDay = startOfDay(timeZone, day + 1);
  if (nextDay === startOfDay(timeZone, day)) return null;
  if (cutOff === undefined) return nextDay - 1;
  const at = Temporal.PlainDate.from(civilDay(day)).toZonedDateTime({ timeZone, plainTime: cutOff });
  return Math.min(at.epochMilliseconds, nextDay - 1);
};

/**
 * Logs may hold zones that only ICU knows (`PST`), or that only newer machines know: those are read as UTC, since one
 * location must not stop the sourcing of all orders.
 */
const zoneKnownToIcu = (timeZone: string): string => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return 'UTC';
    throw error;
  }
};

const closing: Closing = (timeZone, cutOff, day) => {
  try {
    return closingIn(timeZone, cutOff, day);
  } catch (error) {
    if (error instanceof RangeError) return closingIn(zoneKnownToIcu(timeZone), cutOff, day);
    throw error;
  }
};

const openDays = ({ closedWeekdays, holidays }: OpeningCalendar): ((day: number) => boolean) => {
  const closed = new Set(closedWeekdays);
  const days = new Set(holidays?.map(dayNumber));
  return (day) => !closed.has(weekdayOf(day)) && !days.has(day);
};

/** The day itself, or the next one on which the location is open; null: none of the next 366 days. */
export const firstOpenDay = ({ calendar = {} }: Pick<Schedule, 'calendar'>, from: CivilDay): CivilDay | null => {
  const isOpen = openDays(calendar);
  const first = dayNumber(from);
  for (let day = first; day <= first + MOST_DAYS_CLOSED; day++) if (isOpen(day)) return civilDay(day);
  return null;
};

/** `now -> when dispatched`, for one location. */
const answering = ({ timeZone, leadTimeHours = 0, cutOff, calendar = {} }: Schedule, closing: Closing) => {
  const leadTime = Math.round(leadTimeHours * HOUR);
  const isOpen = openDays(calendar);

  return (now: number): Answer => {
    const ready = now + leadTime;
    // No zone is a whole day behind UTC, so the local day is this one or a later one.
    let day = Math.floor(ready / DAY) - 1;
    let closes = closing(timeZone, cutOff, day);
    while (closes === null || closes < ready) closes = closing(timeZone, cutOff, ++day);
    const unlessOpen = closes - leadTime;
    for (const last = day + MOST_DAYS_CLOSED; day <= last; day++) {
      if (!isOpen(day)) continue;
      closes = closing(timeZone, cutOff, day);
      if (closes === null) continue;
      const validUntil = closes - leadTime;
      const at = new Date(closes).toISOString();
      return { dispatch: { day: civilDay(day), dayNumber: day, at, validUntil }, validUntil };
    }
    return { dispatch: null, validUntil: unlessOpen };
  };
};

/**
 * When a location dispatches an order known at `now`: once it is ready (lead time, by the clock), on the day whose cut-off it
 * has not missed, or the next day on which the location is open. Null: not open on any of the next 366 days.
 */
export const dispatchOf = (schedule: Schedule, now: number): Dispatch | null =>
  answering(schedule, closing)(now).dispatch;

export type DispatchCalendar = { readonly dispatchOf: (profile: Schedule, now: number) => Dispatch | null };

const MOST_CLOSINGS = 50_000;

/** The same answers, remembered per profile for as long as they hold: sourcing asks for every location of every order. */
export const createDispatchCalendar = (): DispatchCalendar => {
  const closings = new Map<string, number | null>();
  const profiles = new WeakMap<Schedule, { answer: (now: number) => Answer; from: number; last: Answer }>();

  // Many locations share a zone and a cut-off, and all of them need the next one at the same moment.
  const rememberedClosing: Closing = (timeZone, cutOff, day) => {
    const key = `${timeZone} ${cutOff} ${day}`;
    const known = closings.get(key);
    if (known !== undefined) return known;
    if (closings.size >= MOST_CLOSINGS) closings.clear();
    const found = closing(timeZone, cutOff, day);
    closings.set(key, found);
    return found;
  };

  return {
    dispatchOf: (profile, now) => {
      const known = profiles.get(profile);
      if (known !== undefined && now >= known.from && now <= known.last.validUntil) return known.last.dispatch;
      const answer = known?.answer ?? answering(profile, rememberedClosing);
      const last = answer(now);
      profiles.set(profile, { answer, from: now, last });
      return last.dispatch;
    },
  };
};
