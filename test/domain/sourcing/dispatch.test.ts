import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../../src/domain/sourcing/civil-day.ts';
import {
  createDispatchCalendar,
  dispatchOf,
  firstOpenDay,
  type Schedule,
} from '../../../src/domain/sourcing/dispatch.ts';
import { exampleProfile } from '../../support/examples.ts';

const at = (instant: string): number => Date.parse(instant);
const dayAt = (schedule: Schedule, instant: string) => dispatchOf(schedule, at(instant))?.day ?? null;
const inLondon = (overrides: Partial<Schedule> = {}): Schedule => ({ timeZone: 'Europe/London', ...overrides });

// 2026-11-23 is a Monday.
describe('the dispatch day', () => {
  it('is the day of the order where nothing is said', () => {
    expect(dispatchOf(inLondon(), at('2026-11-23T23:59:59.999Z'))).toEqual({
      day: '2026-11-23',
      dayNumber: at('2026-11-23') / 86_400_000,
      at: '2026-11-23T23:59:59.999Z',
      validUntil: at('2026-11-23T23:59:59.999Z'),
    });
    expect(dayAt(inLondon(), '2026-11-24T00:00:00.000Z')).toBe('2026-11-24');
  });

  it('is the next one after the cut-off, which itself still counts', () => {
    const untilTwo = inLondon({ cutOff: '14:00' });
    expect(dayAt(untilTwo, '2026-11-23T14:00:00.000Z')).toBe('2026-11-23');
    expect(dayAt(untilTwo, '2026-11-23T14:00:00.001Z')).toBe('2026-11-24');
  });

  it('counts from when the order is ready', () => {
    const slow = inLondon({ cutOff: '14:00', leadTimeHours: 1.5 });
    expect(dayAt(slow, '2026-11-23T12:30:00.000Z')).toBe('2026-11-23');
    expect(dayAt(slow, '2026-11-23T12:30:00.001Z')).toBe('2026-11-24');
    expect(dispatchOf(slow, at('2026-11-23T09:00:00Z'))).toMatchObject({
      at: '2026-11-23T14:00:00.000Z',
      validUntil: at('2026-11-23T12:30:00.000Z'),
    });
    expect(dayAt(inLondon({ leadTimeHours: 48 }), '2026-11-23T09:00:00Z')).toBe('2026-11-25');
  });

  it('is never a closed weekday or a holiday', () => {
    const calendar = { closedWeekdays: [6, 7], holidays: ['2026-11-30', '2026-12-01'] };
    const weekdays = inLondon({ cutOff: '14:00', calendar });
    expect(dayAt(weekdays, '2026-11-27T13:00:00Z')).toBe('2026-11-27');
    expect(dispatchOf(weekdays, at('2026-11-27T15:00:00Z'))).toMatchObject({
      day: '2026-12-02',
      at: '2026-12-02T14:00:00.000Z',
      validUntil: at('2026-12-02T14:00:00.000Z'),
    });
  });

  it('is none where every weekday is closed, or the next 366 days are holidays', () => {
    expect(dayAt(inLondon({ calendar: { closedWeekdays: [1, 2, 3, 4, 5, 6, 7] } }), '2026-11-23T09:00:00Z')).toBeNull();
    const holidays = (days: number) => Array.from({ length: days }, (_, index) => addDays('2026-11-23', index));
    expect(dayAt(inLondon({ calendar: { holidays: holidays(367) } }), '2026-11-23T09:00:00Z')).toBeNull();
    expect(dayAt(inLondon({ calendar: { holidays: holidays(366) } }), '2026-11-23T09:00:00Z')).toBe('2027-11-24');
  });

  it.each([
    ['Asia/Kathmandu', '2026-11-23T08:15:00.000Z', '2026-11-23'],
    ['Asia/Kathmandu', '2026-11-23T08:15:00.001Z', '2026-11-24'],
    ['Asia/Kathmandu', '2026-11-22T18:15:00.000Z', '2026-11-23'],
    ['America/St_Johns', '2026-11-23T17:30:00.000Z', '2026-11-23'],
    ['America/St_Johns', '2026-11-23T17:30:00.001Z', '2026-11-24'],
    ['America/St_Johns', '2026-11-24T03:00:00.000Z', '2026-11-24'],
    ['Pacific/Apia', '2026-11-23T01:00:00.000Z', '2026-11-23'],
    ['Pacific/Apia', '2026-11-23T01:00:00.001Z', '2026-11-24'],
    ['Pacific/Kiritimati', '2026-11-22T10:00:00.000Z', '2026-11-23'],
    ['Pacific/Pago_Pago', '2026-11-24T01:00:00.000Z', '2026-11-23'],
    ['+05:30', '2026-11-23T08:30:00.001Z', '2026-11-24'],
  ])('is told by the clock of %s at %s', (timeZone, instant, day) => {
    expect(dayAt({ timeZone, cutOff: '14:00' }, instant)).toBe(day);
  });

  it('keeps to the clock on the wall when summer time begins and ends', () => {
    const untilTwo = inLondon({ cutOff: '14:00' });
    expect(dispatchOf(untilTwo, at('2026-03-28T15:00:00Z'))?.at).toBe('2026-03-29T13:00:00.000Z');
    expect(dispatchOf(untilTwo, at('2026-10-24T15:00:00Z'))?.at).toBe('2026-10-25T14:00:00.000Z');
    expect(dispatchOf(inLondon(), at('2026-03-29T12:00:00Z'))?.at).toBe('2026-03-29T22:59:59.999Z');
  });

  it('moves a cut-off that summer time skips, and takes the first of one that comes twice', () => {
    const early = inLondon({ cutOff: '01:30' });
    expect(dispatchOf(early, at('2026-03-29T00:10:00Z'))?.at).toBe('2026-03-29T01:30:00.000Z');
    expect(dispatchOf(early, at('2026-10-25T00:10:00Z'))?.at).toBe('2026-10-25T00:30:00.000Z');
  });

  it('is never a day that the zone skipped', () => {
    const apia: Schedule = { timeZone: 'Pacific/Apia', cutOff: '14:00' };
    expect(dayAt(apia, '2011-12-29T23:30:00Z')).toBe('2011-12-29');
    // After the cut-off of Thursday the 29th; Samoa had no Friday that week.
    expect(dispatchOf(apia, at('2011-12-30T00:30:00Z'))).toMatchObject({
      day: '2011-12-31',
      at: '2011-12-31T00:00:00.000Z',
    });
    expect(dayAt({ timeZone: 'Pacific/Apia' }, '2011-12-30T09:59:59.999Z')).toBe('2011-12-29');
    expect(dayAt({ timeZone: 'Pacific/Apia' }, '2011-12-30T10:00:00.000Z')).toBe('2011-12-31');
  });

  it('reads a zone that only ICU names, as an old log may hold', () => {
    expect(dayAt({ timeZone: 'PST' }, '2026-11-24T07:59:00Z')).toBe('2026-11-23');
  });

  it('is told in UTC where this machine does not know the zone', () => {
    expect(dayAt({ timeZone: 'Mars/Olympus_Mons' }, '2026-11-23T23:59:00Z')).toBe('2026-11-23');
  });
});

