import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, civilDay, dayNumber, daysBetween, weekdayOf } from '../../../src/domain/sourcing/civil-day.ts';
import { deliveryDay, deliveryDayNumber, lateDays, latestDelivery } from '../../../src/domain/sourcing/delivery.ts';

describe('civil days', () => {
  it('are numbered from 1970-01-01', () => {
    expect([dayNumber('1970-01-01'), dayNumber('1970-01-02'), dayNumber('1969-12-31')]).toEqual([0, 1, -1]);
  });

  it('follow the calendar over leap days and the turn of the year', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(daysBetween('2028-02-01', '2028-03-01')).toBe(29);
    expect(daysBetween('2026-11-24', '2026-11-23')).toBe(-1);
  });

  it('know their weekday', () => {
    expect(['2026-11-23', '2026-11-29', '1970-01-01', '1969-12-31'].map((day) => weekdayOf(dayNumber(day)))).toEqual([
      1, 7, 4, 3,
    ]);
  });

  it('are the same as text and as number', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (number) => {
        expect(dayNumber(civilDay(number))).toBe(number);
        expect(weekdayOf(number + 1)).toBe((weekdayOf(number) % 7) + 1);
      }),
    );
  });
});

// 2026-11-27 is a Friday.
describe('the delivery day', () => {
  it.each([
    ['2026-11-23', 1, '2026-11-24'],
    ['2026-11-27', 1, '2026-11-28'],
    ['2026-11-27', 2, '2026-11-30'],
    ['2026-11-28', 1, '2026-11-30'],
    ['2026-11-29', 1, '2026-11-30'],
    ['2026-11-27', 14, '2026-12-14'],
  ])('counts Mondays to Saturdays: dispatched on %s, %i days later it is %s', (dispatched, transitDays, delivered) => {
    expect(deliveryDay(dispatched, transitDays)).toBe(delivered);
  });

  it('counts the days on which the carrier delivers', () => {
    expect(deliveryDay('2026-11-27', 1, [1, 2, 3, 4, 5])).toBe('2026-11-30');
    expect(deliveryDay('2026-11-27', 2, [7])).toBe('2026-12-06');
    expect(deliveryDay('2026-11-27', 1, [1, 2, 3, 4, 5, 6, 7])).toBe('2026-11-28');
  });

  it('is the dispatch day itself for a service of no transit days, if the carrier delivers then', () => {
    expect(deliveryDay('2026-11-27', 0)).toBe('2026-11-27');
    expect(deliveryDay('2026-11-29', 0)).toBe('2026-11-30');
  });

  it('is that of a carrier of Mondays to Saturdays where no weekday is listed', () => {
    expect(deliveryDay('2026-11-28', 1, [])).toBe('2026-11-30');
  });

  it('is as many delivery days after the dispatch as the service takes', () => {
    const weekdays = fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 });
    fc.assert(
      fc.property(
        fc.integer({ min: 20_000, max: 21_000 }),
        fc.integer({ min: 1, max: 90 }),
        weekdays,
        (day, transit, on) => {
          const delivered = deliveryDayNumber(day, transit, on);
          const passed = Array.from({ length: delivered - day }, (_, index) => weekdayOf(day + index + 1));
          expect(passed.filter((weekday) => on.includes(weekday))).toHaveLength(transit);
          expect(on).toContain(weekdayOf(delivered));
        },
      ),
    );
  });

  it('is the latest of the services that a parcel may go by', () => {
    const friday = dayNumber('2026-11-27');
    const services = [{ transitDays: 1, deliveryWeekdays: [1, 2, 3, 4, 5] }, { transitDays: 1 }, { transitDays: 0 }];
    expect(civilDay(latestDelivery(friday, services))).toBe('2026-11-30');
  });
});

describe('lateness', () => {
  it('is the days after the promised one, and none before it', () => {
    expect(lateDays('2026-12-02', '2026-11-30')).toBe(2);
    expect(lateDays('2026-11-30', '2026-11-30')).toBe(0);
    expect(lateDays('2026-11-23', '2026-11-30')).toBe(0);
  });
});