const DAY = 86_400_000;
const zones = ['Europe/London', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia', 'Australia/Lord_Howe', 'UTC'];
const anyNow = fc.integer({ min: at('2025-01-01'), max: at('2027-12-31') });
const anyHoliday = fc.integer({ min: 0, max: 1_200 }).map((days) => addDays('2025-01-01', days));
const anySchedule = fc
  .record({
    timeZone: fc.constantFrom(...zones),
    cutOff: fc.option(fc.constantFrom('00:00', '01:30', '02:15', '14:00', '23:59'), { nil: null }),
    leadTimeHours: fc.constantFrom(0, 0.25, 4, 30, 200),
    closedWeekdays: fc.subarray([1, 2, 3, 4, 5, 6, 7], { maxLength: 6 }),
    holidays: fc.array(anyHoliday, { maxLength: 40 }),
  })
  .map(
    ({ timeZone, cutOff, leadTimeHours, closedWeekdays, holidays }): Schedule => ({
      timeZone,
      leadTimeHours,
      calendar: { closedWeekdays, holidays },
      ...(cutOff === null ? {} : { cutOff }),
    }),
  );
const found = (schedule: Schedule, now: number) => {
  const dispatch = dispatchOf(schedule, now);
  if (dispatch === null) throw new Error('it is open on some weekday');
  return dispatch;
};

describe('the laws of dispatch', () => {
  it('never dispatches an order earlier that came later', () => {
    fc.assert(
      fc.property(anySchedule, anyNow, fc.nat(3 * DAY), (schedule, now, later) => {
        expect(found(schedule, now + later).dayNumber).toBeGreaterThanOrEqual(found(schedule, now).dayNumber);
      }),
      { numRuns: 300 },
    );
  });

  it('says exactly until when its answer holds', () => {
    fc.assert(
      fc.property(anySchedule, anyNow, fc.double({ min: 0, max: 1, noNaN: true }), (schedule, now, share) => {
        const dispatch = found(schedule, now);
        expect(dispatch.validUntil).toBeGreaterThanOrEqual(now);
        const between = now + Math.floor(share * (dispatch.validUntil - now));
        expect(found(schedule, between)).toEqual(dispatch);
        expect(found(schedule, dispatch.validUntil)).toEqual(dispatch);
        expect(found(schedule, dispatch.validUntil + 1).dayNumber).toBeGreaterThan(dispatch.dayNumber);
      }),
      { numRuns: 300 },
    );
  });

  it('never becomes earlier by a holiday more', () => {
    fc.assert(
      fc.property(anySchedule, anyNow, fc.nat(10), (schedule, now, days) => {
        const before = found(schedule, now);
        const calendar = schedule.calendar ?? {};
        const holidays = [...(calendar.holidays ?? []), addDays(before.day, days - 5)];
        const after = found({ ...schedule, calendar: { ...calendar, holidays } }, now);
        expect(after.dayNumber).toBeGreaterThanOrEqual(before.dayNumber);
        if (days === 5) expect(after.dayNumber).toBeGreaterThan(before.dayNumber);
      }),
      { numRuns: 300 },
    );
  });

  it('remembers no other answer than the one it would find, whatever was asked before', () => {
    const moments = fc.array(fc.tuple(fc.nat(2), anyNow), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(anySchedule, { minLength: 3, maxLength: 3 }), moments, (schedules, asked) => {
        const calendar = createDispatchCalendar();
        for (const [index, now] of asked) {
          const schedule = schedules[index];
          if (schedule === undefined) continue;
          const dispatch = dispatchOf(schedule, now);
          expect(calendar.dispatchOf(schedule, now)).toEqual(dispatch);
          const { validUntil } = dispatch ?? { validUntil: now };
          expect(calendar.dispatchOf(schedule, validUntil)).toEqual(dispatch);
          expect(calendar.dispatchOf(schedule, validUntil + 1)).toEqual(dispatchOf(schedule, validUntil + 1));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the first open day', () => {
  const weekdays = { calendar: { closedWeekdays: [6, 7], holidays: ['2026-11-30'] } };
  it('is the day itself, or the next one that is no closed weekday and no holiday', () => {
    expect(firstOpenDay(weekdays, '2026-11-27')).toBe('2026-11-27');
    expect(firstOpenDay(weekdays, '2026-11-28')).toBe('2026-12-01');
    expect(firstOpenDay({}, '2026-11-28')).toBe('2026-11-28');
  });

  it('is none where the location never opens', () => {
    expect(firstOpenDay({ calendar: { closedWeekdays: [1, 2, 3, 4, 5, 6, 7] } }, '2026-11-28')).toBeNull();
  });
});

describe('the dispatch calendar', () => {
  it('finds out again when a location that was closed for long opens', () => {
    const holidays = Array.from({ length: 370 }, (_, index) => addDays('2026-11-23', index));
    const profile = exampleProfile({ calendar: { holidays } });
    const calendar = createDispatchCalendar();
    expect(calendar.dispatchOf(profile, at('2026-11-23T09:00:00Z'))).toBeNull();
    expect(calendar.dispatchOf(profile, at('2026-11-28T09:00:00Z'))?.day).toBe('2027-11-28');
  });

  it('goes by the new profile once a location has one', () => {
    const calendar = createDispatchCalendar();
    const now = at('2026-11-23T15:00:00Z');
    expect(calendar.dispatchOf(exampleProfile(), now)?.day).toBe('2026-11-23');
    expect(calendar.dispatchOf(exampleProfile({ cutOff: '14:00' }), now)?.day).toBe('2026-11-24');
  });
});
